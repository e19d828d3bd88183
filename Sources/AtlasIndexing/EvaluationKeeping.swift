/// Where an evaluation's sums are saved, so that it can be interrupted.
public struct EvaluationKeeping: Sendable {
    /// The state's file; gone on from where it is there.
    public let path: String
    /// The corpus's name, for messages.
    public let corpusName: String
    /// Seconds between two savings at least; 0 to save after every batch.
    public let interval: Double
    /// Asked between batches; when it says so the sums are saved and the run ends.
    public let shouldStop: @Sendable () -> Bool

    /// Saves every few seconds and never stops early unless told otherwise.
    public init(
        path: String, corpusName: String, interval: Double = 5, shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.path = path
        self.corpusName = corpusName
        self.interval = interval
        self.shouldStop = shouldStop
    }
}
