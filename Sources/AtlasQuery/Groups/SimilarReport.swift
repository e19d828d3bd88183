import Circuits

/// By what prompts are compared with each other.
public enum SimilarityMeasure: String, Codable, Sendable, CaseIterable {
    /// Each feature's influence on the graph's targets, summed over positions; only prompts with a stored graph.
    case influence
    /// Each feature's activation, summed over positions; all prompts.
    case activation
}

/// The prompts most like one prompt: by the cosine of their vectors over features.
public struct SimilarReport: Codable, Sendable, Equatable {
    /// The prompt asked about.
    public let prompt: Int
    /// Its text.
    public let text: String
    /// By what prompts were compared.
    public let measure: SimilarityMeasure
    /// How many prompts the exact cosine was computed with.
    public let candidateCount: Int
    /// Whether these were all prompts; otherwise one that shares none of the prompt's strongest features may be missing.
    public let isExact: Bool
    /// The most similar prompts, most similar first.
    public let prompts: [Row]

    /// A similar prompt.
    public struct Row: Codable, Sendable, Equatable {
        /// Its id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// The cosine, in 0…1.
        public let similarity: Double
        /// How many features both have.
        public let sharedCount: Int
        /// The features that add most to the cosine, most first.
        public let shared: [SharedFeature]
    }

    /// A feature that both prompts have.
    public struct SharedFeature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// What it adds to the cosine; over all shared features these add up to it.
        public let part: Double
    }
}
