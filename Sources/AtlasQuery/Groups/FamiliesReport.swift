import Circuits

/// Prompts sorted into families of similar ones.
///
/// Leaders are chosen in canonical order: a prompt whose cosine with every leader so far is below the threshold becomes
/// one. Then each prompt joins the leader it is most similar to.
public struct FamiliesReport: Codable, Sendable, Equatable {
    /// Which prompts were asked about.
    public let filter: String
    /// How many there are.
    public let promptCount: Int
    /// How many were sorted: the first in canonical order, which is that of a hash.
    public let readPrompts: Int
    /// By what prompts were compared.
    public let measure: SimilarityMeasure
    /// The cosine from which two prompts are of one family.
    public let threshold: Double
    /// How many families there are.
    public let familyCount: Int
    /// How many of them have one prompt.
    public let singleCount: Int
    /// The families, largest first.
    public let families: [Family]

    /// Similar prompts.
    public struct Family: Codable, Sendable, Equatable {
        /// The prompt that the others were compared with.
        public let leader: Int
        /// Its text.
        public let text: String
        /// How many prompts the family has, its leader included.
        public let size: Int
        /// Mean cosine of the others with the leader; 1 for a family of one.
        public let meanSimilarity: Double
        /// The features that at least nine tenths of the family have, by their mean share of a prompt's squared length.
        public let shared: [SharedFeature]
        /// The most common tags, most common first.
        public let tags: [TagShare]
        /// The family's first prompts in canonical order.
        public let examples: [Int]
    }

    /// A feature that a family has in common.
    public struct SharedFeature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Mean over the family of its squared weight as a share of the prompt's.
        public let weight: Double
    }

    /// How common a tag is in a family and among all prompts that were sorted.
    public struct TagShare: Codable, Sendable, Equatable {
        /// The tag's name.
        public let name: String
        /// Its value.
        public let value: String
        /// The share of the family that has it.
        public let share: Double
        /// The share of all sorted prompts that has it.
        public let overallShare: Double
    }
}
