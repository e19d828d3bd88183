import Circuits

/// Features of a circuit that may be treated as one, and what that loses.
public struct SupernodesReport: Codable, Sendable, Equatable {
    /// What the circuit was grown from.
    public let seed: CircuitSeed
    /// What people call the seed.
    public let seedName: String
    /// Over how many prompts activations were correlated.
    public let promptCount: Int
    /// The similarity that two groups must have to be merged.
    public let threshold: Double
    /// The groups of two features and more, most influential first.
    public let groups: [Group]
    /// The features that stay alone, most influential first.
    public let alone: [Member]
    /// Scores of the circuit as it is, over its kept edges.
    public let before: GraphScores
    /// Scores of the circuit whose groups are one node each.
    public let after: GraphScores

    /// Features that are treated as one.
    public struct Group: Codable, Sendable, Equatable {
        /// A name made from what the members promote, or from their labels.
        public let name: String
        /// The members, most influential first.
        public let members: [Member]
        /// The mean similarity over pairs of members.
        public let similarity: Double
        /// The mean correlation of activations over pairs of members.
        public let correlation: Double
        /// The mean cosine of edge profiles over pairs of members.
        public let edgeCosine: Double
        /// The members' influence on the seed, added up.
        public let influence: Double
    }

    /// A feature of the circuit.
    public struct Member: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Its influence on the seed.
        public let influence: Double
    }

    /// What merging costs: how far the replacement score fell (negative: it rose).
    public var replacementLoss: Double { before.replacement - after.replacement }
    /// How far the completeness score fell (negative: it rose).
    public var completenessLoss: Double { before.completeness - after.completeness }
}
