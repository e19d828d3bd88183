import Circuits

/// How circuits are tested by interventions.
public struct ValidationOptions: Codable, Sendable, Hashable {
    /// What may recompute downstream of a silenced feature.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Patterns stay as they were; everything else recomputes.
        case attentionFrozen = "attention-frozen"
        /// Everything recomputes.
        case free
        /// Direct effects only: patterns, denominators and all MLP outputs stay as they were.
        case frozen
    }

    /// How many interventions are made at most, drawn from all that are possible.
    public var interventions = 200
    /// Whether all that a prompt allows is drawn together, so that correlations inside prompts can be told.
    public var wholePrompts = false
    /// The same seed splits and draws alike.
    public var seed: UInt64 = 0
    /// How circuits are grown; its group is that of all prompts, before they are split.
    public var circuit = CircuitOptions()
    /// The modes measured, the main one first.
    public var modes: [Mode] = [.attentionFrozen, .free]

    /// The usual.
    public init() {}
}

/// What circuits predict of interventions on prompts that they were not made from, beside what was measured.
public struct ValidationReport: Codable, Sendable, Equatable {
    /// How it was tested.
    public let options: ValidationOptions
    /// The circuits.
    public let circuits: [Circuit]
    /// The tokens that fewer than two prompts explain: nothing can be held out.
    public let skippedTokens: [Int]
    /// How many interventions were possible.
    public let possibleCount: Int
    /// Predictions against measurements, a row a mode, in the order of the options.
    public let results: [Result]
    /// The interventions, by circuit, prompt in canonical order, feature.
    public let trials: [Trial]

    /// A circuit and its share of the test.
    public struct Circuit: Codable, Sendable, Equatable {
        /// The token whose logit is the seed.
        public let token: Int
        /// Its text.
        public let text: String
        /// How many prompts the circuit was made from.
        public let fittedPrompts: Int
        /// How many prompts were held out.
        public let heldOutPrompts: Int
        /// How many features it has.
        public let featureCount: Int
        /// How many of the interventions are about it.
        public let trialCount: Int
        /// Spearman of the circuit's prediction with the main mode's measurement over these.
        public let correlation: Double?
    }

    /// How well predictions rank what one mode measured.
    public struct Result: Codable, Sendable, Equatable {
        /// The mode.
        public let mode: ValidationOptions.Mode
        /// How many interventions.
        public let count: Int
        /// Spearman of the circuit's prediction with the measured change of the logit.
        public let circuit: Double?
        /// Mean over held-out prompts with five interventions and more of the same inside one prompt.
        public let circuitWithinPrompts: Double?
        /// How many such prompts there are.
        public let promptCount: Int
        /// Spearman of the prediction of the prompt's own graph.
        public let ownGraph: Double?
        /// Mean of the same inside prompts.
        public let ownGraphWithinPrompts: Double?
        /// Spearman of the raw weight baseline: the feature's direct logit weight × activation.
        public let rawWeights: Double?
        /// Mean of the same inside prompts.
        public let rawWeightsWithinPrompts: Double?
        /// Spearman of minus the activation: what activation alone predicts.
        public let activation: Double?
        /// Spearman of the size of the circuit's prediction with the size of the measured change, signs left aside: the
        /// kind of figure that graphs of single prompts are usually judged by.
        public let circuitSizes: Double?
        /// The same of the prediction of the prompt's own graph.
        public let ownGraphSizes: Double?
        /// The same of the raw weight baseline.
        public let rawWeightsSizes: Double?
        /// The same of the activation.
        public let activationSizes: Double?
        /// Mean |measured change| of the circuit's features.
        public let meanEffect: Double
        /// The same over the interventions that have a match.
        public let meanEffectOfMatched: Double
        /// Mean |measured change| of matched features: outside of the circuit, in the same prompt, of the nearest
        /// activation.
        public let meanMatchedEffect: Double
        /// The share of matched pairs in which the circuit's feature has the larger |effect|.
        public let largerThanMatched: Double
        /// How many interventions have a match.
        public let matchedCount: Int
    }

    /// One feature silenced in one held-out prompt.
    public struct Trial: Codable, Sendable, Equatable {
        /// The token whose logit was read.
        public let token: Int
        /// The prompt.
        public let prompt: Int
        /// The silenced feature.
        public let feature: FeatureID
        /// Its activations there, added up over positions.
        public let activation: Double
        /// What the circuit predicts.
        public let predicted: Double
        /// What the prompt's own stored graph predicts.
        public let ownGraph: Double
        /// − direct logit weight × activation.
        public let rawWeight: Double
        /// The change of the logit less the mean logit, in each mode.
        public let measured: [Double]
        /// The matched feature; `nil` where no other feature fires.
        public let matched: FeatureID?
        /// Its activations added up.
        public let matchedActivation: Double?
        /// The change when it is silenced instead, in each mode.
        public let matchedMeasured: [Double]?
    }
}
