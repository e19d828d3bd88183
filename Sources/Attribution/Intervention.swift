import Circuits
import LanguageModels
import Tensors
import Transcoders

/// Sets one feature at one position to a value; its difference is added wherever the feature writes.
public struct Intervention: Hashable, Sendable {
    /// Which feature.
    public var feature: FeatureID
    /// Where in the prompt.
    public var position: Int
    /// The activation it is given.
    public var value: Float

    /// Sets `feature` at `position` to `value`.
    public init(feature: FeatureID, position: Int, value: Float) {
        self.feature = feature
        self.position = position
        self.value = value
    }
}

/// What an intervention may change downstream.
public enum InterventionMode: Hashable, Sendable {
    /// Direct effects only: patterns, norm denominators and all MLP outputs stay as they were.
    case frozen
    /// MLP outputs and patterns stay as they were inside a range of layers; everything else recomputes.
    case constrained(Range<Int>)
    /// Patterns stay as they were; everything else recomputes.
    case attentionFrozen
    /// Everything recomputes.
    case free
}

/// What a prompt looks like after interventions.
public struct InterventionResult: Sendable {
    /// The run with the interventions in place.
    public let trace: ForwardTrace
    /// `[layerCount]` of `[positionCount, featureCount]`: pre-activations during the run.
    public let preActivations: [Matrix]
}

extension Attributor {
    /// Runs the underlying model with features set to values.
    ///
    /// The change of each feature, times its decoder rows, is added to the MLP outputs. Under `frozen` and
    /// `constrained` the change is measured from the undisturbed run, so that nothing propagates through features.
    ///
    /// - Parameters:
    ///   - tokens: the prompt
    ///   - interventions: what to set
    ///   - mode: what may change downstream
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    /// - SeeAlso: Ameisen et al. 2025, "Validating Attribution Graph Hypotheses with Interventions".
    public func intervene(_ tokens: [Int], _ interventions: [Intervention], mode: InterventionMode) throws
        -> InterventionResult
    {
        let site = transcoders.outputHook.site
        let baseline = try model.run(tokens, site: site)
        let allLayers = 0..<model.configuration.layerCount
        let constrained: Range<Int>? =
            switch mode {
            case .frozen: allLayers
            case .constrained(let range): range
            case .attentionFrozen, .free: nil
            }
        let frozen = mode == .free ? nil : FrozenNetwork(baseline, freezingNorms: constrained == allLayers)
        var changes = Reconstruction(transcoders: transcoders, positionCount: tokens.count)
        var preActivations: [Matrix] = []
        let firstCounted = model.firstCountedPosition(in: tokens)
        let trace = try model.run(tokens, frozen: frozen, site: site) { layer, reading, mlp in
            let transcoder = transcoders.layers[layer]
            let input = reading.input(at: transcoders.inputHook)
            let current = transcoder.preActivations(input)
            preActivations.append(current)
            let own = interventions.filter { $0.feature.layer == layer }
            let before = baseline.layers[layer].reading.input(at: transcoders.inputHook)
            if !own.isEmpty {
                let reference = constrained == nil ? current : transcoder.preActivations(before)
                changes.add(
                    own.map {
                        change($0, transcoder: transcoder, preActivations: reference, firstCounted: firstCounted)
                    })
            }
            guard let constrained else {
                var output = mlp()
                output.add(changes.featureOutput(layer: layer))
                return output
            }
            guard constrained.contains(layer) else { return mlp() }
            var output = baseline.layers[layer].mlpOutput
            output.add(changes.featureOutput(layer: layer))
            if let skip = transcoder.skip {
                var difference = input
                for index in difference.values.indices { difference.values[index] -= before.values[index] }
                output.add(skip.applied(to: difference))
            }
            return output
        }
        return InterventionResult(trace: trace, preActivations: preActivations)
    }

    /// The change as a feature whose "activation" is new value less old.
    private func change(_ intervention: Intervention, transcoder: Transcoder, preActivations: Matrix, firstCounted: Int)
        -> ActiveFeature
    {
        let index = intervention.feature.index
        let old =
            intervention.position < firstCounted
            ? 0 : transcoder.activation(preActivations[intervention.position, index], index: index)
        return ActiveFeature(
            layer: intervention.feature.layer, position: intervention.position, index: index,
            activation: intervention.value - old)
    }
}
