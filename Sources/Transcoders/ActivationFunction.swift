/// What turns pre-activations into activations.
public enum ActivationFunction: Sendable, Equatable {
    /// `max(x, 0)`.
    case relu
    /// `x` where `x > threshold`, strictly; 0 elsewhere. One threshold a feature.
    case jumpReLU([Float])
    /// The largest pre-activations of a position, so many of them, as they are: also negative ones. 0 elsewhere.
    case topK(Int)
    /// The largest pre-activations of a position, so many of them at most, and of these the positive ones. 0 elsewhere.
    case positiveTopK(Int)
    /// Features lie in so many groups of neighbours; of each group the largest pre-activation, where it is positive.
    case groupMaximum(Int)

    /// Whether an activation depends on the pre-activations of the whole position.
    public var needsWholePosition: Bool {
        switch self {
        case .relu, .jumpReLU: false
        case .topK, .positiveTopK, .groupMaximum: true
        }
    }

    /// The activation of feature `index` for a pre-activation.
    ///
    /// - Precondition: not one that needs the pre-activations of the whole position
    @inline(__always)
    public func callAsFunction(_ preActivation: Float, index: Int) -> Float {
        switch self {
        case .relu: preActivation > 0 ? preActivation : 0
        case .jumpReLU(let thresholds): preActivation > thresholds[index] ? preActivation : 0
        case .topK, .positiveTopK, .groupMaximum:
            preconditionFailure("the pre-activations of the whole position are needed")
        }
    }

    /// Calls `body` with the features of one position that fire, in order of index, and their activations.
    ///
    /// - Parameter preActivations: `[featureCount]`
    public func forEachActive(
        _ preActivations: UnsafeBufferPointer<Float>, _ body: (_ index: Int, _ activation: Float) -> Void
    ) {
        switch self {
        case .relu:
            for index in preActivations.indices where preActivations[index] > 0 { body(index, preActivations[index]) }
        case .jumpReLU(let thresholds):
            precondition(thresholds.count == preActivations.count)
            thresholds.withUnsafeBufferPointer { thresholds in
                for index in preActivations.indices {
                    let value = preActivations[index]
                    if value > thresholds[index], value != 0 { body(index, value) }
                }
            }
        case .topK(let count):
            LargestKept.forEach(count, of: preActivations) { index, value in
                if value != 0 { body(index, value) }
            }
        case .positiveTopK(let count):
            LargestKept.forEach(count, of: preActivations) { index, value in
                if value > 0 { body(index, value) }
            }
        case .groupMaximum(let groupCount):
            precondition(preActivations.count % groupCount == 0)
            let size = preActivations.count / groupCount
            for start in stride(from: 0, to: preActivations.count, by: size) {
                guard let index = (start..<start + size).max(by: { preActivations[$0] < preActivations[$1] }),
                    preActivations[index] > 0
                else { continue }
                body(index, preActivations[index])
            }
        }
    }
}
