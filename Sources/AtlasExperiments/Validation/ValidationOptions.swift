import AtlasQuery
import Circuits

/// How predictions are tested by interventions.
public struct ValidationOptions: Codable, Sendable, Hashable {
    /// What may recompute downstream of a silenced feature.
    public enum Mode: String, Codable, Sendable, CaseIterable {
        /// Patterns stay as they were; everything else recomputes.
        case attentionFrozen = "attention-frozen"
        /// Patterns and norm denominators stay as they were; MLPs recompute.
        case normsFrozen = "norms-frozen"
        /// Everything recomputes.
        case free
        /// Direct effects only: patterns, denominators and all MLP outputs stay as they were.
        case frozen
    }

    /// What is read after the prompt. The token is the one that is explained.
    public enum Readout: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
        /// The token's logit less that of its strongest rival in the undisturbed model: what decides the answer.
        case gap
        /// The token's logit less the mean over the vocabulary: what graphs attribute, and what adds up over prompts.
        case logit
        /// The logarithm of the token's probability.
        case logProbability = "log-probability"
        /// The Kullback-Leibler divergence of the prediction afterwards from that before, in nats: never negative.
        case divergence
    }

    /// How many interventions are made at most for each value of ``groupTag``, drawn from all that are possible.
    public var interventions = 200
    /// Whether all that a prompt allows is drawn together, so that correlations inside prompts can be told.
    public var wholePrompts = false
    /// The same seed splits and draws alike.
    public var seed: UInt64 = 0
    /// How circuits are grown; its group is that of all prompts, before they are split.
    public var circuit = CircuitOptions()
    /// The modes measured, the main one first.
    public var modes: [Mode] = [.attentionFrozen, .normsFrozen, .free]
    /// What is told group by group, the main one first; the others are told in short. The gap decides the answer, and is
    /// what a prompt's own effects are about; means over prompts add up in logits.
    public var readouts: [Readout] = [.gap, .logit]
    /// The share of a feature's contribution that is taken away, in (0, 1].
    public var ablation = 1.0
    /// The tag whose values are told apart.
    public var groupTag = "family"
    /// In how many other prompts at most a feature is silenced to learn what it does on average; 0 leaves that out.
    public var measuredPrompts = 8
    /// Draws of prompts behind each interval.
    public var resamples = 1_000

    /// The usual.
    public init() {}
}

/// What foretells the change of a readout when a feature is silenced.
public enum ValidationPredictor: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// The gradient of the readout through the underlying model in this prompt × what the feature contributes.
    case gradient
    /// The feature's effect along all paths of this prompt's graph.
    case graph
    /// The mean of what silencing it did to the token's logit in prompts that were not held out: those where it fires at the
    /// same places counted from the end, if there are any.
    case measuredElsewhere = "measured-elsewhere"
    /// The same for what it contributes here: the slope of what silencing it did in these prompts over what it contributed
    /// there (least squares through 0) × what it contributes in this prompt.
    case measuredPerUnit = "measured-per-unit"
    /// The mean of its gradient effects on the token's logit in these.
    case gradientElsewhere = "gradient-elsewhere"
    /// The circuit of these prompts: effect of a unit of activation along the circuit's paths × activation in this prompt.
    case circuit
    /// Its influence in this prompt's graph, which has no sign.
    case influence
    /// Its decoders' product with the token's unembedding × what it contributes.
    case rawWeight = "raw-weight"
    /// What it contributes.
    case activation
    /// Nothing: random numbers.
    case random

    /// Whether nothing of the prompt enters but which features are active there, and how much.
    public var isGlobal: Bool {
        switch self {
        case .measuredElsewhere, .measuredPerUnit, .gradientElsewhere, .circuit, .rawWeight, .activation: true
        case .gradient, .graph, .influence, .random: false
        }
    }
}
