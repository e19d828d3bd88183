import AtlasQuery
import Circuits

/// What happens to answers when the features of one value of a tag are replaced by those of another.
public struct ExchangeReport: Codable, Sendable, Equatable {
    /// The tag whose values are exchanged, e.g. `state`.
    public let tag: String
    /// How many prompts the group has.
    public let promptCount: Int
    /// The features a value was given at most.
    public let featureLimit: Int
    /// What the contributions of the new value's features were multiplied by.
    public let strength: Double
    /// Where features were exchanged.
    public let positions: ExchangeOptions.Positions
    /// What own features were chosen by.
    public let ranking: ExchangeOptions.Ranking
    /// What an answer was.
    public let judgement: ExchangeOptions.Judgement
    /// The values that were exchanged, in order.
    public let values: [Value]
    /// Pairs that were left out: both values have the same answer.
    public let sameAnswerPairs: Int
    /// Prompts that were left out: their answer is not the model's without any change.
    public let wrongPrompts: Int
    /// Trials that were left out: without any change the other value's answer is likelier than the prompt's own.
    public let wrongPairs: Int
    /// Every replacement that was tried.
    public let trials: [Trial]

    /// Trials whose answer became the other value's with the control's features instead.
    public var movedByControl: Int { trials.count { $0.control == .moved } }
    /// Trials whose answer became the other value's.
    public var moved: Int { trials.count { $0.outcome == .moved } }
    /// Trials whose answer stayed.
    public var stayed: Int { trials.count { $0.outcome == .stayed } }
    /// Trials whose answer became neither.
    public var lost: Int { trials.count { $0.outcome == .lost } }

    /// One value of the tag and the features that are its own.
    public struct Value: Codable, Sendable, Equatable {
        /// The value, e.g. `Texas`.
        public let value: String
        /// How many prompts have it.
        public let promptCount: Int
        /// The answer's first token.
        public let answerToken: Int
        /// Its text.
        public let answer: String
        /// Its own features, most telling first.
        public let features: [OwnFeature]
        /// As many others at random, active in its prompts where its own may be.
        public let control: [OwnFeature]
    }

    /// A feature that tells a value from the others.
    public struct OwnFeature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Where it is exchanged, counted from a prompt's end: 0 for the last position.
        public let tokensBeforeEnd: Int
        /// Its label.
        public let label: String?
        /// Mean of what features are chosen by, 0 where it is no node.
        public let merit: Double
        /// Mean influence on the targets there in the value's graphs.
        public let influence: Double
        /// Mean activation there in the value's prompts, 0 where it is no node.
        public let activation: Double
        /// The same of the activation less what it rests at: 0, or a neuron's baseline.
        public let contribution: Double
        /// How many of the values it is active with there.
        public let activeValues: Int
    }

    /// What became of the answer.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// It is the other value's.
        case moved
        /// It is what it was.
        case stayed
        /// It is neither.
        case lost
    }

    /// One replacement in one prompt.
    public struct Trial: Codable, Sendable, Equatable {
        /// The prompt.
        public let promptID: Int
        /// Its own value.
        public let from: String
        /// The value whose features were put in.
        public let to: String
        /// The most likely next token afterwards.
        public let token: Int
        /// Its text.
        public let text: String
        /// What became of the answer.
        public let outcome: Outcome
        /// What becomes of it when the control features of both values are exchanged instead.
        public let control: Outcome
        /// Probability of the other value's answer before.
        public let probabilityBefore: Double
        /// Probability of the other value's answer afterwards.
        public let probabilityAfter: Double
    }
}

/// How an exchange is made.
public struct ExchangeOptions: Sendable, Equatable {
    /// Where features are exchanged.
    public enum Positions: String, Codable, Sendable, CaseIterable {
        /// At the last position alone: does what the model has gathered there carry the answer?
        case last
        /// Wherever the value's features are: also where its word stands, and on the way.
        case all
    }

    /// What counts as the model's answer.
    public enum Judgement: String, Codable, Sendable, CaseIterable {
        /// The most likely next token, whatever it is.
        case likeliest
        /// The likelier of the two values' answers: for prompts that may go on in other ways, "The keys" → " are", not
        /// " is".
        case preferred
    }

    /// What a value's own features are chosen by.
    public enum Ranking: String, Codable, Sendable, CaseIterable {
        /// Influence on the targets of the value's graphs, which has no sign.
        case influence
        /// Gradient effect on the answer's logit less the mean.
        case logit
        /// Effect on the answer's logit less the mean along all paths of the graph before pruning.
        case paths
        /// Gradient effect on the gap between the answer and its strongest rival.
        case gap
    }

    /// What a value's own features are chosen by; all but the influence need an atlas with effects. Unless given, by paths
    /// where the atlas has effects, else by influence.
    public var ranking: Ranking?
    /// Where features are exchanged.
    public var positions = Positions.last
    /// What counts as the model's answer.
    public var judgement = Judgement.likeliest
    /// The features a value is given at most.
    public var featureLimit = 10
    /// What the contributions of the new value's features are multiplied by.
    public var strength = 1.0
    /// Trials at most; above it a seeded choice is made.
    public var trialLimit = 2_000
    /// Seeds that choice.
    public var seed: UInt64 = 1
    /// Threads.
    public var jobs = 1

    /// The defaults: ten features at their usual strength, at most 2,000 trials.
    public init() {}
}
