import AtlasExperiments
import AtlasQuery
import Attribution
import Circuits
import Dispatch
import Foundation
import Synchronization
import Tensors

/// Runs the replacement model for whoever asks, a few jobs at a time; the rest wait, and more than that are refused.
///
/// A job that is cancelled while it runs stops between two steps, at most a layer of the model apart, and frees its place.
public final class ModelJobs: Sendable {
    /// How many jobs there may be.
    public struct Limits: Sendable {
        /// Jobs that run at the same time.
        public var running = 1
        /// Jobs that wait.
        public var waiting = 8
        /// Ended jobs whose answers are kept.
        public var kept = 32
        /// Bytes of a text.
        public var textBytes = 20_000
        /// Tokens of a text.
        public var tokens = 512
        /// Features of a graph that are attributed, the most influential.
        public var features = 4_096

        /// The limits of a single person's machine.
        public init() {}
    }

    /// The replacement model, which is the atlas's.
    public let attributor: Attributor
    /// How many jobs there may be.
    public let limits: Limits

    private struct Job: Sendable {
        let id: String
        let kind: String
        var state = JobReport.State.queued
        var done = 0
        var total: Int?
        var startedAt: DispatchTime?
        var result: JobResult?
        var error: String?
        let work: @Sendable (_ progress: @escaping @Sendable (Int, Int) -> Void) throws -> JobResult
        /// What the work listens to.
        let cancellation = Cancellation()

        mutating func cancel() {
            guard !state.isEnded else { return }
            state = .cancelled
            cancellation.cancel()
        }
    }
    private struct State {
        /// In order of arrival.
        var jobs: [Job] = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "atlas.jobs", attributes: .concurrent)

    /// Will run `attributor`.
    public init(_ attributor: Attributor, limits: Limits = Limits()) {
        self.attributor = attributor
        self.limits = limits
    }

    /// Takes on a job, or refuses it where too many wait.
    func submit(
        _ kind: String,
        _ work: @escaping @Sendable (_ progress: @escaping @Sendable (Int, Int) -> Void) throws -> JobResult
    ) throws(Problem) -> JobTicket {
        let id = String(UInt64.random(in: .min ... .max), radix: 16)
        try state.withLock { state throws(Problem) in
            guard !state.isStopped else { throw Problem(503, "Stopping", "the server is stopping") }
            guard state.jobs.count(where: { $0.state == .queued }) < limits.waiting else {
                throw Problem(
                    503, "Too much to do", "\(limits.waiting) jobs wait already; try again later", retryAfter: 5)
            }
            state.jobs.append(Job(id: id, kind: kind, work: work))
            let ended = state.jobs.indices.filter { state.jobs[$0].state.isEnded }
            for index in ended.dropLast(limits.kept).reversed() { state.jobs.remove(at: index) }
        }
        startWaiting()
        return JobTicket(job: id)
    }

    /// How a job stands.
    func report(_ id: String) throws(Problem) -> JobReport {
        try state.withLock { state throws(Problem) in
            guard let job = state.jobs.first(where: { $0.id == id }) else { throw Self.unknown(id) }
            let seconds = job.startedAt?.secondsPassed
            let rate = seconds.flatMap { $0 > 0 && job.done > 0 ? Double(job.done) / $0 : nil }
            let isRunning = job.state == .running
            return JobReport(
                id: id, kind: job.kind, state: job.state,
                waitingBefore: job.state == .queued
                    ? state.jobs.prefix { $0.id != id }.count { !$0.state.isEnded } : 0,
                done: job.done, total: job.total, unit: JobReport.unit(of: job.kind), rate: isRunning ? rate : nil,
                secondsLeft: isRunning
                    ? rate.flatMap { rate in job.total.map { Double($0 - job.done) / rate } } : nil,
                result: job.result, error: job.error)
        }
    }

    /// What a job that ran a text has found.
    func run(_ id: String) throws(Problem) -> RunReport {
        let report = try report(id)
        guard case .run(let run) = report.result else {
            throw Problem(409, "No graph", "job \(id) is \(report.state.rawValue) and has no graph")
        }
        return run
    }

    /// Drops a job; one that has ended stays as it is.
    func cancel(_ id: String) throws(Problem) -> JobReport {
        try state.withLock { state throws(Problem) in
            guard let index = state.jobs.firstIndex(where: { $0.id == id }) else { throw Self.unknown(id) }
            state.jobs[index].cancel()
        }
        return try report(id)
    }

    /// Takes on nothing more, and cancels what waits and what runs.
    public func stop() {
        state.withLock { state in
            state.isStopped = true
            for index in state.jobs.indices { state.jobs[index].cancel() }
        }
    }

    private static func unknown(_ id: String) -> Problem {
        Problem(404, "No such job", "there is no job \(id.debugDescription); ended ones are forgotten after a while")
    }

    private let occupied = Atomic(0)

    private func startWaiting() {
        let next = state.withLock { state -> Job? in
            guard occupied.load(ordering: .relaxed) < limits.running,
                let index = state.jobs.firstIndex(where: { $0.state == .queued })
            else { return nil }
            occupied.add(1, ordering: .relaxed)
            state.jobs[index].state = .running
            state.jobs[index].startedAt = .now()
            return state.jobs[index]
        }
        guard let next else { return }
        queue.async { [self] in
            let outcome = Result {
                try next.cancellation.run {
                    try next.work { done, total in self.advance(next.id, done: done, total: total) }
                }
            }
            end(next.id, outcome)
            occupied.subtract(1, ordering: .relaxed)
            startWaiting()
        }
    }

    private func advance(_ id: String, done: Int, total: Int) {
        update(id) { job in
            job.done = done
            job.total = total
        }
    }

    private func end(_ id: String, _ outcome: Result<JobResult, any Error>) {
        update(id) { job in
            guard job.state == .running else { return }
            switch outcome {
            case .success(let result):
                job.state = .done
                job.result = result
            case .failure(let error):
                job.state = .failed
                job.error = Problem(error).detail
            }
        }
    }

    private func update(_ id: String, _ change: (inout Job) -> Void) {
        state.withLock { state in
            if let index = state.jobs.firstIndex(where: { $0.id == id }) { change(&state.jobs[index]) }
        }
    }
}
