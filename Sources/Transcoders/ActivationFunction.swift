/// What turns pre-activations into activations.
public enum ActivationFunction: Sendable, Equatable {
    /// `max(x, 0)`.
    case relu
    /// `x` where `x > threshold`, strictly; 0 elsewhere. One threshold a feature.
    case jumpReLU([Float])

    /// The activation of feature `index` for a pre-activation.
    @inline(__always)
    public func callAsFunction(_ preActivation: Float, index: Int) -> Float {
        switch self {
        case .relu: preActivation > 0 ? preActivation : 0
        case .jumpReLU(let thresholds): preActivation > thresholds[index] ? preActivation : 0
        }
    }
}
