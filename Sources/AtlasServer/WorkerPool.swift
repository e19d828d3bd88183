import Dispatch
import Synchronization

/// Runs work that blocks, such as questions to a database, away from the threads that serve connections.
final class WorkerPool: Sendable {
    /// There is no room left to wait.
    struct Full: Error {}

    private struct State {
        var running = 0
        var waiting: ArraySlice<@Sendable () -> Void> = []
    }

    private let workers: Int
    private let waitingLimit: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "atlas.questions", attributes: .concurrent)

    init(workers: Int, waitingLimit: Int) {
        self.workers = workers
        self.waitingLimit = waitingLimit
    }

    /// Runs `body` on a thread that may block, once one of the workers is free.
    ///
    /// - Throws: ``Full`` where too many wait already
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let work: @Sendable () -> Void = { continuation.resume(returning: body()) }
            let isTaken = state.withLock { state in
                if state.running < workers {
                    state.running += 1
                    start(work)
                    return true
                }
                guard state.waiting.count < waitingLimit else { return false }
                state.waiting.append(work)
                return true
            }
            if !isTaken { continuation.resume(throwing: Full()) }
        }
    }

    private func start(_ work: @escaping @Sendable () -> Void) {
        queue.async { [self] in
            work()
            state.withLock { state in
                if let next = state.waiting.popFirst() { start(next) } else { state.running -= 1 }
            }
        }
    }
}
