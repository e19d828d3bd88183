import AtlasBasis
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import GRDB
import Tensors

/// Which pairs of sources make a head look, across prompts.
extension AtlasReader {
    /// Takes one score apart in each of the prompts with the strongest edges through a head, and sums the pairs up.
    ///
    /// The query is where the strongest edge's target stands; the key where its source stands, if the head looks there with
    /// a tenth of its attention or more, else the key that it looks at most. Scores are less that of the mean key, as only
    /// differences move a softmax.
    ///
    /// - Parameters:
    ///   - attributor: of the atlas's replacement model
    ///   - prompts: prompts at most
    ///   - limit: pairs that are told
    /// - Throws: ``QuestionError`` for a head that the model does not have, and for an atlas without heads
    /// - Complexity: unpacks every graph, and runs the model over the prompts
    public func pairs(
        layer: Int, head: Int, attributor: Attributor, prompts: Int = 30, limit: Int = 20, jobs: Int = 1
    ) throws -> HeadPairsReport {
        let edges = try strongestEdges(layer: layer, head: head, count: prompts)
        let scores = try mapInParallel(count: edges.count, jobs: jobs) { index in
            try score(of: edges[index], layer: layer, head: head, attributor: attributor)
        }
        var sums: [PairKey: [(score: Int, contribution: Double)]] = [:]
        for (place, score) in scores.enumerated() {
            var own: [PairKey: Double] = [:]
            for pair in score.pairs {
                let key = PairKey(
                    query: name(of: pair.query, tokens: edges[place].tokens),
                    key: name(of: pair.key, tokens: edges[place].tokens))
                own[key, default: 0] += Double(pair.contribution)
            }
            for (key, contribution) in own { sums[key, default: []].append((place, contribution)) }
        }
        func size(_ found: [(score: Int, contribution: Double)]) -> Double {
            found.reduce(0) { $0 + $1.contribution.magnitude }
        }
        let ranked = sums.map { (key: $0, found: $1, size: size($1)) }
            .sorted { ($1.size, $0.key.description) < ($0.size, $1.key.description) }
        let told = try ask("reading labels") { db in
            try ranked.prefix(limit).map { entry in
                let count = Double(entry.found.count)
                let mean = entry.found.reduce(0) { $0 + $1.contribution } / count
                let squares = entry.found.reduce(0) { $0 + ($1.contribution - mean) * ($1.contribution - mean) }
                let examples = entry.found.sorted {
                    ($1.contribution.magnitude, $0.score) < ($0.contribution.magnitude, $1.score)
                }.prefix(3).map { found in
                    HeadPairsReport.Example(
                        prompt: edges[found.score].prompt, text: edges[found.score].text,
                        query: scores[found.score].place.query, key: scores[found.score].place.key,
                        weight: Double(scores[found.score].weight), contribution: found.contribution)
                }
                return HeadPairsReport.Pair(
                    query: try source(entry.key.query, db), key: try source(entry.key.key, db),
                    count: entry.found.count, mean: mean, spread: (squares / count).squareRoot(),
                    examples: Array(examples))
            }
        }
        return HeadPairsReport(
            layer: layer, head: head, scoreCount: scores.count, pairsAScore: Self.pairsAScore, pairs: told)
    }

    /// Pairs of each score that are summed up.
    private static var pairsAScore: Int { 50 }

    /// The strongest edges through a head, one a prompt.
    private func strongestEdges(layer: Int, head: Int, count: Int) throws -> [HeadEdge] {
        try ask("asking what makes a head look") { db in
            let stored = try StoredHeads(self, db)
            try stored.require(layer: layer, head: head)
            var found: [(prompt: Int, loading: Float, source: Int, target: NodeID)] = []
            try stored.forEach(db, withEdges: true) { graph in
                guard let best = graph.strongestEdges()[layer * stored.headCount + head] else { return }
                let edge = graph.edges[best.edge]
                found.append(
                    (
                        graph.prompt, best.loading, graph.nodes[edge.source].id.position(in: []),
                        graph.nodes[edge.target].id
                    ))
            }
            found.sort { ($1.loading.magnitude, $0.prompt) < ($0.loading.magnitude, $1.prompt) }
            return try found.prefix(count).map { own in
                let graph = try storedGraph(of: own.prompt, db)
                return HeadEdge(
                    prompt: own.prompt, text: try promptText(own.prompt, db), tokens: graph.tokens, source: own.source,
                    target: own.target.position(in: graph.targets))
            }
        }
    }

    /// One score of the head in a prompt.
    private func score(
        of edge: HeadEdge, layer: Int, head: Int, attributor: Attributor
    ) throws -> ScoreAttribution {
        let own = try self.attributor(for: edge.text, tokenCount: edge.tokens.count, attributor)
        let local = try own.localReplacementModel(edge.tokens)
        let weights = local.trace.layers[layer].attention.weights(head: head, query: edge.target)
        let largest = weights.indices.max { weights[$0] < weights[$1] } ?? 0
        let key = edge.source <= edge.target && weights[edge.source] >= 0.1 ? edge.source : largest
        return try own.attributeScore(
            ScorePlace(layer: layer, head: head, query: edge.target, key: key), against: .mean, of: local,
            pairs: Self.pairsAScore)
    }

    /// A source without its position.
    private func name(of node: NodeID, tokens: [Int]) -> NodeName {
        switch node {
        case .feature(let layer, _, let index):
            NodeName(kind: "feature", feature: FeatureID(layer: layer, index: index))
        case .error(let layer, _): NodeName(kind: "error", layer: layer)
        case .token(let position):
            NodeName(kind: "token", token: tokens[position], text: text(of: tokens[position]))
        case .bias, .logit: NodeName(kind: "bias")
        }
    }

    private func source(_ node: NodeName, _ db: Database) throws -> HeadPairsReport.Source {
        HeadPairsReport.Source(node: node, label: try node.feature.flatMap { try shownLabel(of: $0, db).label })
    }
}

/// A prompt's strongest edge through a head.
private struct HeadEdge: Sendable {
    let prompt: Int
    let text: String
    let tokens: [Int]
    /// Where its ends stand.
    let source: Int
    let target: Int
}

private struct PairKey: Hashable, CustomStringConvertible {
    let query: NodeName
    let key: NodeName

    /// Orders pairs that are equally strong.
    var description: String { "\(query) \(key)" }
}
