import Foundation
import Synchronization
import Tensors
import Testing

@testable import AtlasServer

/// Whose turn it is, and what the workers do.
@Suite(.serialized) struct FairnessTests {
    private func asker(_ address: String, _ connection: UInt64) -> FairShare.Asker {
        FairShare.Asker(address: address, connection: connection)
    }

    @Test func `one who has asked without end comes after one who asks now and then`() {
        let share = FairShare()
        for _ in 0..<50 {
            let turn = share.enter(asker("a", 1))
            share.begin(turn)
            share.leave(turn, seconds: 1)
        }
        let (greedy, other) = (share.enter(asker("a", 1)), share.enter(asker("a", 2)))
        #expect(share.finish(other, cost: 1) < share.finish(greedy, cost: 1))
    }

    @Test func `of two that come together the cheaper comes first`() {
        let share = FairShare()
        let (costly, cheap) = (share.enter(asker("a", 1)), share.enter(asker("a", 2)))
        #expect(share.finish(cheap, cost: 0.01) < share.finish(costly, cost: 1))
    }

    @Test func `a hundred connections of one machine leave another its share`() {
        let share = FairShare()
        let many = (0..<100).map { share.enter(asker("a", UInt64($0))) }
        let other = share.enter(asker("b", 1_000))
        #expect(many.allSatisfy { share.finish(other, cost: 1) < share.finish($0, cost: 1) })
    }

    @Test func `whoever is made to wait long comes first at last`() {
        let share = FairShare()
        let patient = share.enter(asker("a", 1))
        var others = 0
        while others < 1_000 {
            let turn = share.enter(asker("a", 2))
            if share.finish(turn, cost: 0.1) > share.finish(patient, cost: 2) { break }
            share.begin(turn)
            share.leave(turn, seconds: 0.1)
            others += 1
        }
        #expect(others < 50)
    }

    @Test func `what is costly never occupies all workers`() async throws {
        let pool = WorkerPool(workers: 4, waitingLimit: 10)
        let gate = DispatchSemaphore(value: 0)
        let costly = (0..<6).map { _ in Task { try await pool.run(cost: { 1 }) { gate.wait() } } }
        try await Task.sleep(for: .milliseconds(100))
        // Would never end if a costly one had the last worker.
        #expect(try await pool.run(cost: { 0.01 }) { 7 } == 7)
        for _ in costly { gate.signal() }
        for task in costly { try await task.value }
    }

    @Test func `what nobody waits for any more leaves its place to others`() async throws {
        let pool = WorkerPool(workers: 1, waitingLimit: 1)
        let gate = DispatchSemaphore(value: 0)
        let first = Task { try await pool.run { gate.wait() } }
        let gone = Cancellation()
        let second = Task { try await pool.run(for: .nobody, gone) { Issue.record("nobody wanted it") } }
        try await Task.sleep(for: .milliseconds(100))
        gone.cancel()
        let third = Task { try await pool.run { 3 } }
        await #expect(throws: Cancelled.asked) { try await second.value }
        gate.signal()
        try await first.value
        #expect(try await third.value == 3)
    }

    @Test func `a task that is cancelled cancels its work`() async throws {
        let pool = WorkerPool(workers: 1, waitingLimit: 1)
        let task = Task {
            try await pool.run {
                while true {
                    try Cancellation.check()
                    Thread.sleep(forTimeInterval: 0.001)
                }
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: Cancelled.asked) { try await task.value }
    }

    @Test func `answering that took long leaves a debt`() {
        var options = ServerOptions()
        options.remoteWork = 2
        options.burstSeconds = 1
        let rates = RateLimit(options)
        #expect(rates.take(from: "10.0.0.1", now: 0) == nil)
        rates.charge(12, to: "10.0.0.1", now: 0)
        #expect(rates.take(from: "10.0.0.1", now: 1_000_000_000) == 4)
        #expect(rates.take(from: "10.0.0.1", now: 6_000_000_000) == nil)
    }
}
