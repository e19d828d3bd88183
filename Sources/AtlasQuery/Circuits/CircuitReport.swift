import Circuits

/// A global circuit: features, tokens and errors that lead to a seed, over many prompts, positions collapsed.
public struct CircuitReport: Codable, Sendable, Equatable {
    /// What it was grown from.
    public let seed: CircuitSeed
    /// What people call the seed: a token's text, a feature's name, a group's conditions.
    public let seedName: String
    /// The mean probability of the seed, or of a group's targets together, over the prompts that were added up; `nil` where
    /// it is a feature.
    public let seedProbability: Double?
    /// How it was grown.
    public let options: CircuitOptions
    /// `stored`: by stored edges; `twera`: by target-weighted expected residual attribution below the seed.
    public let weighting: String
    /// How many stored graphs could be added up.
    public let groupSize: Int
    /// How many were; `nil`: all graphs of the atlas, by its aggregated edges.
    public let promptCount: Int?
    /// The nodes, the seed first, then by influence, or by the sizes of their effects.
    public let nodes: [Node]
    /// The edges, by target in the order of `nodes`, then by source.
    public let edges: [Edge]
    /// Where the seed's influence ends.
    public let scores: CircuitScores
    /// The share of the influence of joined features and tokens, and of errors, that pruning left.
    public let keptInfluence: Double
    /// How many features and tokens joined before pruning.
    public let joinedCount: Int

    /// One node, its positions taken together.
    public struct Node: Codable, Sendable, Equatable {
        /// What it is. A seed that is a group of prompts is of kind `logit`, without a token.
        public let node: NodeName
        /// Its label, where it is a feature that has one.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// The share of the seed's absolute inputs on all paths from it through the circuit; the seed: 1.
        public let influence: Double
        /// Its mean effect on the answer's lead over its strongest rival, by the model's derivative, positions together;
        /// `nil` unless the circuit was grown by effects.
        public let effect: Double?
        /// The share of the circuit's prompts (all prompts of the atlas, if `promptCount` is `nil`) where it fires: by
        /// stored activations of features, by stored graphs of other nodes; `nil` where that is not known.
        public let promptShare: Double?
        /// The mean activation over the tokens of these prompts where a feature fires; `nil` for other nodes.
        public let meanActivation: Double?
        /// The share of its absolute stored inputs that comes from errors; `nil` for a node without inputs.
        public let errorShare: Double?
        /// The share of its absolute stored inputs that comes from features that did not join, or tokens or errors that
        /// were pruned; `nil` for a node without inputs.
        public let outsideShare: Double?

        /// The layer: of a feature or an error its own, of anything else `nil`.
        public var layer: Int? { node.feature?.layer ?? node.layer }
    }

    /// One edge over the circuit's prompts.
    public struct Edge: Codable, Sendable, Equatable {
        /// The affecting node's place in `nodes`.
        public let source: Int
        /// The affected node's place in `nodes`.
        public let target: Int
        /// The mean signed weight over the prompts that have it; of a group's logits weighted by probability; of a
        /// circuit by TWERA the TWERA.
        public let mean: Double
        /// The standard deviation of the weight over these prompts; 0 for a TWERA.
        public let spread: Double
        /// How many prompts have it; for a TWERA the tokens at which both features fire.
        public let support: Int
        /// Its share of the target's absolute stored inputs.
        public let share: Double
        /// |prompts with a positive weight − with a negative one| / `support`.
        public let signConsistency: Double
        /// The share of absolute weight whose ends are at the same position.
        public let samePositionShare: Double
    }
}
