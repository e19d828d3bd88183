import Dispatch
import Synchronization

/// Calls `body` with every index below `count`, on at most `jobs` threads at once, and returns when all are done.
///
/// Indices are handed out in order, so put the largest pieces of work first. `body` must write to places of its own.
public func inParallel(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
    distribute(count: count, jobs: jobs, isOver: { false }, body)
}

/// As ``inParallel(count:jobs:_:)``, and stops between two pieces of work where the running ``Cancellation`` asks for it.
///
/// - Throws: ``Cancelled``; then some indices were never called
public func inParallelUnlessCancelled(
    count: Int, jobs: Int, _ body: @Sendable (Int) -> Void
) throws(Cancelled) {
    let cancellation = Cancellation.current
    distribute(count: count, jobs: jobs, isOver: { cancellation?.reason != nil }, body)
    // Also where the last piece ended because of it.
    try cancellation?.check()
}

/// What `body` makes of every index below `count`, in order, on at most `jobs` threads at once.
///
/// - Throws: what `body` throws for the first index where it does; every index has been tried by then. Or ``Cancelled``,
///   as ``inParallelUnlessCancelled(count:jobs:_:)``
public func mapInParallel<Value: Sendable>(
    count: Int, jobs: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
    try inParallelUnlessCancelled(count: count, jobs: jobs) { index in
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
}

/// How many pieces of work are done between two looks at what came of them: so many for each thread, of which no machine
/// has more than a thousand.
public func batchSize(perThread pieces: Int, jobs: Int) -> Int { pieces * max(1, min(jobs, mostThreads)) }

private let mostThreads = 1_024

/// Hands out indices until there are none left or it is over; the threads listen to the caller's ``Cancellation``.
private func distribute(
    count: Int, jobs: Int, isOver: @Sendable () -> Bool, _ body: @Sendable (Int) -> Void
) {
    let jobs = min(jobs, count)
    if jobs <= 1 {
        for index in 0..<count {
            if isOver() { return }
            body(index)
        }
        return
    }
    let cancellation = Cancellation.current
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
        Cancellation.$current.withValue(cancellation) {
            ProductThreads.$count.withValue(1) {
                while !isOver() {
                    let index = next.add(1, ordering: .relaxed).oldValue
                    if index >= count { return }
                    body(index)
                }
            }
        }
    }
}
