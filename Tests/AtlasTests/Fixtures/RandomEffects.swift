import AtlasStore
import Circuits

extension RandomFacts {
    /// Made-up effects for the nodes of a made-up graph: zeros and both signs, some measured.
    static func effects(of graph: SparseGraph, answer: Int, seed: UInt64) -> NodeEffects {
        var generator = SeededGenerator(seed)
        func row() -> [Float] {
            graph.nodes.map { node in
                if case .logit = node.id { return 0 }
                return Bool.random(using: &generator) ? Float.random(in: -2...2, using: &generator) : 0
            }
        }
        func readouts() -> NodeEffects.Readouts {
            var readouts = NodeEffects.Readouts(gap: row(), answer: row(), targets: graph.targets.map { _ in row() })
            if let target = graph.target(ofNextToken: answer) { readouts.answer = readouts.targets[target] }
            return readouts
        }
        return NodeEffects(
            answer: answer, rival: (answer + 1) % 20, gap: 1.5, answerLogit: 3.25, total: readouts(),
            gradient: readouts(),
            measured: graph.nodes.indices.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }.map {
                .init(node: $0, answer: 0.25, gap: Float.random(in: -2...2, using: &generator), divergence: 0.125)
            })
    }

    /// The same prompts with effects beside their graphs.
    static func withEffects(_ prompts: [PromptFacts]) -> [PromptFacts] {
        prompts.enumerated().map { number, facts in
            var facts = facts
            if let graph = facts.graph {
                facts.graph?.effects = effects(
                    of: graph, answer: facts.answerToken ?? facts.predictedToken, seed: UInt64(number))
            }
            return facts
        }
    }
}
