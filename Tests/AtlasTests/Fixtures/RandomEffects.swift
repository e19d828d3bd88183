import AtlasStore
import Circuits

extension RandomFacts {
    /// Made-up effects for the nodes of a made-up graph: zeros and both signs, some measured.
    static func effects(of graph: SparseGraph, answer: Int, seed: UInt64) -> NodeEffects {
        var generator = SeededNumbers(seed: seed)
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

    /// The same prompts with made-up heads of their graphs' edges.
    static func withHeads(_ prompts: [PromptFacts]) -> [PromptFacts] {
        prompts.enumerated().map { number, facts in
            var facts = facts
            var generator = SeededNumbers(seed: UInt64(number))
            guard let graph = facts.graph else { return facts }
            var heads = EdgeHeads(
                headCount: 4,
                patterns: (0..<12).map {
                    HeadPattern(
                        previous: Float($0) / 16, same: 0, first: Float.random(in: 0...1, using: &generator),
                        distance: Float($0), entropy: 0.5)
                })
            for _ in graph.edges {
                let own = (0..<12).filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }.prefix(8).map {
                    EdgeHeads.Loading(
                        layer: $0 / 4, head: $0 % 4, loading: Float.random(in: -2...2, using: &generator))
                }
                heads.append(own, rest: Bool.random(using: &generator) ? 0 : 0.25)
            }
            facts.graph?.heads = heads
            return facts
        }
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
