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
    /// What the drivers are ranked by, and the covering set is made by.
    public let rankedBy: Ranking
    /// In how many of these graphs effects are known.
    public let effectPromptCount: Int
    /// The prompts with effects that the token is the answer of: those that effects are means over.
    public let answerPromptCount: Int
    /// The features that rank first.
    public let features: [Driver]
    /// The tokens and errors that rank first.
    public let tokensAndErrors: [Driver]
    /// Features that together cover the prompts, in the order of a greedy choice: by what speaks for the token, or without
    /// effects by influence.
    public let cover: [CoverStep]
    /// The features whose weights alone raise the logit most, strongest first.
    public let raisedBy: [WeightEffect]
    /// The features whose weights alone lower the logit most, strongest first.
    public let loweredBy: [WeightEffect]

    /// What drivers are ranked by.
    public enum Ranking: String, Codable, Sendable, CaseIterable {
        /// The size of the mean effect on the token's lead over its strongest rival.
        case effect
        /// Influence, unsigned: for want of effects in some graph, or of prompts that the token is the answer of.
        case influence
    }

    /// A node and what the token's logit owes to it.
    public struct Driver: Codable, Sendable, Equatable {
        /// The node, its positions taken together.
        public let node: NodeName
        /// A feature's label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Mean over the prompts that the token is the answer of of what the node adds to the gap between the token's logit
        /// and its strongest rival's, by the underlying model's derivative with attention patterns held; 0 where the node
        /// takes no part. Rivals differ between prompts. `nil`: not computed, or the token is no answer.
        public let effect: Double?
        /// Standard deviation of the same over the same prompts.
        public let effectSpread: Double?
        /// Prompts where it has an effect.
        public let effectSupport: Int
        /// The share of these effects that have the more frequent sign; 1: it never changes.
        public let effectConsistency: Double?
        /// Mean of what silencing it took from the gap, over `measuredSupport` prompts;
        /// positions were silenced one at a time and are added up. `nil`: not measured.
        public let measuredEffect: Double?
        /// Prompts that the token is the answer of and where silencing it was measured.
        public let measuredSupport: Int
        /// How much more it does here than for other answers: its effect less its mean effect on the gaps of the prompts with
        /// other answers. `nil` where there are none or effects are not known.
        public let specificity: Double?
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
        /// Share of the token's prompts where a feature holds at least 5 % of what features add to the gap; ranked by
        /// influence, 5 % of the features' influence on it.
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
