import Circuits
import LanguageModels
import Tensors

/// Sets one feature at some positions; its difference is added wherever the feature writes.
public struct Intervention: Hashable, Sendable {
    /// What the activation becomes.
    public enum Setting: Hashable, Sendable {
        /// This activation.
        case value(Float)
        /// So many times the activation that the feature has at that position in the undisturbed model; of a neuron so
        /// many times what its activation is above its baseline, and that baseline.
        case multiple(Float)
    }

    /// Which feature.
    public var feature: FeatureID
    /// Where; a range without an end goes on through whatever is generated.
    public var positions: PositionRange
    /// What it becomes there.
    public var setting: Setting

    /// Sets `feature` at `positions`.
    public init(feature: FeatureID, positions: PositionRange, setting: Setting) {
        self.feature = feature
        self.positions = positions
        self.setting = setting
    }

    /// Sets `feature` at `position` to `value`.
    public init(feature: FeatureID, position: Int, value: Float) {
        self.init(feature: feature, positions: PositionRange(position), setting: .value(value))
    }

    /// Silences `feature`: takes away what it contributes to a graph. A neuron is set to its baseline.
    public static func silencing(_ feature: FeatureID, at positions: PositionRange) -> Intervention {
        Intervention(feature: feature, positions: positions, setting: .multiple(0))
    }

    /// Sets all features of a supernode at once, each at its own positions.
    public static func interventions(_ supernode: Supernode, setting: Setting) -> [Intervention] {
        supernode.members.map { Intervention(feature: $0.feature, positions: $0.positions, setting: setting) }
    }
}

extension Intervention: CustomStringConvertible {
    /// As the command line takes it: `2/157@3-=x0`.
    public var description: String {
        switch setting {
        case .value(let value): "\(feature)@\(positions)=\(value)"
        case .multiple(let factor): "\(feature)@\(positions)=x\(factor)"
        }
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
    /// Patterns and the denominators of norms stay as they were; MLPs recompute.
    case normsFrozen
    /// Everything recomputes.
    case free
}

/// What a prompt looks like after interventions.
public struct InterventionResult: Sendable {
    /// The run with the interventions in place.
    public let trace: ForwardTrace
    /// `[layerCount]` of `[positionCount, featureCount]`: features' values during the run, pre-activations or neurons'
    /// activations; with everything frozen those of neurons are taken with their slopes held.
    public let preActivations: [Matrix]
}

extension Attributor {
    /// What the model says after interventions, `[vocabularySize]`: the probabilities of the token behind the prompt.
    public func nextTokenProbabilities(_ result: InterventionResult) -> [Float] {
        softmax(model.logits(result.trace, position: result.trace.tokens.count - 1))
    }

    /// Runs the underlying model with features set.
    ///
    /// The change of each feature, times its decoder rows, is added to the MLP outputs. Under `frozen` and
    /// `constrained` the change is measured from the undisturbed run, so that nothing propagates through features.
    ///
    /// - Parameters:
    ///   - tokens: the prompt
    ///   - interventions: what to set; positions beyond the prompt are left for what is generated
    ///   - mode: what may change downstream
    ///   - undisturbed: the prompt's run without interventions where it is at hand (``undisturbed(_:)``)
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` for a feature that does not
    ///   exist or is set twice at one position.
    /// - SeeAlso: Ameisen et al. 2025, "Validating Attribution Graph Hypotheses with Interventions".
    public func intervene(
        _ tokens: [Int], _ interventions: [Intervention], mode: InterventionMode, from undisturbed: ForwardTrace? = nil
    ) throws -> InterventionResult {
        let plan = try InterventionPlan(
            interventions, basis: basis, model: model, firstCountedPosition: model.firstCountedPosition(in: tokens))
        let site = basis.outputHook.site
        let baseline = try undisturbed ?? model.run(tokens, site: site)
        let allLayers = 0..<model.configuration.layerCount
        let constrained: Range<Int>? =
            switch mode {
            case .frozen: allLayers
            case .constrained(let range): range
            case .attentionFrozen, .normsFrozen, .free: nil
            }
        let isFrozen = constrained == allLayers
        let frozen = mode == .free ? nil : FrozenNetwork(baseline, freezingNorms: isFrozen || mode == .normsFrozen)
        var changes = FeatureWrites(basis, positionCount: tokens.count, modelWidth: model.configuration.modelWidth)
        var preActivations: [Matrix] = []
        let trace = try model.run(tokens, frozen: frozen, site: site) { layer, reading, mlp in
            let features = basis.layers[layer]
            let before = baseline.layers[layer].reading
            let current = try isFrozen ? features.frozen(at: before).values(reading) : features.values(reading)
            preActivations.append(current)
            if plan.sets(layer: layer) {
                let undisturbed = try features.values(before)
                changes.add(
                    try plan.changes(
                        layer: layer, from: constrained == nil ? current : undisturbed, undisturbed: undisturbed))
            }
            guard let constrained else {
                var output = mlp()
                output.add(changes.written(to: layer))
                return output
            }
            guard constrained.contains(layer) else { return mlp() }
            var output = baseline.layers[layer].mlpOutput
            output.add(changes.written(to: layer))
            if let skip = basis.skip(ofLayer: layer) {
                var difference = reading.input(at: basis.inputHook)
                let before = before.input(at: basis.inputHook)
                for index in difference.values.indices { difference.values[index] -= before.values[index] }
                output.add(skip.applied(to: difference))
            }
            return output
        }
        return InterventionResult(trace: trace, preActivations: preActivations)
    }
}
