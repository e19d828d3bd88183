import Foundation
import Synchronization
import Tensors

/// Runs work that blocks or computes, such as questions to a database, on threads of its own, in the order of ``FairShare``.
///
/// One worker in four is left to work that is cheap: what costs more never occupies all of them.
///
/// The threads are not those of Dispatch, which runs no more pieces of work at once than the machine has cores: there a
/// quick question would wait for two long ones on two cores.
final class WorkerPool: Sendable {
    /// There is no room left to wait.
    struct Full: Error {}

    private let line: WorkLine
    private let waitingLimit: Int

    /// - Parameters:
    ///   - workers: pieces of work at the same time
    ///   - waitingLimit: pieces of work that wait
    ///   - share: whose turn it is; pools that share it count together
    ///   - yields: whether other threads of the program come first where the processor is short
    init(workers: Int, waitingLimit: Int, share: FairShare = FairShare(), yields: Bool = false) {
        line = WorkLine(workers: workers, share: share, yields: yields)
        self.waitingLimit = waitingLimit
    }

    deinit { line.close() }

    /// Runs `body` on a thread that may block, once one of the workers is free.
    ///
    /// - Parameters:
    ///   - asker: whose turn it takes
    ///   - cost: tells the seconds that it is expected to take; asked again while it waits
    ///   - cancellation: what `body` listens to; it also ends the waiting, and the task's own cancellation makes it
    /// - Throws: ``Full`` where too many wait whose turn comes first, or the turn comes after the time limit;
    ///   `Cancelled`; what `body` throws
    func run<Value: Sendable>(
        for asker: FairShare.Asker = .nobody, cost: @escaping @Sendable () -> Double = { 0 },
        _ cancellation: Cancellation = Cancellation(),
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let arrived = DispatchTime.now()
                line.add(
                    WorkLine.Item(
                        turn: line.share.enter(asker), cost: cost, cancellation: cancellation,
                        run: {
                            // Whoever waited longer than the work may take is told so instead of being kept.
                            guard arrived.secondsPassed <= cancellation.limit ?? .infinity else {
                                return continuation.resume(throwing: Full())
                            }
                            continuation.resume(with: Result { try cancellation.run(body) })
                        },
                        refuse: { continuation.resume(throwing: $0) }), waitingLimit: waitingLimit)
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}

/// The work of a pool that waits, and the threads that take it.
private final class WorkLine: Sendable {
    struct Item: Sendable {
        let turn: FairShare.Turn
        let cost: @Sendable () -> Double
        let cancellation: Cancellation
        let run: @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        /// In order of arrival.
        var waiting: [Item] = []
        var threads = 0
        var idleThreads = 0
        /// Workers that are at something that is not cheap.
        var costlyRunning = 0
        var isClosed = false
    }

    /// From how many seconds on work is not cheap.
    private static let costly = 0.1

    let share: FairShare
    private let workers: Int
    /// Workers that may be at something costly at the same time.
    private let costlyLimit: Int
    private let yields: Bool
    /// Wakes threads that wait for work; whoever changes `state` holds it.
    private let condition = NSCondition()
    private let state = Mutex(State())

    init(workers: Int, share: FairShare, yields: Bool) {
        self.workers = workers
        costlyLimit = max(1, workers - workers / 4)
        self.share = share
        self.yields = yields
    }

    func add(_ item: Item, waitingLimit: Int) {
        condition.lock()
        let (refused, needsThread) = state.withLock { state -> ([(Item, any Error)], Bool) in
            var refused: [(Item, any Error)] = []
            state.waiting.append(item)
            let room = waitingLimit + state.idleThreads + max(0, workers - state.threads)
            if state.waiting.count > room {
                refused = state.waiting.compactMap { item in item.cancellation.reason.map { (item, $0 as any Error) } }
                state.waiting.removeAll { $0.cancellation.reason != nil }
            }
            if state.waiting.count > room, let last = last(of: state.waiting) {
                refused.append((state.waiting.remove(at: last), WorkerPool.Full()))
            }
            let needsThread = state.waiting.count > state.idleThreads && state.threads < workers
            if needsThread {
                state.threads += 1
                state.idleThreads += 1
            }
            return (refused, needsThread)
        }
        condition.signal()
        condition.unlock()
        if needsThread { startThread() }
        for (item, error) in refused {
            share.leave(item.turn, seconds: 0)
            item.refuse(error)
        }
    }

    /// Threads end once their work is done; what waits is still done.
    func close() {
        condition.lock()
        state.withLock { $0.isClosed = true }
        condition.broadcast()
        condition.unlock()
    }

    private static let stackBytes = 8 << 20
    /// As `nice` counts: enough for others to come first, too little to starve.
    private static let yieldingPriority: Int32 = 5

    private func startThread() {
        let thread = Thread { [self] in
            #if os(Linux)
                // Here a priority belongs to a thread.
                if yields { setpriority(Int32(PRIO_PROCESS.rawValue), 0, Self.yieldingPriority) }
            #endif
            while let (item, isCostly) = next() {
                share.begin(item.turn)
                let started = DispatchTime.now()
                item.run()
                share.leave(item.turn, seconds: started.secondsPassed)
                condition.lock()
                state.withLock { state in
                    state.idleThreads += 1
                    if isCostly { state.costlyRunning -= 1 }
                }
                // Somebody may have waited for a costly one to end.
                condition.signal()
                condition.unlock()
            }
        }
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Waits for work; `nil` where there will be none.
    private func next() -> (Item, isCostly: Bool)? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            let (taken, ends) = state.withLock { state -> ((Item, isCostly: Bool)?, Bool) in
                guard let (place, isCostly) = next(in: state) else {
                    let ends = state.isClosed && state.waiting.isEmpty
                    if ends { state.threads -= 1 }
                    return (nil, ends)
                }
                state.idleThreads -= 1
                if isCostly { state.costlyRunning += 1 }
                return ((state.waiting.remove(at: place), isCostly), false)
            }
            if let taken { return taken }
            if ends { return nil }
            condition.wait()
        }
    }

    private func next(in state: State) -> (place: Int, isCostly: Bool)? {
        var first: (finish: Double, place: Int, isCostly: Bool)?
        for (place, item) in state.waiting.enumerated() {
            let cost = item.cost()
            let isCostly = cost >= Self.costly
            guard !isCostly || state.costlyRunning < costlyLimit else { continue }
            let finish = share.finish(item.turn, cost: cost)
            if first.map({ finish < $0.finish }) ?? true { first = (finish, place, isCostly) }
        }
        return first.map { ($0.place, $0.isCostly) }
    }

    private func last(of items: [Item]) -> Int? {
        let finishes = items.map { share.finish($0.turn, cost: $0.cost()) }
        return items.indices.max { (finishes[$0], $0) < (finishes[$1], $1) }
    }
}
