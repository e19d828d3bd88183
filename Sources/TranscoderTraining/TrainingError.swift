/// Why transcoders cannot be trained, or not any further: one line.
public struct TrainingError: Error, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String

    /// Says the line.
    public init(_ description: String) { self.description = description }
}

/// A training run that was asked to stop before its end.
public struct TrainingInterrupted: Error, CustomStringConvertible, Sendable {
    /// Steps that are in the checkpoint.
    public let done: Int
    /// Steps of the run.
    public let total: Int

    /// One line.
    public var description: String { "interrupted after \(done) of \(total) steps" }
}
