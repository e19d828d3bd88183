import ArgumentParser

/// What a person may ask for in numbers. Some have an end because they are multiplied with others or take memory each.
enum NumberLimit {
    /// Threads: far more than any machine has cores.
    static let threads = 1_024
    /// Rewirings of each graph: every motif keeps a number for each.
    static let rewirings = 100_000
    /// Pairs of sources: each is a line.
    static let pairs = 100_000
    /// Resamplings of a confidence interval.
    static let resamples = 1_000_000
}

/// Throws unless a count lies in its range; `nil` was not given.
func requireCount(_ value: Int?, _ option: String, from least: Int = 1, to most: Int = .max) throws {
    guard let value else { return }
    guard value >= least else { throw ValidationError("\(option): expected \(least) or more, found \(value)") }
    guard value <= most else { throw ValidationError("\(option): expected at most \(most), found \(value)") }
}

/// Throws unless so many threads may be asked for.
func requireThreads(_ value: Int, _ option: String = "--jobs") throws {
    try requireCount(value, option, to: NumberLimit.threads)
}

/// Throws unless a share lies in 0…1.
func requireShare(_ value: Double, _ option: String) throws {
    guard 0...1 ~= value else { throw ValidationError("\(option): expected a share from 0 to 1, found \(value)") }
}

/// Throws unless a number is above 0 and has an end.
func requirePositive(_ value: Double, _ option: String) throws {
    guard value > 0, value.isFinite else {
        throw ValidationError("\(option): expected a number above 0, found \(value)")
    }
}
