/// Where the replacement model explains least, and where the model answers wrongly: which answers to distrust.
public struct FailuresReport: Codable, Sendable, Equatable {
    /// Which prompts were asked about.
    public let filter: String
    /// How many there are.
    public let promptCount: Int
    /// How many of them have a stored graph.
    public let graphCount: Int
    /// Over the stored graphs, the mean share of influence that comes from errors; `nil` without graphs.
    public let meanErrorInfluence: Double?
    /// How many prompts have a right answer that is known.
    public let answeredCount: Int
    /// How many of them the model answers wrongly.
    public let wrongCount: Int
    /// The prompts of most error influence, most first.
    public let byErrorInfluence: [Row]
    /// Wrong answers, the one that the model is surest of first.
    public let wrongAnswers: [Row]
    /// The prompts whose graphs violate the sums of inputs most, worst first.
    public let byViolation: [Row]
    /// The scores by tag: of the one asked about, or of those with 2 to 20 values of ten prompts or more on average.
    public let tags: [TagRow]

    /// A prompt with its scores.
    public struct Row: Codable, Sendable, Equatable {
        /// Its id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// The right continuation, where it is known.
        public let answer: String?
        /// The most likely next token.
        public let predicted: String
        /// The model's probability for it.
        public let probability: Double
        /// Whether the predicted token is the answer's first; `nil` where no answer is known.
        public let isRight: Bool?
        /// 1 − replacement score: the share of influence that starts at errors; `nil` without a graph.
        public let errorInfluence: Double?
        /// Influence-weighted share of inputs that are not errors; `nil` without a graph.
        public let completeness: Double?
        /// Largest relative difference of a target's summed inputs from its pre-activation; `nil` without a graph.
        public let violation: Double?
    }

    /// The prompts that have one value of a tag.
    public struct TagRow: Codable, Sendable, Equatable {
        /// The tag's name.
        public let name: String
        /// Its value.
        public let value: String
        /// How many prompts have it.
        public let promptCount: Int
        /// How many of them have a stored graph.
        public let graphCount: Int
        /// Their mean replacement score; `nil` without graphs.
        public let meanReplacement: Double?
        /// Their mean completeness score; `nil` without graphs.
        public let meanCompleteness: Double?
        /// The share of answered prompts that the model answers rightly; `nil` where no answer is known.
        public let rightShare: Double?
    }
}
