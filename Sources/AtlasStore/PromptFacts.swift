import Circuits
import Texts

/// What was observed about one prompt: everything that the atlas stores of it.
public struct PromptFacts: Sendable, Equatable {
    /// The text as the corpus gives it.
    public var text: String
    /// Its token ids, with the beginning-of-sequence token.
    public var tokens: [Int]
    /// How many positions count for density: those that are not zeroed.
    public var countedTokens: Int
    /// The corpus's own id for the text.
    public var externalID: String?
    /// The right continuation, where the corpus tells it.
    public var answer: String?
    /// The answer's first token.
    public var answerToken: Int?
    /// The model's probability for `answerToken` after the last position.
    public var answerProbability: Double?
    /// What the corpus says about the text, by name.
    public var tags: [ExactText: String]
    /// The model's most likely next token.
    public var predictedToken: Int
    /// Its probability.
    public var predictedProbability: Double
    /// Every active feature at every position, in ascending order.
    public var activations: [ActiveFeature]
    /// The pruned attribution graph; `nil` when only activations were asked for.
    public var graph: SparseGraph?

    /// Holds the facts of a prompt.
    public init(
        text: String, tokens: [Int], countedTokens: Int, externalID: String? = nil, answer: String? = nil,
        answerToken: Int? = nil, answerProbability: Double? = nil, tags: [ExactText: String] = [:], predictedToken: Int,
        predictedProbability: Double, activations: [ActiveFeature], graph: SparseGraph? = nil
    ) {
        self.text = text
        self.tokens = tokens
        self.countedTokens = countedTokens
        self.externalID = externalID
        self.answer = answer
        self.answerToken = answerToken
        self.answerProbability = answerProbability
        self.tags = tags
        self.predictedToken = predictedToken
        self.predictedProbability = predictedProbability
        self.activations = activations
        self.graph = graph
    }
}

/// A corpus's claim on a text that is stored already: what a second corpus adds without running the model again.
public struct PromptMention: Sendable, Equatable {
    /// The text.
    public var text: String
    /// The corpus's own id for it.
    public var externalID: String?
    /// What the corpus says about it, by name.
    public var tags: [ExactText: String]

    /// Holds a claim on a stored text.
    public init(text: String, externalID: String? = nil, tags: [ExactText: String] = [:]) {
        self.text = text
        self.externalID = externalID
        self.tags = tags
    }
}

/// What a feature's weights alone say about tokens.
public struct FeatureTokenEffects: Sendable, Equatable {
    /// A token and how strongly it is promoted, suppressed or responded to.
    public struct Entry: Sendable, Equatable {
        /// The token's id.
        public var token: Int
        /// The logit effect of a unit activation, or the token's direct excitation of the feature.
        public var value: Double

        /// Pairs a token with its value.
        public init(token: Int, value: Double) {
            self.token = token
            self.value = value
        }
    }

    /// The feature.
    public var feature: FeatureID
    /// Tokens whose logits it raises most, strongest first.
    public var promoted: [Entry]
    /// Tokens whose logits it lowers most, strongest first.
    public var suppressed: [Entry]
    /// Tokens whose embeddings excite it most directly, strongest first.
    public var excitedBy: [Entry]

    /// Holds the token effects of one feature.
    public init(feature: FeatureID, promoted: [Entry], suppressed: [Entry], excitedBy: [Entry]) {
        self.feature = feature
        self.promoted = promoted
        self.suppressed = suppressed
        self.excitedBy = excitedBy
    }
}
