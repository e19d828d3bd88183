/// What turns pre-activations into activations.
public enum ActivationFunction: Sendable, Equatable {
    /// `max(x, 0)`.
    case relu
    /// `x` where `x > threshold`, strictly; 0 elsewhere. One threshold a feature.
    case jumpReLU([Float])
    /// The largest pre-activations of a position, so many of them, as they are: also negative ones. 0 elsewhere.
    case topK(Int)

    /// The activation of feature `index` for a pre-activation.
    ///
    /// - Precondition: not TopK, which needs the pre-activations of the whole position
    @inline(__always)
    public func callAsFunction(_ preActivation: Float, index: Int) -> Float {
        switch self {
        case .relu: preActivation > 0 ? preActivation : 0
        case .jumpReLU(let thresholds): preActivation > thresholds[index] ? preActivation : 0
        case .topK: preconditionFailure("TopK needs the pre-activations of the whole position")
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
        }
    }
}
