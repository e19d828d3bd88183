import Synchronization
import Tensors

/// What an attribution does one after the other, or for each piece of its targets: what its costs are told by.
public enum AttributionPhase: String, Sendable, CaseIterable, Codable {
    /// The underlying model reads the prompt.
    case forward = "forward pass"
    /// Every feature's pre-activation at every position, and which features fire.
    case encoders
    /// The prompt's targets, from the logits.
    case targets = "choice of targets"
    /// Decoder rows of the features that fire, errors and constants.
    case decoders = "decoder rows, errors"
    /// Gradients start from encoder rows and unembeddings.
    case injection
    /// Gradients times everything that features and errors write.
    case sources = "products with sources"
    /// Gradients through a transcoder's skip, or neurons.
    case skips
    /// Gradients through the projections of attention's outputs and values.
    case projections = "attention projections"
    /// Gradients through attention patterns; the patterns where they are made anew.
    case mixing = "attention patterns"
    /// Gradients times embeddings.
    case bottom = "products with tokens"
    /// Features ranked by influence.
    case ranking
    /// Rows put in the graph's order.
    case assembly
}

/// What one phase took, or is counted to take.
public struct PhaseCost: Sendable, Equatable {
    /// Processor time, all threads together.
    public var seconds = 0.0
    /// Floating-point operations, two for a multiplication and addition.
    public var operations = 0
    /// Bytes that have to be read and written at least once.
    public var bytes = 0

    /// Nothing.
    public init() {}

    static func + (one: PhaseCost, other: PhaseCost) -> PhaseCost {
        var sum = one
        sum.seconds += other.seconds
        sum.operations += other.operations
        sum.bytes += other.bytes
        return sum
    }
}

/// What an attribution's phases took; threads add to it.
final class PhaseCosts: Sendable {
    private let costs = Mutex<[AttributionPhase: PhaseCost]>([:])

    /// What each phase took so far.
    var byPhase: [AttributionPhase: PhaseCost] { costs.withLock { $0 } }

    /// All operations so far.
    var operations: Int { costs.withLock { $0.values.reduce(0) { $0 + $1.operations } } }

    /// Does a part of a phase in the calling thread, its processor time taken.
    func measure<Value>(_ phase: AttributionPhase, _ work: () throws -> Value) rethrows -> Value {
        let start = ThreadTime.seconds
        defer { add(phase, seconds: ThreadTime.seconds - start, operations: 0) }
        return try work()
    }

    /// The same of work that several threads share, where this is all that the process does.
    func measure<Value>(_ phase: AttributionPhase, jobs: Int, _ work: () throws -> Value) rethrows -> Value {
        guard jobs > 1 else { return try measure(phase, work) }
        let start = ThreadTime.ofAllThreads
        defer { add(phase, seconds: ThreadTime.ofAllThreads - start, operations: 0) }
        return try ProductThreads.$count.withValue(jobs) { try work() }
    }

    /// The same of work that counts its operations; returns them.
    @discardableResult func count(_ phase: AttributionPhase, _ work: () -> Int) -> Int {
        let start = ThreadTime.seconds
        let operations = work()
        add(phase, seconds: ThreadTime.seconds - start, operations: operations)
        return operations
    }

    private func add(_ phase: AttributionPhase, seconds: Double, operations: Int) {
        costs.withLock {
            $0[phase, default: PhaseCost()].seconds += seconds
            $0[phase, default: PhaseCost()].operations += operations
        }
    }
}
