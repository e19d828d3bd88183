import Attribution
import Circuits
import LanguageModels
import Synchronization
import Tensors
import Testing

/// Through which heads edges go, against the plain meaning: a head whose output is scaled with everything else held.
@Suite struct `head loadings` {
    @Test(arguments: RandomReplacement.all)
    func `loadings of a layer's heads and what passes the layer by sum to the edge`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        #expect(try result.headViolation(random.attributor) <= 1e-5)
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `loadings of edges between neurons do too`(random: RandomModel, fromGroup: Bool) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 60, fromGroup: fromGroup)
        let result = try attributor.attribute(
            neurons.tokens,
            options: AttributionOptions(targets: [
                .token(id: 3), .difference(token: 4, minus: 9), .feature(id: FeatureID(layer: 2, index: 7)),
            ]))
        #expect(try result.headViolation(attributor) <= 1e-5)
    }

    @Test(arguments: RandomReplacement.all)
    func `a head scaled by 0.9 moves each target by -0.1 times its loadings`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        let graph = result.graph
        let sums = try HeadLoadings(random.attributor, result).sums(graph)
        let configuration = random.attributor.model.configuration
        for (layer, head) in [(0, 0), (0, 3), (1, 2), (2, 1)] {
            let (trace, preActivations) = try random.frozenRun(result, scaling: layer, head, by: 0.9)
            let logits = random.attributor.model.linearLogits(trace, position: random.tokens.count - 1)
            let mean = logits.reduce(0, +) / Float(logits.count)
            let found = (0..<graph.layout.targetCount).map { target -> Float in
                guard target < graph.layout.featureCount else {
                    return logits[graph.targets[target - graph.layout.featureCount].token] - mean
                }
                let feature = graph.feature(target)
                return preActivations[feature.layer][feature.position, feature.index]
            }
            let moved = zip(found, graph.preActivations).map { $0 - $1 }
            let expected = sums.map { -0.1 * $0[layer * configuration.headCount + head] }
            let scale = expected.map(\.magnitude).max() ?? 0
            #expect(scale > 1e-3)
            #expect(excess(moved, expected, absolute: 1e-4 + 1e-4 * scale, relative: 1e-3) <= 1)
        }
    }

    @Test(arguments: RandomModel.all)
    func `over neurons a scaled head moves each logit by its loadings`(random: RandomModel) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 60)
        let result = try attributor.attribute(neurons.tokens)
        let graph = result.graph
        let sums = try HeadLoadings(attributor, result).sums(graph)
        for (layer, head) in [(0, 1), (2, 3)] {
            var held = result.local.trace
            held.scale(layer, head, by: 0.9)
            let trace = try neurons.model.run(
                neurons.tokens, frozen: FrozenNetwork(held, freezingNorms: true), site: .output
            ) { layer, _, _ in held.layers[layer].mlpOutput }
            let logits = neurons.model.linearLogits(trace, position: neurons.tokens.count - 1)
            let mean = logits.reduce(0, +) / Float(logits.count)
            for (index, target) in graph.targets.enumerated() {
                let row = graph.layout.featureCount + index
                let moved = logits[target.token] - mean - graph.preActivations[row]
                let expected = -0.1 * sums[row][layer * neurons.model.configuration.headCount + head]
                #expect(abs(moved - expected) <= 1e-4 + 1e-3 * abs(expected))
            }
        }
    }

    @Test func `the largest violations of the loadings' identity are rounding`() throws {
        var lines = ["| case | edges | largest violation |", "|---|---|---|"]
        var worst: Float = 0
        func add(_ name: String, _ attributor: Attributor, _ result: Attributor.Result) throws {
            let violation = try result.headViolation(attributor)
            lines.append("| \(name) | \(result.graph.weights.count) | \(scientific(violation)) |")
            worst = max(worst, violation)
        }
        for name in GoldenCase.graphNames {
            let golden = try GoldenCase(name)
            try add(name, golden.attributor, try golden.graph())
        }
        for name in NeuronCase.names {
            let golden = try NeuronCase(name)
            let attributor = try Attributor(model: golden.model, neurons: NeuronOptions(maximumNeurons: 150))
            try add(name + ", neurons", attributor, try attributor.attribute(golden.tokens))
        }
        print(lines.joined(separator: "\n"))
        #expect(worst <= 1e-5)
    }

    @Test func `a head's pattern is told by shares, distance and entropy`() throws {
        let random = try RandomReplacement(RandomModel.all[5], RandomReplacement.Wiring.all[0])
        var trace = try random.attributor.localReplacementModel(random.tokens).trace
        trace.tokens = [0, 1, 2, 1, 3, 3, 4, 5]
        // Head 0 of layer 1 looks at the position before, head 1 half at the first and half at its own.
        for query in 0..<8 {
            for key in 0..<8 {
                trace.layers[1].patterns[query * 8 + key] = key == max(0, query - 1) ? 1 : 0
                trace.layers[1].patterns[64 + query * 8 + key] =
                    query == 0 ? (key == 0 ? 1 : 0) : key == 0 || key == query ? 0.5 : 0
            }
        }
        let patterns = trace.headPatterns()
        let headCount = random.attributor.model.configuration.headCount
        #expect(patterns.count == 3 * headCount)
        #expect(
            patterns[headCount] == HeadPattern(previous: 1, same: 1 / 7, first: 1 / 7, distance: 1, entropy: 0))
        let other = patterns[headCount + 1]
        #expect(other.first == 0.5 && other.previous == 0.5 / 7 && other.same == 0 && other.distance == 2)
        #expect(abs(other.entropy - 0.6931472) < 1e-6)
    }

    @Test func `edges asked for alone have the loadings that they have among all`() throws {
        let random = try RandomReplacement(RandomModel.all[5], RandomReplacement.Wiring.all[0])
        let result = try random.attributor.attribute(random.tokens)
        let loadings = HeadLoadings(random.attributor, result)
        let edges = HeadLoadings.edges(of: result.graph).edges
        let all = try loadings.collected(edges)
        var generator = SeededNumbers(seed: 4)
        let some = edges.indices.shuffled(using: &generator).prefix(40)
        let alone = try loadings.collected(some.map { edges[$0] }, jobs: 2)
        for (place, index) in some.enumerated() {
            #expect(excess(alone[place], all[index], absolute: 1e-6, relative: 1e-4) <= 1)
        }
    }

    @Test func `a pruned graph's main heads are those of its edges`() throws {
        let random = try RandomReplacement(RandomModel.all[5], RandomReplacement.Wiring.all[3])
        let result = try random.attributor.attribute(random.tokens)
        let sparse = SparseGraph(result.graph, nodeThreshold: 0.8, edgeThreshold: 0.9)
        let loadings = HeadLoadings(random.attributor, result)
        let heads = try loadings.mainHeads(ofEdgesIn: sparse, jobs: 2)
        #expect(heads.edgeCount == sparse.edges.count && heads.loadings.count > sparse.edges.count)
        let asked = sparse.edges.map {
            HeadLoadings.Edge(target: sparse.nodes[$0.target].id, source: sparse.nodes[$0.source].id)
        }
        for (edge, values) in try loadings.collected(asked).enumerated() {
            let kept = heads[edge]
            let headCount = random.attributor.model.configuration.headCount
            for entry in kept {
                #expect(abs(values[entry.layer * headCount + entry.head] - entry.loading) < 1e-5)
            }
            let total = values.reduce(0) { $0 + $1.magnitude }
            #expect(abs(kept.reduce(heads.rests[edge]) { $0 + $1.loading.magnitude } - total) <= 1e-5 + 1e-5 * total)
        }
    }
}

