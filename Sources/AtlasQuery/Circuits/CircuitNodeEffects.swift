import AtlasStore
import Circuits

/// What nodes do to the answer's lead over its strongest rival, on the mean over a circuit's graphs.
enum CircuitNodeEffects {
    /// By node, positions together: the sum of gradient effects on the gap over the graphs that a token answers, or over all
    /// graphs of a group, divided by how many these are.
    ///
    /// - Throws: ``QuestionError`` where effects were not computed, or where the token answers none of the prompts
    static func means(
        _ graphs: [SparseGraph], seed: CircuitSeed, _ reader: AtlasReader
    ) throws -> [NodeKey: Double] {
        let computed = graphs.compactMap { graph in graph.effects.map { (graph, $0) } }
        guard computed.count == graphs.count else {
            throw QuestionError.noEffects(question: "a circuit by effects", graphs: graphs.count - computed.count)
        }
        let answered = computed.filter { _, effects in
            if case .token(let token) = seed { effects.answer == token } else { true }
        }
        guard !answered.isEmpty else {
            throw QuestionError.nothingToCompare(
                what: "a circuit by effects on the token's lead", expected: "prompts whose answer it is", found: "none")
        }
        var sums: [NodeKey: Double] = [:]
        for (graph, effects) in answered {
            for (place, node) in graph.nodes.enumerated() {
                guard let key = NodeKey(node.id, tokens: graph.tokens, targets: graph.targets) else { continue }
                sums[key, default: 0] += Double(effects.gradient.gap[place])
            }
        }
        return sums.mapValues { $0 / Double(answered.count) }
    }
}
