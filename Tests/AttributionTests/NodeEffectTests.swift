import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors
import Testing

/// What nodes do to the gap, to the answer and to the targets.
@Suite struct `effects of nodes` {
    @Test(arguments: RandomReplacement.all)
    func `gradient effects are the derivative of the model's own pass with patterns held`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        let graph = SparseGraph(result.graph, nodeThreshold: 1, edgeThreshold: 1)
        let effects = try random.attributor.effects(ofNodesIn: graph, of: result, answer: 17)
        #expect(effects.answer == 17 && effects.nodeCount == graph.nodes.count)
        var generator = SeededNumbers(seed: 3)
        for node in graph.nodes.indices.shuffled(using: &generator).prefix(24) {
            guard case .feature = graph.nodes[node].id else { continue }
            try expect(effects.gradient.of(node), of: effects, graph) { step in
                try random.attributor.logits(random.tokens, without: graph.nodes[node], step)
            }
        }
        for (layer, position) in [(0, 2), (1, 4), (2, 7)] {
            // A window may keep a position's errors from all that is read.
            guard let node = graph.nodes.firstIndex(where: { $0.id == .error(layer: layer, position: position) })
            else { continue }
            try expect(effects.gradient.of(node), of: effects, graph) { step in
                let trace = try random.attributor.heldRun(random.tokens) { output, at in
                    guard at == layer else { return }
                    for column in 0..<output.columnCount {
                        output[position, column] -= step * result.local.errors[layer][position, column]
                    }
                }
                return random.attributor.model.logits(trace, position: random.tokens.count - 1)
            }
        }
        for position in [0, 3, 7] {
            let node = try #require(graph.nodes.firstIndex { $0.id == .token(position: position) })
            try expect(effects.gradient.of(node), of: effects, graph) { step in
                var embeddings = result.local.trace.embeddings
                for column in 0..<embeddings.columnCount { embeddings[position, column] *= 1 - step }
                let trace = try random.attributor.heldRun(random.tokens, embeddings: embeddings)
                return random.attributor.model.logits(trace, position: random.tokens.count - 1)
            }
        }
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `a neuron's gradient effect is measured from its baseline`(random: RandomModel, fromGroup: Bool) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 40, fromGroup: fromGroup)
        let result = try attributor.attribute(neurons.tokens)
        let graph = SparseGraph(result.graph, nodeThreshold: 1, edgeThreshold: 1)
        let effects = try attributor.effects(ofNodesIn: graph, of: result, answer: nil)
        #expect(effects.answer == result.logits.indices.max { result.logits[$0] < result.logits[$1] })
        for node in graph.nodes.indices.prefix(12) {
            try expect(effects.gradient.of(node), of: effects, graph) { step in
                try attributor.logits(neurons.tokens, without: graph.nodes[node], step)
            }
        }
    }

    @Test(arguments: RandomReplacement.all)
    func `what is measured in batches is what interventions with patterns held do one by one`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        let graph = SparseGraph(result.graph, nodeThreshold: 1, edgeThreshold: 1)
        let effects = try random.attributor.effects(ofNodesIn: graph, of: result, answer: 17, measured: 30)
        try #require(effects.measured.count > 20)
        try random.attributor.expectMeasured(effects, graph, random.tokens, result.logits)
    }

    @Test(arguments: RandomModel.all)
    func `a neuron is measured by setting it to its baseline`(random: RandomModel) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 40, fromGroup: true)
        let result = try attributor.attribute(neurons.tokens)
        let graph = SparseGraph(result.graph, nodeThreshold: 1, edgeThreshold: 1)
        let effects = try attributor.effects(ofNodesIn: graph, of: result, answer: nil, measured: 12)
        try #require(effects.measured.count == 12)
        let least = effects.measured.map { effects.gradient.gap[$0.node].magnitude }.min()!
        let measured = Set(effects.measured.map(\.node))
        for (node, kept) in graph.nodes.enumerated() where !measured.contains(node) {
            guard case .feature = kept.id else { continue }
            #expect(effects.gradient.gap[node].magnitude <= least)
        }
        try attributor.expectMeasured(effects, graph, neurons.tokens, result.logits)
    }

    // Elimination is cubic: of every kind of wiring some.
    @Test(arguments: stride(from: 0, to: RandomReplacement.all.count, by: 7).map { RandomReplacement.all[$0] })
    func `total effects solve the whole graph's linear system`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        let graph = SparseGraph(result.graph, nodeThreshold: 0.8, edgeThreshold: 0.9)
        let effects = try random.attributor.effects(ofNodesIn: graph, of: result, answer: nil)
        let (gap, answer) = try (
            result.graph.solvedEffects(
                of: random.attributor.row(
                    of: .difference(token: effects.answer, minus: effects.rival), of: random.tokens),
                result.local.contributions),
            result.graph.solvedEffects(
                of: random.attributor.row(of: .token(id: effects.answer), of: random.tokens),
                result.local.contributions)
        )
        let targets = result.graph.targets.indices.map { ordinal in
            let layout = result.graph.layout
            return result.graph.solvedEffects(
                of: (0..<layout.sourceCount).map {
                    result.graph[target: layout.featureCount + ordinal, source: $0]
                }, result.local.contributions)
        }
        for (node, kept) in graph.nodes.enumerated() {
            var expected = [Float](repeating: 0, count: 2 + targets.count)
            if let source = result.graph.source(kept.id) {
                expected = ([gap, answer] + targets).map { Float($0[source]) }
            }
            #expect(excess(effects.total.of(node), expected, absolute: 1e-4, relative: 1e-3) <= 1)
        }
    }

    /// Expects effects to be the derivative of what is read, with its sign turned: 1e-4 of the largest, and what Float32
    /// leaves of differences between logits of such a size.
    private func expect(
        _ found: [Float], of effects: NodeEffects, _ graph: SparseGraph,
        sourceLocation: SourceLocation = #_sourceLocation, _ logits: (Float) throws -> [Float]
    ) throws {
        var size: Float = 0
        func read(_ step: Float) throws -> [Double] {
            let logits = try logits(step)
            size = max(size, logits.map(\.magnitude).max() ?? 0)
            let mean = logits.reduce(0) { $0 + Double($1) } / Double(logits.count)
            return [
                Double(logits[effects.answer]) - Double(logits[effects.rival]), Double(logits[effects.answer]) - mean,
            ] + graph.targets.map { Double(logits[$0.token]) - mean }
        }
        func slope(_ step: Float) throws -> [Double] {
            zip(try read(-step), try read(step)).map { ($0 - $1) / Double(2 * step) }
        }
        // Central differences at three steps, extrapolated twice; from the largest step at which that has settled, as what
        // rounds is divided by it.
        var best: (change: Double, slopes: [Float]) = (.infinity, [])
        for largest: Float in [0.32, 0.08, 0.02] {
            let slopes = try [largest, largest / 2, largest / 4].map(slope)
            var change = 0.0
            let settled = slopes[0].indices.map { index -> Float in
                let (first, second) = (
                    (4 * slopes[1][index] - slopes[0][index]) / 3, (4 * slopes[2][index] - slopes[1][index]) / 3
                )
                change = max(change, abs(second - first))
                return Float((16 * second - first) / 15)
            }
            if change < best.change { best = (change, settled) }
        }
        let expected = best.slopes
        let scale = expected.map(\.magnitude).max() ?? 0
        #expect(
            excess(found, expected, absolute: 1.5e-5 * size + 1e-4 * scale, relative: 1e-4) <= 1,
            sourceLocation: sourceLocation)
    }
}