extension HeadLoadings {
    /// `[edges][layerCount * headCount]`.
    func collected(_ edges: [Edge], jobs: Int = 1) throws -> [[Float]] {
        let all = Mutex([[Float]](repeating: [], count: edges.count))
        try compute(edges, jobs: jobs) { edge, loadings in
            let own = Array(loadings)
            all.withLock { $0[edge] = own }
        }
        return all.withLock(\.self)
    }

    /// `[targets][layerCount * headCount]`: each target's loadings summed over its edges, the bias node's among them.
    func sums(_ graph: AttributionGraph) throws -> [[Float]] {
        let all = try collected(Self.edges(of: graph, withBias: true).edges)
        let count = graph.layout.sourceCount + 1
        return (0..<graph.layout.targetCount).map { target in
            all[target * count..<(target + 1) * count].reduce([Float](repeating: 0, count: all[0].count)) {
                zip($0, $1).map(+)
            }
        }
    }
}

extension Attributor.Result {
    func headViolation(_ attributor: Attributor) throws -> Float {
        let (edges, weights) = HeadLoadings.edges(of: graph)
        return try HeadLoadings(attributor, self).compute(edges, checkedAgainst: weights, jobs: 2) { _, _ in }
            .largestViolation
    }
}

extension ForwardTrace {
    /// Makes a head's pattern, and with it all that the head writes, smaller.
    mutating func scale(_ layer: Int, _ head: Int, by factor: Float) {
        let count = tokens.count * tokens.count
        for index in head * count..<(head + 1) * count { layers[layer].patterns[index] *= factor }
    }
}

extension RandomReplacement {
    /// Runs with everything frozen but one head's output, which is scaled.
    func frozenRun(
        _ result: Attributor.Result, scaling layer: Int, _ head: Int, by factor: Float
    ) throws -> (ForwardTrace, [Matrix]) {
        var scaled = result.local.trace
        scaled.scale(layer, head, by: factor)
        return try frozenRun(result, holding: scaled)
    }
}
