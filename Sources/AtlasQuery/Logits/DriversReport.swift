import Circuits

/// What drives a token's logit, over all prompts in which the token was explained.
public struct DriversReport: Codable, Sendable, Equatable {
    /// The token's id.
    public let token: Int
    /// Its text.
    public let text: String
    /// How many stored graphs explain it.
    public let promptCount: Int
    /// The model's mean probability for it there.
    public let meanProbability: Double
    /// The features of most influence, most influential first.
    public let features: [Driver]
    /// Tokens and errors of most influence, most influential first.
    public let tokensAndErrors: [Driver]
    /// Features that together cover the prompts, in the order of a greedy choice.
    public let cover: [CoverStep]
    /// The features whose weights alone raise the logit most, strongest first.
    public let raisedBy: [WeightEffect]
    /// The features whose weights alone lower the logit most, strongest first.
    public let loweredBy: [WeightEffect]

    /// A node and what the token's logit owes to it.
    public struct Driver: Codable, Sendable, Equatable {
        /// The node, its positions taken together.
        public let node: NodeName
        /// A feature's label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Mean over the token's prompts of probability × influence on the logit; 0 where the node has none.
        public let influence: Double
        /// Prompts in which it has influence on the logit.
        public let support: Int
        /// Mean weight of its direct edge to the logit over `directSupport` prompts.
        public let directEffect: Double
        /// Standard deviation of that weight over prompts.
        public let directSpread: Double
        /// Prompts with a direct edge.
        public let directSupport: Int
        /// |prompts with a positive direct edge − with a negative one| / `directSupport`; 1: the sign never changes.
        public let signConsistency: Double
        /// Share of the token's prompts where a feature holds at least 5 % of the features' influence on the logit.
        public let coverage: Double
        /// The part from places where the feature's activation is negative; `nil` where it is nowhere.
        public let negative: NegativeTail?
    }

    /// What a token's logit owes to a feature where its activation is negative.
    public struct NegativeTail: Codable, Sendable, Equatable {
        /// Of the driver's influence, the part from there.
        public let influence: Double
        /// Prompts in which it has influence on the logit from there.
        public let support: Int
        /// Mean weight of the direct edge from there over `directSupport` prompts.
        public let directEffect: Double
        /// Prompts with a direct edge from there.
        public let directSupport: Int
    }

    /// One feature of a set that covers the prompts.
    public struct CoverStep: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Prompts it covers that no earlier feature does.
        public let newlyCovered: Int
        /// Prompts covered so far.
        public let covered: Int
    }

    /// A feature and what its weights alone do to the logit.
    public struct WeightEffect: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Logit effect of a unit activation.
        public let value: Double
    }
}
