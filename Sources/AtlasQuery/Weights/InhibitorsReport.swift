import Circuits

/// What may keep a feature silent where it is expected to fire.
///
/// A token is **expected** where those of the feature's strongest sources (the ``sourceCount`` of largest positive
/// TWERA) that are active hold at least half of their summed TWERA. It is **silent** where the feature nevertheless is
/// not active. An inhibitor is a feature of an earlier layer whose virtual weight is among the most negative (its |V| in
/// the top ``largeWeightShare`` of all sources) or whose mean stored edge is negative, and which is active at a larger
/// share of silent tokens than of tokens where the feature is active.
public struct InhibitorsReport: Codable, Sendable, Equatable {
    /// How many sources tell whether a feature is expected.
    public static let sourceCount = 10
    /// The share of sources whose |V| is large enough for an inhibitor.
    public static let largeWeightShare = 0.1

    /// The feature.
    public let feature: FeatureID
    /// The prompts that count, as a filter is written; `nil` for all.
    public let filter: String?
    /// Tokens that count.
    public let countedTokens: Int
    /// Tokens where the feature is active.
    public let activeTokens: Int
    /// The sources that tell whether it is expected, strongest first.
    public let sources: [Source]
    /// Tokens where it is expected.
    public let expectedTokens: Int
    /// Tokens where it is expected and silent.
    public let silentTokens: Int
    /// The inhibitors: those whose share of silent tokens exceeds that of active tokens most come first.
    public let inhibitors: [Inhibitor]

    /// A feature that drives the one asked about.
    public struct Source: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label, a person's or the automatic one.
        public let label: String?
        /// Its target-weighted expected residual attribution.
        public let twera: Double
    }

    /// A feature that fires where the one asked about is silent but expected.
    public struct Inhibitor: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label, a person's or the automatic one.
        public let label: String?
        /// Its virtual weight into the feature asked about.
        public let virtualWeight: Double
        /// Its mean stored edge into that feature, over the whole atlas; 0 without one.
        public let meanEdge: Double
        /// Prompts with such an edge.
        public let edgeSupport: Int
        /// Silent tokens where it is active.
        public let silentTokens: Int
        /// Their share of all silent tokens.
        public let silentShare: Double
        /// The share of the feature's active tokens where it is active too.
        public let activeShare: Double
        /// `silentShare / activeShare`; `nil` where it is never active together with the feature.
        public let lift: Double?
        /// Its mean activation over all silent tokens, times the virtual weight.
        public let meanInhibition: Double
    }
}
