import Circuits

/// Which features are active in exactly one member of each pair of prompts.
///
/// Tested is, over the pairs that a feature tells apart, whether it is as often the first member as the second that has
/// it (sign test, exact, two-sided), with control of the false-discovery rate.
public struct ContrastReport: Codable, Sendable, Equatable {
    /// What the first members are.
    public let first: String
    /// What the second members are.
    public let second: String
    /// The tag by which they were paired; `nil` where the pairs were given.
    public let pairedBy: String?
    /// How many pairs there are.
    public let pairCount: Int
    /// Prompts of the two groups without a partner.
    public let unpairedPrompts: Int
    /// Values of the tag that several prompts of one group have, which therefore make no pair.
    public let ambiguousValues: Int
    /// How many features tell at least one pair apart, all of them tested.
    public let testedFeatures: Int
    /// How many of them have a q-value of at most 0.05.
    public let significantFeatures: Int
    /// The features by q-value, then by |first − second|.
    public let features: [Row]

    /// A feature over the pairs.
    public struct Row: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Pairs whose first member alone has it active.
        public let onlyFirst: Int
        /// Pairs whose second member alone has it active.
        public let onlySecond: Int
        /// Pairs of which both have it active.
        public let both: Int
        /// Pairs of which neither has.
        public let neither: Int
        /// The sign test's p-value for `onlyFirst` against `onlySecond`.
        public let pValue: Double
        /// The p-value after control of the false-discovery rate (Benjamini and Hochberg).
        public let qValue: Double
        /// Up to three pairs that it tells apart, as prompt ids, in canonical order.
        public let examples: [PromptPair]
    }
}

/// Two prompts that are compared with each other.
public struct PromptPair: Codable, Sendable, Hashable {
    /// The first member's id.
    public let first: Int
    /// The second member's.
    public let second: Int

    /// Pairs two prompts.
    public init(first: Int, second: Int) {
        self.first = first
        self.second = second
    }
}
