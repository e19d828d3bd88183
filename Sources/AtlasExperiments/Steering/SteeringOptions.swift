import AtlasQuery

/// How features are steered: made stronger wherever they fire, everything behind them recomputing.
public struct SteeringOptions: Codable, Sendable, Hashable {
    /// Where it is read what changed.
    public enum Readout: String, Codable, Sendable, CaseIterable {
        /// At each position where the feature is steered: the token behind that position.
        case own
        /// At the prompt's last position: the token behind the prompt.
        case last
    }

    /// How many features are tested at most, drawn from all that fire in enough prompts.
    public var features = 1_000
    /// Prompts a feature is steered in at most, drawn from those where it fires.
    public var prompts = 16
    /// What its activations are multiplied by; of a neuron what they are above the baseline.
    public var factor: Float = 2
    /// Where changes are read.
    public var readout = Readout.own
    /// How many of the tokens, or of the later features, that rise most are to be foretold.
    public var risers = 10
    /// How many features downstream vote for tokens.
    public var downstream = 20
    /// The prompts that count.
    public var group = PromptFilter.all
    /// The same seed draws alike.
    public var seed: UInt64 = 0
    /// Draws of features behind each interval.
    public var resamples = 1_000

    /// Fewer prompts than these cannot be split so that each half has a mean.
    public static let fewestPrompts = 4

    /// The usual.
    public init() {}
}

/// What foretells what rises when a feature is steered.
public enum SteeringPredictor: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
    /// The mean of what steering it did in other prompts.
    case measuredElsewhere = "measured-elsewhere"
    /// Of tokens: its decoders' product with the token's unembedding, less the mean.
    case decoder
    /// The mean of its gradient effects on a token in the other prompts' graphs; 0 for tokens that they do not explain.
    case effects
    /// TWERA with each later feature; of tokens the votes of the first features of `downstream --by twera`: the sum of
    /// their TWERA × their decoders' product with the token's unembedding.
    case twera
    /// ERA with each later feature.
    case era
    /// V with each later feature.
    case virtualWeight = "virtual-weight"
    /// The mean weight of the stored edges to each later feature, over all prompts.
    case edges
}
