import Circuits

/// One prompt: what the corpora say about it, what the model does with it, and which features matter in it.
public struct PromptReport: Codable, Sendable, Equatable {
    /// The prompt's id in this file.
    public let id: Int
    /// Its text.
    public let text: String
    /// Its tokens by position.
    public let tokens: [Token]
    /// How many positions count for density.
    public let countedTokens: Int
    /// The corpora that contain it, by name.
    public let corpora: [String]
    /// What the corpora call it.
    public let externalIDs: [String]
    /// What the corpora say about it.
    public let tags: [Tag]
    /// The right continuation, where a corpus tells it.
    public let answer: String?
    /// The answer's first token.
    public let answerToken: Int?
    /// The model's probability for it.
    public let answerProbability: Double?
    /// The model's most likely next token.
    public let predicted: Token
    /// Its probability.
    public let predictedProbability: Double
    /// Whether the most likely next token is the answer's first; `nil` without an answer.
    public let isRight: Bool?
    /// How many features are active, over all positions.
    public let activationCount: Int
    /// What its attribution graph says; `nil` where none is stored.
    public let graph: Graph?
    /// The features of most influence on the targets, or without a graph those that fire most strongly.
    public let features: [Feature]

    /// A token and its text.
    public struct Token: Codable, Sendable, Equatable {
        /// Its id.
        public let token: Int
        /// What it decodes to alone.
        public let text: String

        /// Pairs a token with its text.
        public init(token: Int, text: String) {
            self.token = token
            self.text = text
        }
    }

    /// One thing that a corpus says about a prompt.
    public struct Tag: Codable, Sendable, Equatable {
        /// What is said.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// What is stored of an attribution graph.
    public struct Graph: Codable, Sendable, Equatable {
        /// Scores of the graph before pruning.
        public let scores: GraphScores
        /// Kept nodes.
        public let nodeCount: Int
        /// Kept edges.
        public let edgeCount: Int
        /// Features active in the prompt.
        public let activeFeatureCount: Int
        /// Features that were attributed.
        public let selectedFeatureCount: Int
        /// Largest relative error of "the sum of all inputs is the pre-activation".
        public let largestViolation: Double
        /// What it explains; tokens that were not asked for are most likely first.
        public let targets: [Target]
        /// What the features' effects are effects on; `nil` where they were not computed.
        public let gap: GapReport?
    }

    /// What a graph explains: a token, or a target of another kind.
    public struct Target: Codable, Sendable, Equatable {
        /// A token's id; for any other kind the vocabulary's size plus the target's place in the list.
        public let token: Int
        /// A token's text, or a description.
        public let text: String
        /// `token`, `set`, `difference`, `direction` or `feature`.
        public let kind: String
        /// The model's probability for a token; what stands in for one for any other kind.
        public let probability: Double
        /// The position whose next token it is, or where it is read.
        public let position: Int
    }

    /// A feature at one position.
    public struct Feature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Where it fires.
        public let position: Int
        /// The token there.
        public let text: String
        /// How strongly it fires.
        public let activation: Double
        /// Its influence on the targets; `nil` without a graph.
        public let influence: Double?
        /// What it does to the answer and its lead; `nil` without a graph and where effects were not computed.
        public let effects: EffectReport?
    }
}
