import AtlasStore
import Circuits
import GRDB

/// What heads carry, across prompts.
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
            return try reports(ofHeads: [layer * stored.headCount + head], stored, limit: limit, db)[0]
        }
    }

    /// What every head of the model carries, by layer, then head.
    ///
    /// - Parameter limit: features of each kind, and examples, of a head at most
    /// - Throws: ``QuestionError/noHeads`` for an atlas without the heads of any edges
    /// - Complexity: unpacks every graph once
    public func allHeads(limit: Int = 20) throws -> [HeadReport] {
        try ask("asking what heads carry") { db in
            let stored = try StoredHeads(self, db)
            let places = Array(0..<atlas.identity.layerCount * stored.headCount)
            return try reports(ofHeads: places, stored, limit: limit, db)
        }
    }

    /// - Parameter places: heads as `layer * headCount + head`
    private func reports(
        ofHeads places: [Int], _ stored: StoredHeads, limit: Int, _ db: Database
    ) throws -> [HeadReport] {
        let headCount = stored.headCount
        var sums = HeadSums(layerCount: atlas.identity.layerCount, headCount: headCount)
        var (carried, served) = (CarriedFeatures(headCount: places.count), CarriedFeatures(headCount: places.count))
        var strongest = places.map { _ in StrongestEdges(limit: limit) }
        try stored.forEach(db, withEdges: true) { graph in
            sums.add(graph)
            carried.add(graph, ofHeads: places) { $0.source }
            served.add(graph, ofHeads: places) { $0.target }
            let best = graph.strongestEdges()
            for (slot, place) in places.enumerated() {
                if let own = best[place] { strongest[slot].add(graph.prompt, own.edge, own.loading) }
            }
        }
        func features(_ features: CarriedFeatures, _ slot: Int) throws -> [HeadReport.Feature] {
            try features.strongest(limit, ofHead: slot).map { feature, sum, all in
                HeadReport.Feature(
                    feature: feature, label: try shownLabel(of: feature, db).label,
                    share: features.totals[slot] > 0 ? sum.own / features.totals[slot] : 0,
                    shareOfFeature: all > 0 ? sum.own / all : 0, edgeCount: sum.edges, promptCount: sum.prompts)
            }
        }
        return try places.enumerated().map { slot, place in
            HeadReport(
                head: sums.head(place), graphCount: stored.graphCount, carried: try features(carried, slot),
                served: try features(served, slot),
                examples: try strongest[slot].found.map { try example($0.prompt, $0.edge, $0.loading, db) })
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

/// The prompts' strongest edges through one head, one a prompt.
private struct StrongestEdges {
    let limit: Int
    private var kept: [(prompt: Int, edge: Int, loading: Float)] = []

    init(limit: Int) { self.limit = limit }

    /// The largest loading first; the least prompt of equals.
    var found: ArraySlice<(prompt: Int, edge: Int, loading: Float)> {
        kept.sorted { ($1.loading.magnitude, $0.prompt) < ($0.loading.magnitude, $1.prompt) }.prefix(limit)
    }

    mutating func add(_ prompt: Int, _ edge: Int, _ loading: Float) {
        kept.append((prompt, edge, loading))
        if kept.count > 4 * limit + 64 { kept = Array(found) }
    }
}

/// Features at one end of edges, by what of them goes through each of some heads.
private struct CarriedFeatures {
    struct Sum {
        /// Absolute loadings through the head.
        var own = 0.0
        var edges = 0
        var prompts = 0
        var lastPrompt = -1
    }

    private var sums: [[FeatureID: Sum]]
    /// Absolute loadings of each feature through all heads.
    private var whole: [FeatureID: Double] = [:]
    /// Absolute loadings of each head over all edges, whatever their ends.
    private(set) var totals: [Double]

    init(headCount: Int) {
        sums = Array(repeating: [:], count: headCount)
        totals = Array(repeating: 0, count: headCount)
    }

    /// Adds a graph's edges: first by node, as there are many edges to a node, then by feature.
    ///
    /// - Parameters:
    ///   - places: the heads, as `layer * headCount + head`
    ///   - end: the node of an edge that is counted
    mutating func add(_ graph: StoredHeads.Graph, ofHeads places: [Int], end: (SparseGraph.Edge) -> Int) {
        let (heads, nodeCount) = (graph.heads, graph.nodes.count)
        var slots = [Int](repeating: -1, count: heads.patterns.count)
        for (slot, place) in places.enumerated() { slots[place] = slot }
        var all = [Double](repeating: 0, count: nodeCount)
        // [places, nodes]
        var own = [Double](repeating: 0, count: places.count * nodeCount)
        var edgeCounts = [Int](repeating: 0, count: places.count * nodeCount)
        for edge in graph.edges.indices {
            let node = end(graph.edges[edge])
            all[node] += Double(heads.rests[edge])
            for entry in heads.loadings[heads.starts[edge]..<heads.starts[edge + 1]] {
                let size = Double(entry.loading.magnitude)
                all[node] += size
                let slot = slots[entry.layer * heads.headCount + entry.head]
                guard slot >= 0 else { continue }
                own[slot * nodeCount + node] += size
                edgeCounts[slot * nodeCount + node] += 1
            }
        }
        for slot in places.indices {
            totals[slot] += own[slot * nodeCount..<(slot + 1) * nodeCount].reduce(0, +)
        }
        for (place, node) in graph.nodes.enumerated() {
            guard case .feature(let layer, _, let index) = node.id else { continue }
            let feature = FeatureID(layer: layer, index: index)
            whole[feature, default: 0] += all[place]
            for slot in places.indices where edgeCounts[slot * nodeCount + place] > 0 {
                sums[slot][feature, default: Sum()].add(
                    own[slot * nodeCount + place], edges: edgeCounts[slot * nodeCount + place], prompt: graph.prompt)
            }
        }
    }

    func strongest(_ count: Int, ofHead head: Int) -> [(feature: FeatureID, sum: Sum, all: Double)] {
        sums[head].sorted { ($1.value.own, $0.key) < ($0.value.own, $1.key) }.prefix(count).map {
            ($0.key, $0.value, whole[$0.key] ?? 0)
        }
    }
}

extension CarriedFeatures.Sum {
    fileprivate mutating func add(_ size: Double, edges count: Int, prompt: Int) {
        own += size
        edges += count
        if lastPrompt != prompt { (prompts, lastPrompt) = (prompts + 1, prompt) }
    }
}
