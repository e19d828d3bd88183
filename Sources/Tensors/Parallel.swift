import Dispatch
import Synchronization

/// Calls `body` with every index below `count`, on at most `jobs` threads at once, and returns when all are done.
///
/// Indices are handed out in order, so put the largest pieces of work first. `body` must write to places of its own.
public func inParallel(count: Int, jobs: Int, _ body: @Sendable (Int) -> Void) {
    let jobs = min(jobs, count)
    if jobs <= 1 {
        for index in 0..<count { body(index) }
        return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: jobs) { _ in
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            if index >= count { return }
            body(index)
        }
    }
}

/// What `body` makes of every index below `count`, in order, on at most `jobs` threads at once.
///
/// - Throws: what `body` throws for the first index where it does; every index has been tried by then
public func mapInParallel<Value: Sendable>(
    count: Int, jobs: Int, _ body: @Sendable (Int) throws -> Value
) throws -> [Value] {
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
    inParallel(count: count, jobs: jobs) { index in
        let result = Result { try body(index) }
        results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
}
