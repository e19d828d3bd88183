import Attribution
import Circuits
import Testing

@Suite struct interventions {
    @Test(arguments: GoldenCase.graphNames)
    func `every reference intervention gives the reference's logits and activations`(name: String) throws {
        let golden = try GoldenCase(name)
        let tokens = try golden.tokens()
        for (index, expected) in golden.scores.interventions.enumerated() {
            let mode: InterventionMode =
                switch expected.mode {
                case "frozen": .frozen
                case "attention_frozen": .attentionFrozen
                default: .free
                }
            let result = try golden.attributor.intervene(
                tokens,
                [
                    Intervention(
                        feature: FeatureID(layer: expected.layer, index: expected.feature),
                        position: expected.position, value: Float(expected.value))
                ], mode: mode)
            let logits = golden.attributor.model.logits(result.trace).values
            #expect(excess(logits, try golden.floats("iv_\(index)_logits"), absolute: 1e-4, relative: 1e-3) <= 1)
            var activations: [Float] = []
            for (transcoder, pre) in zip(golden.attributor.transcoders.layers, result.preActivations) {
                for position in 0..<pre.rowCount {
                    for feature in 0..<pre.columnCount {
                        let value = pre[position, feature]
                        // The reference zeroes the first position, and reports pre-activations when all is frozen.
                        activations.append(
                            position == 0
                                ? 0 : mode == .frozen ? value : transcoder.activation(value, index: feature))
                    }
                }
            }
            #expect(
                excess(activations, try golden.floats("iv_\(index)_activations"), absolute: 1e-4, relative: 1e-3) <= 1)
        }
    }

    @Test(arguments: GoldenCase.graphNames)
    func `silencing a feature with everything frozen changes each target by its graph column`(name: String) throws {
        let golden = try GoldenCase(name)
        let tokens = try golden.tokens()
        let result = try golden.graph()
        let graph = result.graph
        let layout = graph.layout
        let model = golden.attributor.model
        var generator = SeededNumbers(seed: 7)
        for node in (0..<layout.featureCount).shuffled(using: &generator).prefix(20) {
            let feature = graph.feature(node)
            let after = try golden.attributor.intervene(
                tokens, [Intervention(feature: feature.feature, position: feature.position, value: 0)], mode: .frozen)
            let logits = model.linearLogits(after.trace, position: tokens.count - 1)
            let mean = logits.reduce(0, +) / Float(logits.count)
            var found: [Float] = []
            var expected: [Float] = []
            for target in 0..<layout.targetCount {
                let now: Float
                if target < layout.featureCount {
                    let other = graph.feature(target)
                    now = after.preActivations[other.layer][other.position, other.index]
                } else {
                    now = logits[graph.targets[target - layout.featureCount].token] - mean
                }
                found.append(graph.preActivations[target] - now)
                expected.append(graph[target: target, source: node])
            }
            let scale = expected.map(\.magnitude).max() ?? 0
            #expect(excess(found, expected, absolute: 1e-4 + 1e-3 * scale, relative: 1e-3) <= 1)
        }
    }
}
