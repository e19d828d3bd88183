import Testing

@testable import Circuits

@Suite("total effects")
struct TotalEffectTests {
    /// Three layers of three features, two tokens and two logits; edges and activations from a seed.
    private static func graph(seed: UInt64) -> SparseGraph {
        var state = seed
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 24)
        }
        var ids: [NodeID] = []
        for layer in 0..<3 { for index in 0..<3 { ids.append(.feature(layer: layer, position: 1, index: index)) } }
        ids += [.error(layer: 0, position: 1), .token(position: 0), .token(position: 1)]
        ids += [.logit(ordinal: 0), .logit(ordinal: 1)]
        func height(_ id: NodeID) -> Int {
            switch id {
            case .token, .bias: -1
            case .feature(let layer, _, _), .error(let layer, _): layer
            case .logit: 9
            }
        }
        var edges: [SparseGraph.Edge] = []
        for target in ids.indices {
            switch ids[target] {
            case .feature, .logit: break
            default: continue
            }
            for source in ids.indices where height(ids[source]) < height(ids[target]) && next() < 0.7 {
                edges.append(.init(target: target, source: source, weight: 4 * next() - 2))
            }
        }
        return SparseGraph(
            tokens: [0, 1],
            targets: [
                LogitTarget(token: 3, probability: 0.7, position: 1),
                LogitTarget(token: 4, probability: 0.2, position: 1),
            ],
            nodes: ids.map { id in
                var activation: Float = 0
                if case .feature = id { activation = 0.5 + next() }
                return .init(
                    id: id, activation: activation, influence: 0, cumulativeInfluence: 0, inputSum: 1, biasInput: 0)
            }, targetInfluence: [[Float](repeating: 0, count: ids.count), [Float](repeating: 0, count: ids.count)],
            edges: edges, scores: GraphScores(replacement: 1, completeness: 1), activeFeatureCount: 9,
            selectedFeatureCount: 9, largestViolation: 0, nodeThreshold: 1, edgeThreshold: 1)
    }

    /// The sum over all paths, written out.
    private static func effect(of node: Int, on logit: Int, in graph: SparseGraph) -> Double {
        var sum = 0.0
        for edge in graph.edges where edge.source == node {
            if edge.target == logit { sum += Double(edge.weight) }
            guard case .feature = graph.nodes[edge.target].id else { continue }
            sum +=
                Double(edge.weight) / Double(graph.nodes[edge.target].activation)
                * effect(of: edge.target, on: logit, in: graph)
        }
        return sum
    }

    @Test(arguments: 1...6)
    func `a node's total effect is the sum over all paths to the target`(seed: Int) {
        let graph = Self.graph(seed: UInt64(seed))
        for ordinal in 0..<2 {
            let totals = graph.totalEffects(onTarget: ordinal)
            let logit = graph.nodes.firstIndex { $0.id == .logit(ordinal: ordinal) }!
            for node in 0..<12 {
                #expect(abs(totals[node] - Self.effect(of: node, on: logit, in: graph)) < 1e-9)
            }
        }
    }
}
