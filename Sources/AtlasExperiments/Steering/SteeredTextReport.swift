import AtlasQuery
import Attribution

/// A text continued as it is and steered, side by side, and what comes next at several doses.
public struct SteeredTextReport: Codable, Sendable, Equatable {
    /// The text.
    public let text: String
    /// Its tokens.
    public let tokens: [PromptReport.Token]
    /// What was set, as it is written on the command line.
    public let settings: [String]
    /// What the temperature was; `nil`: the most likely token was taken each time.
    public let temperature: Double?
    /// The seed of the draw; `nil` where nothing was drawn.
    public let seed: UInt64?
    /// The model's own continuation.
    public let plain: [Step]
    /// The continuation with everything set.
    public let steered: [Step]
    /// The tokens whose probabilities the doses tell: those that were asked for, then the likeliest, plain or steered.
    public let watched: [PromptReport.Token]
    /// What comes next right after the text, dose by dose.
    public let doses: [Dose]

    /// A token of a continuation.
    public struct Step: Codable, Sendable, Equatable {
        /// The token's id.
        public let token: Int
        /// Its text.
        public let text: String
        /// Its probability there, at temperature 1.
        public let probability: Double
        /// The likeliest token there, where that is another.
        public let likeliest: String?
    }

    /// What comes next at one dose.
    public struct Dose: Codable, Sendable, Equatable {
        /// How much of what is set: 0 nothing, 1 all of it, 2 twice as much.
        public let dose: Double
        /// The probability of each watched token.
        public let probabilities: [Double]
        /// The first watched token's logit less the second's, where two were asked for.
        public let difference: Double?
    }
}

/// How a text is steered.
public struct SteeredTextOptions: Sendable, Equatable {
    /// Tokens that the text is continued by.
    public var count = 12
    /// What logits are divided by before tokens are drawn; `nil` takes the most likely token each time.
    public var temperature: Double?
    /// The same seed draws the same tokens.
    public var seed: UInt64 = 0
    /// How much of what is set.
    public var doses: [Double] = []
    /// Tokens whose probabilities are told.
    public var watched: [Int] = []
    /// What may recompute downstream of what is set.
    public var mode = InterventionMode.free

    /// The defaults.
    public init() {}
}
