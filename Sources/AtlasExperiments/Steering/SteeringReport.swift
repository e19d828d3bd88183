import AtlasQuery
import Circuits

/// Whether what an atlas says of features foretells what rises when they are steered, in prompts kept apart.
public struct SteeringReport: Codable, Sendable, Equatable {
    /// How it was tested.
    public let options: SteeringOptions
    /// Features that fire in enough prompts to be tested.
    public let candidateCount: Int
    /// Features that were steered.
    public let steeredCount: Int
    /// Of these, features whose steering raised no token where it was read.
    public let silentCount: Int
    /// Layer by layer, then all: of tokens, and of later features.
    public let results: [Result]
    /// The tested features, by layer and index.
    public let features: [Feature]

    /// What is foretold.
    public enum Subject: String, Codable, Sendable, CaseIterable {
        /// The tokens whose logits, less the mean over the vocabulary, rise most.
        case tokens
        /// The features of later layers whose activations rise most.
        case features
    }

    /// How well predictors foretell over several features.
    public struct Result: Codable, Sendable, Equatable {
        /// Which features: a layer, or all.
        public let name: String
        /// What is foretold.
        public let subject: Subject
        /// How many features have something that rose.
        public let count: Int
        /// By predictor, means over features.
        public let predictors: [SteeringPredictor: Quality]
    }

    /// Means over features of ``RiseQuality``.
    public struct Quality: Codable, Sendable, Equatable {
        /// Features that the predictor says something of.
        public let count: Int
        /// Mean area under the ROC curve.
        public let area: Double
        /// 95 % of what it is when features are drawn anew (percentile bootstrap); `nil` for fewer than two.
        public let interval: ValidationReport.Interval?
        /// Mean Spearman correlation; `nil` where it is known of no feature.
        public let correlation: Double?
        /// Mean share of those that rose most.
        public let shared: Double
    }

    /// One feature's test.
    public struct Feature: Codable, Sendable, Equatable {
        /// Which.
        public let feature: FeatureID
        /// Prompts that its mean effects are learnt from.
        public let learntPrompts: Int
        /// Prompts that are foretold.
        public let heldOutPrompts: Int
        /// The largest mean change of a token's logit less the mean, in the held-out prompts.
        public let largestRise: Double
        /// Of tokens, by predictor.
        public let tokens: [SteeringPredictor: RiseQuality]
        /// Of later features, by predictor.
        public let features: [SteeringPredictor: RiseQuality]
    }
}

/// What rises and falls when one feature is steered in the prompts where it fires.
public struct SteeredFeature: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// Its label, a person's or the automatic one.
    public let label: String?
    /// How it was steered.
    public let options: SteeringOptions
    /// In how many prompts.
    public let promptCount: Int
    /// At how many positions.
    public let positionCount: Int
    /// The tokens whose logits, less the mean over the vocabulary, rise most, the first most; then those that fall.
    public let risingTokens: [Token]
    /// The tokens that fall most.
    public let fallingTokens: [Token]
    /// The later features whose activations rise most.
    public let risingFeatures: [Later]
    /// The later features that fall most.
    public let fallingFeatures: [Later]

    /// A token.
    public struct Token: Codable, Sendable, Equatable {
        /// Its id.
        public let token: Int
        /// Its text.
        public let text: String
        /// Mean change of its logit less the mean over the vocabulary.
        public let mean: Double
        /// Standard deviation over prompts.
        public let spread: Double
        /// Its decoders' product with the token's unembedding less the mean, norm denominators as 1: what weights alone
        /// say.
        public let decoder: Double
    }

    /// A feature of a later layer.
    public struct Later: Codable, Sendable, Equatable {
        /// Which.
        public let feature: FeatureID
        /// Its label, a person's or the automatic one.
        public let label: String?
        /// Mean change of its activation.
        public let mean: Double
        /// Standard deviation over prompts.
        public let spread: Double
    }
}
