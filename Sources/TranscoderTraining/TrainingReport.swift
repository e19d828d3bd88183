/// What a training run was and how it went.
public struct TrainingReport: Codable, Sendable {
    /// What decided the run.
    public var settings: TrainingSettings
    /// The model's name and fingerprint.
    public var model: String
    /// See ``model``.
    public var modelFingerprint: String
    /// SHA-256 over the pieces of text, in hexadecimal.
    public var textDigest: String
    /// Tokens of the text, each piece's first among them.
    public var textTokens: Int
    /// How often each token was trained on, on average.
    public var passes: Double
    /// Means over equal parts of the run, in order.
    public var curve: [Point]
    /// Features that were given something new to do.
    public var revivedFeatures: Int
    /// Seconds spent in steps, those before interruptions among them.
    public var seconds: Double

    /// Means over some steps.
    public struct Point: Codable, Sendable, Equatable {
        /// Steps done at its end.
        public var step: Int
        /// Tokens trained on until then.
        public var tokens: Int
        /// Squared errors as shares of the layers' mean squared outputs, added up, and the penalty.
        public var loss: Double
        /// What firing cost.
        public var penalty: Double
        /// The weight of the penalty.
        public var penaltyWeight: Double
        /// Adam's.
        public var learningRate: Double
        /// Of all gradients together, before it was limited.
        public var gradientNorm: Double
        /// Of each layer: the squared error over the outputs' variance; 1 is what their mean alone leaves.
        public var normalizedErrors: [Double]
        /// Of each layer: features that fire at a token.
        public var activeFeatures: [Double]
        /// Of each layer: the share of features that have been silent for as many tokens as the settings call dead.
        public var deadShares: [Double]
        /// Of each layer: the mean norm of what a feature writes for an activation of 1, in scaled units.
        public var decoderNorms: [Double]

        /// Whether everything told by layer is told of so many.
        func hasLayers(_ count: Int) -> Bool {
            [normalizedErrors, activeFeatures, deadShares, decoderNorms].allSatisfy { $0.count == count }
        }
    }
}

/// How far a run has come.
public struct TrainingProgress: Sendable {
    /// Steps done.
    public let step: Int
    /// Steps in all.
    public let steps: Int
    /// Tokens a second since the run began or went on.
    public let tokensPerSecond: Double
    /// The latest means.
    public let point: TrainingReport.Point
}
