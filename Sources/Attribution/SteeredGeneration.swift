import Circuits
import LanguageModels
import Tensors

extension Attributor {
    /// Continues a prompt while features are set.
    ///
    ///     let less = Intervention(feature: texas, positions: PositionRange(first: 12, last: nil), setting: .multiple(0))
    ///     let answer = try attributor.generate(prompt, interventions: [less], mode: .free, count: 8)
    ///
    /// Every token is taken from the logits that `intervene` gives for all tokens before it: what is frozen is frozen
    /// at the undisturbed model's run over these same tokens. Free interventions use a key-value cache and cost a
    /// position a token; all other modes run the whole text anew for each.
    ///
    /// - Parameters:
    ///   - tokens: the prompt, at least one token
    ///   - interventions: what to set; a range of positions without an end covers all generated positions
    ///   - mode: what may change downstream
    ///   - count: tokens to generate; with the prompt at most the context length
    ///   - sampling: how each is chosen
    ///   - stops: tokens that end the text; one of them is the last that is returned
    ///   - reading: is given the logits, `[vocabularySize]`, that each token is then taken from
    /// - Returns: the new tokens alone
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` as `intervene`.
    public func generate(
        _ tokens: [Int], interventions: [Intervention], mode: InterventionMode = .free, count: Int,
        sampling: Sampling = .greedy, stops: Set<Int> = [], reading: ([Float]) -> Void = { _ in }
    ) throws -> [Int] {
        let plan = try InterventionPlan(
            interventions, basis: basis, model: model, firstCountedPosition: model.firstCountedPosition(in: tokens))
        guard mode == .free else {
            var text: [Int] = []
            return try model.generate(tokens, count: count, sampling: sampling, stops: stops) { pending in
                text += pending
                let result = try intervene(text, interventions, mode: mode)
                let logits = model.logits(result.trace, position: text.count - 1)
                reading(logits)
                return logits
            }
        }
        var steered = SteeredCache(plan, attributor: self)
        return try model.generate(tokens, count: count, sampling: sampling, stops: stops) { pending in
            let logits = try steered.advance(pending)
            reading(logits)
            return logits
        }
    }
}

/// A key-value cache of a run with features set, and where multiples are asked for one of the undisturbed run beside it.
private struct SteeredCache {
    private let plan: InterventionPlan
    private let model: LanguageModel
    private let basis: FeatureBasis
    private var cache: KeyValueCache
    private var undisturbed: KeyValueCache

    init(_ plan: InterventionPlan, attributor: Attributor) {
        self.plan = plan
        model = attributor.model
        basis = attributor.basis
        cache = KeyValueCache(attributor.model)
        undisturbed = cache
    }

    /// Reads tokens that follow; answers the logits after the last of them.
    mutating func advance(_ tokens: [Int]) throws -> [Float] {
        let site = basis.outputHook.site
        var undisturbedReadings: [MLPReading] = []
        if plan.needsUndisturbed {
            _ = try model.advance(tokens, cache: &undisturbed, site: site) { _, reading, mlp in
                undisturbedReadings.append(reading)
                return mlp()
            }
        }
        var changes = FeatureWrites(basis, positionCount: tokens.count, modelWidth: model.configuration.modelWidth)
        var hasChanges = false
        return try model.advance(tokens, cache: &cache, site: site) { layer, reading, mlp in
            if plan.sets(layer: layer) {
                let features = basis.layers[layer]
                let current = try features.values(reading)
                changes.add(
                    try plan.changes(
                        layer: layer, from: current,
                        undisturbed: plan.needsUndisturbed
                            ? try features.values(undisturbedReadings[layer]) : current,
                        firstPosition: reading.firstPosition))
                hasChanges = true
            }
            var output = mlp()
            if hasChanges { output.add(changes.written(to: layer)) }
            return output
        }
    }
}
