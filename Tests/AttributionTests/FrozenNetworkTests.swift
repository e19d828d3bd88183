import Attribution
import Circuits
import LanguageModels
import Tensors
import Testing
import Transcoders

/// The reference's own property harness on random models: a change of a source, with everything frozen, moves every
/// pre-activation and every logit by the source's column.
@Suite struct `frozen networks` {
    @Test(arguments: RandomReplacement.all)
    func `all inputs of a target, the bias node among them, sum to its pre-activation`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let graph = try random.attributor.attribute(random.tokens).graph
        try #require(graph.layout.featureCount > 20)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }

    @Test(arguments: RandomReplacement.all)
    func `doubling a feature moves every target by its column`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        var generator = SeededNumbers(seed: 11)
        for node in (0..<result.graph.layout.featureCount).shuffled(using: &generator).prefix(6) {
            let feature = result.graph.feature(node)
            let after = try random.attributor.intervene(
                random.tokens,
                [Intervention(feature: feature.feature, position: feature.position, value: 2 * feature.activation)],
                mode: .frozen)
            random.expect(after.trace, after.preActivations, moved: node, of: result)
        }
    }

    @Test(arguments: RandomReplacement.all)
    func `adding an error vector once more moves every target by its column`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        for (layer, position) in [(0, 2), (1, 4), (2, 7), (0, 7)] {
            let (trace, preActivations) = try random.frozenRun(result) { output, at in
                guard at == layer else { return }
                for column in 0..<output.columnCount {
                    output[position, column] += result.local.errors[layer][position, column]
                }
            }
            random.expect(
                trace, preActivations, moved: result.graph.layout.error(layer: layer, position: position), of: result)
        }
    }

    @Test(arguments: RandomReplacement.all)
    func `adding a token's embedding once more moves every target by its column`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let result = try random.attributor.attribute(random.tokens)
        for position in [0, 3, 7] {
            var embeddings = result.local.trace.embeddings
            for column in 0..<embeddings.columnCount { embeddings[position, column] *= 2 }
            let (trace, preActivations) = try random.frozenRun(result, embeddings: embeddings)
            random.expect(trace, preActivations, moved: result.graph.layout.token(position: position), of: result)
        }
    }
}

extension RandomReplacement {
    /// Runs with everything frozen but what `change` makes of the MLP outputs, and what the embeddings are.
    ///
    /// - Parameter held: whose patterns and denominators are frozen; the prompt's own unless given
    func frozenRun(
        _ result: Attributor.Result, embeddings: Matrix? = nil, holding held: ForwardTrace? = nil,
        _ change: (inout Matrix, _ layer: Int) -> Void = { _, _ in }
    ) throws -> (ForwardTrace, [Matrix]) {
        let baseline = result.local.trace
        let transcoders = attributor.transcoders
        var preActivations: [Matrix] = []
        let trace = try attributor.model.run(
            tokens, embeddings: embeddings, frozen: FrozenNetwork(held ?? baseline, freezingNorms: true),
            site: transcoders.outputHook.site
        ) { layer, reading, _ in
            let input = reading.input(at: transcoders.inputHook)
            let before = baseline.layers[layer].reading.input(at: transcoders.inputHook)
            preActivations.append(
                transcoders.layers[layer].preActivations(
                    input, divisors: transcoders.layers[layer].inputNormalization.divisors(of: before)))
            var output = baseline.layers[layer].mlpOutput
            if let skip = transcoders.layers[layer].skip {
                var difference = input
                for index in difference.values.indices { difference.values[index] -= before.values[index] }
                output.add(skip.applied(to: difference))
            }
            change(&output, layer)
            return output
        }
        return (trace, preActivations)
    }

    /// Expects every target to have moved from its pre-activation by the column of `source`.
    func expect(
        _ trace: ForwardTrace, _ preActivations: [Matrix], moved source: Int, of result: Attributor.Result,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let graph = result.graph
        let logits = attributor.model.linearLogits(trace, position: tokens.count - 1)
        let mean = logits.reduce(0, +) / Float(logits.count)
        var found: [Float] = []
        var expected: [Float] = []
        for target in 0..<graph.layout.targetCount {
            let now: Float
            if target < graph.layout.featureCount {
                let feature = graph.feature(target)
                now = preActivations[feature.layer][feature.position, feature.index]
            } else {
                now = logits[graph.targets[target - graph.layout.featureCount].token] - mean
            }
            found.append(now - graph.preActivations[target])
            expected.append(graph[target: target, source: source])
        }
        let scale = expected.map(\.magnitude).max() ?? 0
        #expect(
            excess(found, expected, absolute: 1e-4 + 1e-3 * scale, relative: 1e-3) <= 1, sourceLocation: sourceLocation)
    }
}