extension NodeEffects.Readouts {
    /// One node's effects on all that is read.
    fileprivate func of(_ node: Int) -> [Float] { [gap[node], answer[node]] + targets.map { $0[node] } }
}

extension Attributor {
    /// The logits with a feature's contribution less by a share, patterns held.
    fileprivate func logits(_ tokens: [Int], without node: SparseGraph.Node, _ share: Float) throws -> [Float] {
        guard case .feature(let layer, let position, let index) = node.id else { return [] }
        let setting = Intervention(
            feature: FeatureID(layer: layer, index: index), positions: PositionRange(position),
            setting: .multiple(1 - share))
        return model.logits(
            try intervene(tokens, [setting], mode: .attentionFrozen).trace, position: tokens.count - 1)
    }

    /// Expects measurements to be what silencing each node in a run of its own does.
    fileprivate func expectMeasured(
        _ effects: NodeEffects, _ graph: SparseGraph, _ tokens: [Int], _ before: [Float],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        func read(_ logits: [Float]) -> (answer: Double, gap: Double) {
            let mean = logits.reduce(0) { $0 + Double($1) } / Double(logits.count)
            return (Double(logits[effects.answer]) - mean, Double(logits[effects.answer] - logits[effects.rival]))
        }
        let size = before.map(\.magnitude).max() ?? 0
        for measurement in effects.measured {
            let after = try logits(tokens, without: graph.nodes[measurement.node], 1)
            let (old, new) = (read(before), read(after))
            let divergence = zip(softmax(before), softmax(after)).reduce(0.0) {
                $0 + Double($1.0) * (log(Double($1.0)) - log(Double($1.1)))
            }
            let found = [measurement.answer, measurement.gap, measurement.divergence]
            let expected = [old.answer - new.answer, old.gap - new.gap, divergence].map { Float($0) }
            #expect(
                excess(found, expected, absolute: 2e-5 + 5e-6 * size, relative: 1e-4) <= 1,
                sourceLocation: sourceLocation)
        }
    }

    /// Runs the model with patterns held and its MLPs' outputs changed.
    fileprivate func heldRun(
        _ tokens: [Int], embeddings: Matrix? = nil, _ change: (inout Matrix, _ layer: Int) -> Void = { _, _ in }
    ) throws -> ForwardTrace {
        let frozen = FrozenNetwork(try undisturbed(tokens), freezingNorms: false)
        return try model.run(tokens, embeddings: embeddings, frozen: frozen, site: basis.outputHook.site) {
            layer, _, mlp in
            var output = mlp()
            change(&output, layer)
            return output
        }
    }

    /// The direct effects of all sources on one target of its own graph.
    fileprivate func row(of target: AttributionTarget, of tokens: [Int]) throws -> [Float] {
        let graph = try attribute(tokens, options: AttributionOptions(targets: [target])).graph
        let layout = graph.layout
        return (0..<layout.sourceCount).map { graph[target: layout.featureCount, source: $0] }
    }
}

