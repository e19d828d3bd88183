import Attribution
import Circuits
import Foundation
import LanguageModels
import Testing

@Suite struct `steered generation` {
    /// Strong changes of a few features, from the middle of the prompt on without an end.
    private func interventions(_ golden: GoldenCase) throws -> [Intervention] {
        let local = try golden.attributor.localReplacementModel(golden.tokens())
        let strongest = local.activeFeatures.sorted { $0.activation > $1.activation }
        var chosen: [FeatureID] = []
        for feature in strongest.map(\.feature) where !chosen.contains(feature) && chosen.count < 3 {
            chosen.append(feature)
        }
        let middle = PositionRange(first: try golden.tokens().count / 2, last: nil)
        return [
            Intervention(feature: chosen[0], positions: middle, setting: .multiple(-2)),
            Intervention(feature: chosen[1], positions: middle, setting: .value(8)),
            Intervention(
                feature: chosen[2], positions: PositionRange(first: 1, last: try golden.tokens().count + 1),
                setting: .multiple(4)),
        ]
    }

    @Test(arguments: GoldenCase.graphNames)
    func `generation without interventions is the model's own`(name: String) throws {
        let golden = try GoldenCase(name)
        let own = try golden.attributor.model.generate(golden.tokens(), count: 6)
        for mode in [InterventionMode.free, .attentionFrozen, .constrained(0..<2), .frozen] {
            #expect(try golden.attributor.generate(golden.tokens(), interventions: [], mode: mode, count: 6) == own)
        }
    }

    @Test(arguments: GoldenCase.graphNames)
    func `each generated token is the one that the whole text before it gives under the interventions`(
        name: String
    ) throws {
        let golden = try GoldenCase(name)
        let interventions = try interventions(golden)
        for mode in [InterventionMode.free, .attentionFrozen, .constrained(1..<3), .frozen] {
            var text = try golden.tokens()
            for _ in 0..<5 {
                let result = try golden.attributor.intervene(text, interventions, mode: mode)
                let logits = golden.attributor.model.logits(result.trace, position: text.count - 1)
                text.append(try #require(logits.indices.max { logits[$0] < logits[$1] }))
            }
            let found = try golden.attributor.generate(
                golden.tokens(), interventions: interventions, mode: mode, count: 5)
            #expect(found == Array(text.dropFirst(try golden.tokens().count)), "\(mode)")
        }
    }

    @Test func `interventions change what is generated`() throws {
        let changed = try GoldenCase.graphNames.count { name in
            let golden = try GoldenCase(name)
            return try golden.attributor.generate(
                golden.tokens(), interventions: interventions(golden), count: 5)
                != golden.attributor.model.generate(golden.tokens(), count: 5)
        }
        #expect(changed >= GoldenCase.graphNames.count / 2)
    }

    @Test func `drawing with the same seed gives the same tokens, with or without idle interventions`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let sampling = Sampling.random(temperature: 2, seed: 5)
        let own = try golden.attributor.model.generate(golden.tokens(), count: 8, sampling: sampling)
        let idle = Intervention(
            feature: FeatureID(layer: 1, index: 2), positions: PositionRange(first: 0, last: nil),
            setting: .multiple(1))
        #expect(
            try golden.attributor.generate(golden.tokens(), interventions: [idle], count: 8, sampling: sampling) == own)
    }

    @Test func `a range of positions is that many single positions`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let tokens = try golden.tokens()
        let feature = FeatureID(layer: 1, index: 3)
        let range = Intervention(feature: feature, positions: PositionRange(first: 2, last: 4), setting: .value(3))
        let single = (2...4).map { Intervention(feature: feature, position: $0, value: 3) }
        for mode in [InterventionMode.free, .frozen] {
            let found = try golden.attributor.intervene(tokens, [range], mode: mode)
            let expected = try golden.attributor.intervene(tokens, single, mode: mode)
            #expect(found.trace.finalResidual.values == expected.trace.finalResidual.values)
        }
    }

    @Test(arguments: [InterventionMode.free, .attentionFrozen, .constrained(0..<2), .frozen])
    func `a multiple is of the undisturbed activation`(mode: InterventionMode) throws {
        let golden = try GoldenCase("llama-clt_relu")
        let tokens = try golden.tokens()
        let active = try golden.attributor.localReplacementModel(tokens).activeFeatures.filter { $0.position > 1 }
        let chosen = [active[0], active[active.count / 2], active[active.count - 1]]
        let multiples = chosen.map {
            Intervention(feature: $0.feature, positions: PositionRange($0.position), setting: .multiple(-3))
        }
        let values = chosen.map {
            Intervention(feature: $0.feature, position: $0.position, value: -3 * $0.activation)
        }
        let found = try golden.attributor.intervene(tokens, multiples, mode: mode)
        let expected = try golden.attributor.intervene(tokens, values, mode: mode)
        #expect(
            excess(
                found.trace.finalResidual.values, expected.trace.finalResidual.values, absolute: 1e-5, relative: 1e-4)
                <= 1)
    }

    @Test func `a feature set twice at one position is refused with both ranges`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let feature = FeatureID(layer: 1, index: 3)
        let error = #expect(throws: TargetError.self) {
            try golden.attributor.intervene(
                golden.tokens(),
                [
                    Intervention(feature: feature, positions: PositionRange(first: 2, last: nil), setting: .value(1)),
                    Intervention(feature: feature, position: 3, value: 2),
                ], mode: .free)
        }
        #expect(
            error?.description == "feature 1/3: expected one setting at each position, found one at 2- and one at 3")
    }

    @Test func `an unknown feature is refused`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        #expect(throws: TargetError.self) {
            try golden.attributor.generate(
                golden.tokens(),
                interventions: [Intervention(feature: FeatureID(layer: 99, index: 0), position: 1, value: 0)], count: 1)
        }
    }

    @Test(arguments: [InterventionMode.free, .attentionFrozen, .frozen])
    func `features of which the largest fire are set as others are`(mode: InterventionMode) throws {
        let folder = try CopiedModel("llama-plt_relu")
        let file = folder.path + "/transcoders/config.yaml"
        try (String(contentsOfFile: file, encoding: .utf8) + "\nactivation: topk\nk: 5\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        let attributor = try Attributor(
            modelFolder: folder.path + "/model", transcoderFolder: folder.path + "/transcoders")
        let tokens = try GoldenCase("llama-plt_relu").tokens()
        let active = try #require(
            attributor.localReplacementModel(tokens).activeFeatures.last { $0.position == tokens.count - 2 })
        let multiple = Intervention(
            feature: active.feature, positions: PositionRange(active.position), setting: .multiple(-4))
        let value = Intervention(feature: active.feature, position: active.position, value: -4 * active.activation)
        let own = try attributor.intervene(tokens, [], mode: mode).trace.finalResidual.values
        let found = try attributor.intervene(tokens, [multiple], mode: mode).trace.finalResidual.values
        #expect(found == (try attributor.intervene(tokens, [value], mode: mode).trace.finalResidual.values))
        #expect(found != own)
        #expect(
            try attributor.generate(tokens, interventions: [multiple], mode: mode, count: 3)
                == attributor.generate(tokens, interventions: [value], mode: mode, count: 3))
    }
}
