import Circuits

/// What the atlas knows of the features of one prompt's graph: how generic each is, how much it belongs to this answer, and
/// what it is called by operands.
public struct GraphFeaturesReport: Codable, Sendable, Equatable {
    /// The prompt's id; `nil` for a text that was run without being stored.
    public let prompt: Int?
    /// What the model says; `nil` where the graph explains no single token first.
    public let answer: Answer?
    /// Prompts that the statistics are of.
    public let promptCount: Int
    /// Tokens that the statistics are of.
    public let countedTokens: Int
    /// The tag of the first operand; `nil` where the corpus is no operand grid.
    public let rowTag: String?
    /// The tag of the second operand.
    public let columnTag: String?
    /// The features, by layer and index.
    public let features: [Feature]

    /// The answer that features are specific to.
    public struct Answer: Codable, Sendable, Equatable {
        /// The graph's most likely target.
        public let token: Int
        /// Its text.
        public let text: String
        /// Prompts after which the model says it.
        public let promptCount: Int
        /// How many of them were read, drawn evenly: at most 200.
        public let readPrompts: Int
    }

    /// A feature of the graph.
    public struct Feature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// The share of all counted tokens at which it fires.
        public let density: Double
        /// The share of all prompts in which it fires.
        public let promptShare: Double
        /// The share of the prompts with this answer in which it fires; `nil` where no such prompt was read.
        public let answerShare: Double?
        /// `answerShare` over `promptShare`: how many times as often it fires before this answer as before any.
        public let specificity: Double?
        /// What it is called by operands, as `a+b ≈ 153`; `nil` for nothing.
        public let operandLabel: String?
        /// How well that fits: the cross-validated R².
        public let operandExplained: Double?
    }
}
