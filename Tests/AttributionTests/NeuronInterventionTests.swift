import Attribution
import Circuits
import LanguageModels
import Tensors
import Testing

/// Neurons that are set while the model runs.
@Suite struct `interventions on neurons` {
    @Test(arguments: RandomModel.all)
    func `setting a neuron to what it is changes nothing in any mode`(random: RandomModel) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: 20)
        let held = try neurons.model.neuronActivations(neurons.tokens)
        let undisturbed = neurons.model.logits(try attributor.undisturbed(neurons.tokens)).values
        let neuron = FeatureID(layer: 1, index: 11)
        for mode in [InterventionMode.frozen, .constrained(0..<2), .attentionFrozen, .free] {
            let same = Intervention(feature: neuron, position: 2, value: held[1][2, 11])
            let result = try attributor.intervene(neurons.tokens, [same], mode: mode)
            #expect(
                excess(neurons.model.logits(result.trace).values, undisturbed, absolute: 1e-4, relative: 1e-4) <= 1)
            for (found, expected) in zip(result.preActivations, held) {
                #expect(excess(found.values, expected.values, absolute: 1e-5, relative: 1e-4) <= 1)
            }
        }
    }

    @Test(arguments: RandomModel.all, [false, true])
    func `silencing a neuron freely is the model with that neuron at its baseline and all others computed`(
        random: RandomModel, fromGroup: Bool
    ) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: nil, fromGroup: fromGroup)
        let basis = try #require(attributor.basis.neurons)
        let all = try attributor.localReplacementModel(neurons.tokens).activeFeatures
        let silenced = try #require(all.first { $0.layer == 0 && $0.position == 3 && abs($0.activation) > 0.05 })
        let expected = try ReplacementRun(
            neurons.tokens, model: neurons.model, neurons: basis, keeping: all.filter { $0 != silenced },
            firstCountedPosition: 1)
        let found = try attributor.intervene(
            neurons.tokens, [.silencing(silenced.feature, at: PositionRange(3))], mode: .free)
        #expect(
            excess(
                neurons.model.logits(found.trace).values, neurons.model.logits(expected.trace).values, absolute: 1e-4,
                relative: 1e-4) <= 1)
        let before = neurons.model.logits(try attributor.undisturbed(neurons.tokens)).values
        #expect(excess(neurons.model.logits(found.trace).values, before, absolute: 1e-4, relative: 1e-4) > 1)
    }

    @Test(arguments: RandomModel.all)
    func `a run that keeps every neuron is the model itself`(random: RandomModel) throws {
        let neurons = try RandomNeurons(random)
        let attributor = try neurons.attributor(maximum: nil, fromGroup: true)
        let quality = try attributor.evaluate(neurons.tokens).quality
        #expect(quality.topOneAgreement == 1 && quality.divergence < 1e-6)
        #expect(quality.layers.allSatisfy { $0.normalizedError == 0 && $0.alone.topOneAgreement == 1 })
        let few = try neurons.attributor(maximum: 10, fromGroup: true).evaluate(neurons.tokens).quality
        #expect(few.divergence > quality.divergence)
        #expect(abs(few.layers.reduce(0) { $0 + $1.activeFeaturesPerToken } - 2) < 1e-9)
    }

    @Test func `a multiple of a neuron counts from its baseline`() throws {
        let neurons = try RandomNeurons(RandomModel.all[0])
        let attributor = try neurons.attributor(maximum: 20, fromGroup: true)
        let held = try neurons.model.neuronActivations(neurons.tokens)[1][4, 5]
        guard case .byPosition(let layers) = neurons.group else { return }
        let resting = layers[1][4, 5]
        let neuron = FeatureID(layer: 1, index: 5)
        let twice = Intervention(feature: neuron, positions: PositionRange(4), setting: .multiple(2))
        let value = Intervention(feature: neuron, position: 4, value: resting + 2 * (held - resting))
        let found = try attributor.intervene(neurons.tokens, [twice], mode: .free)
        let expected = try attributor.intervene(neurons.tokens, [value], mode: .free)
        #expect(
            excess(
                neurons.model.logits(found.trace).values, neurons.model.logits(expected.trace).values, absolute: 1e-5,
                relative: 1e-5) <= 1)
    }

    @Test func `generation with a neuron set takes each token from the logits of the whole text`() throws {
        let neurons = try RandomNeurons(RandomModel.all[4])
        let attributor = try neurons.attributor(maximum: 20)
        let large = Intervention(
            feature: FeatureID(layer: 1, index: 3), positions: PositionRange(first: 2, last: nil), setting: .value(4))
        let generated = try attributor.generate(neurons.tokens, interventions: [large], mode: .free, count: 4)
        var text = neurons.tokens
        for token in generated {
            let logits = neurons.model.logits(
                try attributor.intervene(text, [large], mode: .free).trace, position: text.count - 1)
            #expect(logits.indices.max { logits[$0] < logits[$1] } == token)
            text.append(token)
        }
    }

    @Test func `weights between neurons are refused, as their encoders depend on the prompt`() throws {
        let weights = VirtualWeights(try RandomNeurons(RandomModel.all[0]).attributor(maximum: 20))
        #expect(throws: TargetError.self) { try weights.sources(of: FeatureID(layer: 1, index: 0)) }
        #expect(throws: TargetError.self) { try weights.targets(of: FeatureID(layer: 1, index: 0)) }
    }

    @Test func `what tells one basis of neurons from another is its settings`() throws {
        let neurons = try RandomNeurons(RandomModel.all[0])
        let bases = try [(20, false), (21, false), (20, true)].map {
            try neurons.attributor(maximum: $0, fromGroup: $1).basis
        }
        #expect(Set(bases.map(\.fingerprint)).count == 3 && bases.allSatisfy { $0.name == "neurons" })
        #expect(bases[0].fingerprint == "neurons maximum=20 coverage=1.0 baseline=zero")
    }

    @Test func `a neuron of the first token can be set too`() throws {
        let neurons = try RandomNeurons(RandomModel.all[0])
        let attributor = try neurons.attributor(maximum: 20)
        let held = try neurons.model.neuronActivations(neurons.tokens)[0][0, 9]
        let before = neurons.model.logits(try attributor.undisturbed(neurons.tokens)).values
        let same = try attributor.intervene(
            neurons.tokens, [Intervention(feature: FeatureID(layer: 0, index: 9), position: 0, value: held)],
            mode: .free)
        #expect(excess(neurons.model.logits(same.trace).values, before, absolute: 1e-5, relative: 1e-5) <= 1)
    }
}
