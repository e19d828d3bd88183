import AtlasStore
import Circuits
import GRDB

/// What one head carries, across prompts.
extension AtlasReader {
    /// The features whose edges go through a head, those that it brings something to, and its strongest edges.
    ///
    /// - Parameter limit: features of each kind, and examples, at most
    /// - Throws: ``QuestionError`` for a head that the model does not have, and for an atlas without heads
    /// - Complexity: unpacks every graph
    public func head(layer: Int, head: Int, limit: Int = 20) throws -> HeadReport {
        try ask("asking what a head carries") { db in
            let stored = try StoredHeads(self, db)
            try stored.require(layer: layer, head: head)
            var sums = HeadSums(layerCount: atlas.identity.layerCount, headCount: stored.headCount)
            var (carried, served) = (CarriedFeatures(), CarriedFeatures())
            var strongest: [(prompt: Int, edge: Int, loading: Float)] = []
            try stored.forEach(db, withEdges: true) { graph in
                sums.add(graph)
                for (place, edge) in graph.edges.enumerated() {
                    let own = graph.loading(ofEdge: place, layer: layer, head: head)
                    let all = graph.heads[place].reduce(graph.heads.rests[place]) { $0 + $1.loading.magnitude }
                    carried.add(graph.nodes[edge.source].id, loading: own, of: all, prompt: graph.prompt)
                    served.add(graph.nodes[edge.target].id, loading: own, of: all, prompt: graph.prompt)
                }
                guard let best = graph.strongestEdge(layer: layer, head: head) else { return }
                strongest.append((graph.prompt, best.edge, best.loading))
            }
            strongest.sort { ($1.loading.magnitude, $0.prompt) < ($0.loading.magnitude, $1.prompt) }
            func features(_ features: CarriedFeatures) throws -> [HeadReport.Feature] {
                try features.strongest(limit).map { feature, sum in
                    HeadReport.Feature(
                        feature: feature, label: try shownLabel(of: feature, db).label,
                        share: features.total > 0 ? sum.own / features.total : 0,
                        shareOfFeature: sum.all > 0 ? sum.own / sum.all : 0, edgeCount: sum.edges,
                        promptCount: sum.prompts)
                }
            }
            return HeadReport(
                head: sums.head(layer * stored.headCount + head), graphCount: stored.graphCount,
                carried: try features(carried), served: try features(served),
                examples: try strongest.prefix(limit).map { try example($0.prompt, $0.edge, $0.loading, db) })
        }
    }

    private func example(_ prompt: Int, _ edge: Int, _ loading: Float, _ db: Database) throws -> HeadReport.Example {
        let graph = try storedGraph(of: prompt, db)
        let tokens = graph.tokens.map(text)
        let targets = graph.targets.map { (name: $0.name(tokenText: text), position: $0.position) }
        let own = graph.edges[edge]
        let labels = try [own.source, own.target].reduce(into: [FeatureID: String]()) { labels, node in
            guard case .feature(let layer, _, let index) = graph.nodes[node].id else { return }
            let feature = FeatureID(layer: layer, index: index)
            labels[feature] = try shownLabel(of: feature, db).label
        }
        func named(_ node: Int) -> NamedNode {
            NamedNode(graph.nodes[node].id, tokens: tokens, targets: targets) { labels[$0] }
        }
        let row = try StoredRow.fetchExisting(db, "prompts.id", sql: Self.textOfPrompt, arguments: [prompt])
        return HeadReport.Example(
            prompt: prompt, text: try row["text"], source: named(own.source), target: named(own.target),
            weight: Double(own.weight), loading: Double(loading))
    }
}

/// Features by what of them goes through one head.
private struct CarriedFeatures {
    struct Sum {
        /// Absolute loadings through the head, and through all heads.
        var own = 0.0
        var all = 0.0
        var edges = 0
        var prompts = 0
        var lastPrompt = -1
    }

    private var sums: [FeatureID: Sum] = [:]
    /// Absolute loadings of the head over all edges, whatever their ends.
    private(set) var total = 0.0

    mutating func add(_ node: NodeID, loading: Float?, of all: Float, prompt: Int) {
        total += Double(loading?.magnitude ?? 0)
        guard case .feature(let layer, _, let index) = node else { return }
        var sum = sums[FeatureID(layer: layer, index: index)] ?? Sum()
        sum.all += Double(all)
        if let loading {
            sum.own += Double(loading.magnitude)
            sum.edges += 1
            if sum.lastPrompt != prompt { (sum.prompts, sum.lastPrompt) = (sum.prompts + 1, prompt) }
        }
        sums[FeatureID(layer: layer, index: index)] = sum
    }

    func strongest(_ count: Int) -> [(FeatureID, Sum)] {
        sums.filter { $0.value.edges > 0 }.sorted { ($1.value.own, $0.key) < ($0.value.own, $1.key) }.prefix(count)
            .map { ($0.key, $0.value) }
    }
}
