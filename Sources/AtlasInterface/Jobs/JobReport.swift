import AtlasExperiments
import AtlasQuery

/// What is answered when a job is taken on.
public struct JobTicket: Codable, Sendable, Equatable {
    /// The job's id; `jobs/ID` tells how it stands.
    public let job: String
}

/// How a job stands.
public struct JobReport: Encodable, Sendable {
    /// Where a job can be.
    public enum State: String, Codable, Sendable, CaseIterable {
        /// Others come first.
        case queued
        /// The model is at it.
        case running
        /// There is a result.
        case done
        /// There is none, and `error` says why.
        case failed
        /// Nobody wants it any more.
        case cancelled

        /// Whether nothing more will happen.
        public var isEnded: Bool { self != .queued && self != .running }
    }

    /// The job's id.
    public let id: String
    /// `run`, `intervention`, `steered-text`, `validation`, `exchange`, `head-validation`, `steering` or
    /// `steering-test`.
    public let kind: String
    /// Where it is.
    public let state: State
    /// Jobs that come before it while it is queued.
    public let waitingBefore: Int
    /// Pieces of work done.
    public let done: Int
    /// Pieces of work in all, once known.
    public let total: Int?
    /// What a piece of work is, in the plural; `nil` where its progress is not counted.
    public let unit: String?
    /// Pieces a second, while it runs.
    public let rate: Double?
    /// Seconds that it will still take, by its rate.
    public let secondsLeft: Double?
    /// What came out.
    public let result: JobResult?
    /// Why nothing came out.
    public let error: String?
}

extension JobReport {
    /// What the pieces of a kind of job are; `nil` where it does not count any.
    static func unit(of kind: String) -> String? {
        switch kind {
        case "run": "nodes"
        case "intervention": "passes of the model"
        case "validation", "steering-test": "interventions"
        case "exchange": "trials"
        case "head-validation": "prompts"
        default: nil
        }
    }
}

/// What came out of a job.
public enum JobResult: Encodable, Sendable {
    /// A text that was run.
    case run(RunReport)
    /// A text that was run with features set.
    case intervention(InterventionReport)
    /// Circuits held against interventions on held-out prompts.
    case validation(ValidationReport)
    /// Features of one value of a tag in the place of another's.
    case exchange(ExchangeReport)
    /// Why heads look where they look, tested.
    case headValidation(HeadValidationReport)
    /// A text continued as it is and steered.
    case steeredText(SteeredTextReport)
    /// What rises and falls when a feature is steered.
    case steering(SteeredFeature)
    /// Whether that is foretold, over many features.
    case steeringTest(SteeringReport)

    /// Writes what came out, without a case's name.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .run(let report): try report.encode(to: encoder)
        case .intervention(let answer): try answer.encode(to: encoder)
        case .validation(let report): try report.encode(to: encoder)
        case .exchange(let report): try report.encode(to: encoder)
        case .headValidation(let report): try report.encode(to: encoder)
        case .steeredText(let report): try report.encode(to: encoder)
        case .steering(let report): try report.encode(to: encoder)
        case .steeringTest(let report): try report.encode(to: encoder)
        }
    }
}
