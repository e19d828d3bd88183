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
