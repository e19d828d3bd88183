import Dispatch
import Tensors

/// Chooses how many prompts make a batch: about a second's work, so that a killed run loses little.
struct BatchPace {
    /// Prompts of the next batch.
    private(set) var size: Int
    private let smallest: Int
    private static let largest = 256

    /// Starts with one prompt a job.
    init(jobs: Int) {
        smallest = max(1, min(jobs, Self.largest))
        size = smallest
    }

    /// Runs one batch and adapts the size to the time it took.
    ///
    /// - Parameter body: says whether anything was computed; a batch that was known already tells nothing of the next one
    mutating func measure(_ body: () throws -> Bool) rethrows {
        let started = DispatchTime.now()
        guard try body() else { return }
        let seconds = started.secondsPassed
        if seconds < 0.5 { size = min(Self.largest, size * 2) }
        if seconds > 2 { size = max(smallest, size / 2) }
    }
}
