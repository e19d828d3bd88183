import Circuits
import LanguageModels
import Tensors
import Transcoders

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
    /// - Returns: the new tokens alone
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` as `intervene`.
    public func generate(
        _ tokens: [Int], interventions: [Intervention], mode: InterventionMode = .free, count: Int,
        sampling: Sampling = .greedy, stops: Set<Int> = []
    ) throws -> [Int] {
        let plan = try InterventionPlan(
            interventions, transcoders: transcoders, model: model,
            firstCountedPosition: model.firstCountedPosition(in: tokens))
        guard mode == .free else {
            var text: [Int] = []
            return try model.generate(tokens, count: count, sampling: sampling, stops: stops) { pending in
                text += pending
                let result = try intervene(text, interventions, mode: mode)
                return model.logits(result.trace, position: text.count - 1)
            }
        }
        var steered = SteeredCache(plan, attributor: self)
        return try model.generate(tokens, count: count, sampling: sampling, stops: stops) { pending in
            try steered.advance(pending)
        }
    }
}

/// A key-value cache of a run with features set, and where multiples are asked for one of the undisturbed run beside it.
private struct SteeredCache {
    private let plan: InterventionPlan
    private let model: LanguageModel
    private let transcoders: TranscoderSet
    private var cache: KeyValueCache
    private var undisturbed: KeyValueCache

    init(_ plan: InterventionPlan, attributor: Attributor) {
        self.plan = plan
        model = attributor.model
        transcoders = attributor.transcoders
        cache = KeyValueCache(attributor.model)
        undisturbed = cache
    }

    /// Reads tokens that follow; answers the logits after the last of them.
    mutating func advance(_ tokens: [Int]) throws -> [Float] {
        let hook = transcoders.inputHook
        let site = transcoders.outputHook.site
        var inputs: [Matrix] = []
        if plan.needsUndisturbed {
            _ = try model.advance(tokens, cache: &undisturbed, site: site) { _, reading, mlp in
                inputs.append(reading.input(at: hook))
                return mlp()
            }
        }
        var changes = Reconstruction(transcoders: transcoders, positionCount: tokens.count)
        var hasChanges = false
        return try model.advance(tokens, cache: &cache, site: site) { layer, reading, mlp in
            if plan.sets(layer: layer) {
                let transcoder = transcoders.layers[layer]
                let current = transcoder.preActivations(reading.input(at: hook))
                try transcoder.requireFinite(current)
                changes.add(
                    plan.changes(
                        layer: layer, from: current,
                        undisturbed: plan.needsUndisturbed ? transcoder.preActivations(inputs[layer]) : current,
                        firstPosition: reading.firstPosition))
                hasChanges = true
            }
            var output = mlp()
            if hasChanges { output.add(changes.featureOutput(layer: layer)) }
            return output
        }
    }
}
