import Synchronization
import Tensors
import Testing

/// The one way to stop work before its end.
struct CancellationTests {
    @Test func `work that nobody cancelled runs to its end`() throws {
        #expect(try Cancellation(limit: 1_000).run { try mapInParallel(count: 100, jobs: 4) { $0 } } == Array(0..<100))
    }

    @Test func `work that is cancelled hands out nothing more on any thread`() throws {
        let cancellation = Cancellation()
        let done = Atomic(0)
        #expect(throws: Cancelled.asked) {
            try cancellation.run {
                try inParallelUnlessCancelled(count: 1_000, jobs: 4) { index in
                    if index == 10 { cancellation.cancel() }
                    done.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(done.load(ordering: .relaxed) < 100)
    }

    @Test func `threads listen to what their caller listens to`() throws {
        let cancellation = Cancellation()
        let listening = Mutex(Set<Bool>())
        try cancellation.run {
            inParallel(count: 100, jobs: 4) { _ in
                listening.withLock { _ = $0.insert(Cancellation.current === cancellation) }
            }
        }
        #expect(listening.withLock { $0 } == [true])
        #expect(Cancellation.current == nil)
    }

    @Test func `a time limit counts from the beginning of the work`() throws {
        let cancellation = Cancellation(limit: 0.02)
        var steps = 0
        #expect(throws: Cancelled.timeLimit(seconds: 0.02)) {
            try cancellation.run {
                while true {
                    try Cancellation.check()
                    steps += 1
                }
            }
        }
        #expect(steps > 0)
    }

    @Test func `work that was cancelled before it began never begins`() {
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: Cancelled.asked) { try cancellation.run { Issue.record("it began") } }
    }
}