extension AttributionGraph {
    /// The source index of a node that has one.
    fileprivate func source(_ id: NodeID) -> Int? { (0..<layout.sourceCount).first { self.id(ofNode: $0) == id } }

    /// (I − Gᵀ)⁻¹ direct by elimination, G[t, s] = A[t, s] / contribution[t]: without any use of the graph's order.
    fileprivate func solvedEffects(of direct: [Float], _ contributions: [Float]) -> [Double] {
        let (count, features) = (layout.sourceCount, layout.featureCount)
        var system = (0..<count).map { source -> [Double] in
            var row = (0..<count).map { column -> Double in
                guard column < features else { return 0 }
                let contribution = contributions[selectedFeatures[column]]
                return contribution == 0 ? 0 : -Double(self[target: column, source: source] / contribution)
            }
            row[source] += 1
            return row + [Double(direct[source])]
        }
        for pivot in 0..<count {
            let best = (pivot..<count).max { abs(system[$0][pivot]) < abs(system[$1][pivot]) }!
            system.swapAt(pivot, best)
            let own = system[pivot]
            for row in 0..<count where row != pivot && system[row][pivot] != 0 {
                let factor = system[row][pivot] / own[pivot]
                for column in pivot...count { system[row][column] -= factor * own[column] }
            }
        }
        return (0..<count).map { system[$0][count] / system[$0][$0] }
    }
}
