import Circuits

/// What an atlas has under some words, by kind.
public struct SearchReport: Codable, Sendable, Equatable {
    /// What is searched for.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        case prompts, names, tokens, promoters, labels, supernodes
    }

    /// What was searched for.
    public let query: String
    /// Prompts whose text contains the words, best first.
    public let prompts: [PromptMatch]
    /// Prompts whose name begins like this: what a corpus calls them, or their number in this file.
    public let names: [NameMatch]
    /// Tokens that begin like this, those that are it first, then those of most explained prompts.
    public let tokens: [TokenMatch]
    /// Features that promote such a token, the largest effects first.
    public let promoters: [PromoterMatch]
    /// Labels and notes of features that contain the words, best first.
    public let labels: [LabelMatch]
    /// Supernodes whose name or note contains the words, best first.
    public let supernodes: [SupernodeMatch]

    /// A prompt that contains the words.
    public struct PromptMatch: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let id: Int
        /// The part of its text around the words.
        public let snippet: [Part]
    }

    /// A prompt by its name.
    public struct NameMatch: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let id: Int
        /// What a corpus calls it, or its id.
        public let name: String
        /// Its text, up to 400 characters of it.
        public let text: String
    }

    /// A token.
    public struct TokenMatch: Codable, Sendable, Equatable {
        /// The token's id.
        public let token: Int
        /// Its text.
        public let text: String
        /// How many stored graphs explain its logit.
        public let explainedPrompts: Int
        /// How many prompts contain it.
        public let promptCount: Int
    }

    /// A feature that promotes a token.
    public struct PromoterMatch: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label, up to 400 characters of it.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// The token of its largest effect among those that match.
        public let token: Int
        /// The token's text.
        public let text: String
        /// The effect: the decoder times the unembedding, centred over the vocabulary.
        public let value: Double
    }

    /// A feature whose label or note contains the words.
    public struct LabelMatch: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// The part of label or note around the words.
        public let snippet: [Part]
    }

    /// A supernode whose name or note contains the words.
    public struct SupernodeMatch: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The part of name or note around the words.
        public let snippet: [Part]
    }

    /// A piece of a snippet: a word that was searched for, or what lies between.
    public struct Part: Codable, Sendable, Equatable {
        /// The text.
        public let text: String
        /// Whether it is what was searched for.
        public let isMatch: Bool
    }
}
