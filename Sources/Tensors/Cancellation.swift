import Dispatch
import Synchronization

/// The wish that a piece of work ends before it is done: whoever asked for it has gone, or its time is over.
///
/// Whoever starts the work runs it inside ``run(_:)``; whoever does it calls `check()` between two steps. `inParallel`
/// carries the wish to its threads.
///
///     let cancellation = Cancellation(limit: 60)
///     let report = try cancellation.run { try reader.motifs() }
///
/// It is this program's only way to stop work: a step that never checks runs to its end.
public final class Cancellation: Sendable {
    /// What the running piece of work listens to; `nil`: it runs to its end.
    @TaskLocal public static var current: Cancellation?

    /// The seconds that the work may take; `nil`: as long as it needs.
    public let limit: Double?
    private let isAsked = Atomic(false)
    /// In nanoseconds since the machine started; the longest limit is longer than any machine runs.
    private let deadline = Atomic(UInt64.max)

    /// Nobody has asked yet; the time starts with ``run(_:)``.
    public init(limit: Double? = nil) {
        precondition(limit.map { $0 > 0 } ?? true, "a time limit above 0 seconds")
        self.limit = limit
    }

    /// Asks the work to end; from any thread, also before it has begun.
    public func cancel() { isAsked.store(true, ordering: .relaxed) }

    /// Why the work should end; `nil`: it should not.
    public var reason: Cancelled? {
        if isAsked.load(ordering: .relaxed) { return .asked }
        let deadline = deadline.load(ordering: .relaxed)
        guard deadline != .max, DispatchTime.now().uptimeNanoseconds >= deadline else { return nil }
        return .timeLimit(seconds: limit ?? 0)
    }

    /// Throws if the work should end.
    public func check() throws(Cancelled) {
        if let reason { throw reason }
    }

    /// Does a piece of work that listens to this wish, its time counted from now.
    public func run<Value>(_ work: () throws -> Value) throws -> Value {
        if let limit {
            let nanoseconds = UInt64(min(limit, Self.longestLimit) * 1e9)
            deadline.store(DispatchTime.now().uptimeNanoseconds + nanoseconds, ordering: .relaxed)
        }
        try check()
        return try Self.$current.withValue(self, operation: work)
    }

    private static let longestLimit = 1e9

    /// Throws if the running piece of work should end; call it between two steps.
    public static func check() throws(Cancelled) { try current?.check() }
}

/// Why a piece of work ended before it was done.
public enum Cancelled: Error, Equatable, CustomStringConvertible {
    /// Nobody waits for it any more.
    case asked
    /// It took longer than it may.
    case timeLimit(seconds: Double)

    /// A few words.
    public var description: String {
        switch self {
        case .asked: "stopped before the end, as was asked"
        case .timeLimit(let seconds):
            "stopped after \(seconds == seconds.rounded() ? "\(Int(exactly: seconds) ?? .max)" : "\(seconds)") s, the time limit"
        }
    }
}
