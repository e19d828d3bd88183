import Tensors

/// What an encoder does to its input before anything else, by the input's own statistics.
///
/// Attribution freezes the divisor at each prompt, as it does those of the model's norms: then it is linear.
/// - SeeAlso: `normalize_activations` in `sae_lens.saes.sae` of SAELens 6
public enum InputNormalization: String, Sendable, Equatable {
    /// Nothing.
    case none
    /// `(x − x̄) / (s + 1e-5)`, s the standard deviation with d − 1 in its denominator.
    case layerNorm = "layer_norm"
    /// `x √d / |x|`.
    case constantNorm = "constant_norm_rescale"

    private static let layerNormFloor: Float = 1e-5

    /// Whether the input's mean is taken off first.
    public var removesMean: Bool { self == .layerNorm }

    /// What each row is divided by, `[rows]`.
    public func divisors(of x: Matrix) -> [Float] {
        let width = x.columnCount
        return x.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return [] }
            return (0..<x.rowCount).map { row in
                let start = base + row * width
                switch self {
                case .none: return 1
                case .layerNorm:
                    let squares = centredSquareSum(start, mean: sum(start, count: width) / Float(width), count: width)
                    return (squares / Float(max(1, width - 1))).squareRoot() + Self.layerNormFloor
                case .constantNorm: return (dot(start, start, count: width) / Float(width)).squareRoot()
                }
            }
        }
    }

    /// `x` with its rows' means taken off, where that is asked for, divided by `divisors`, one a row.
    public func applied(to x: Matrix, divisors: [Float]) -> Matrix {
        guard self != .none else { return x }
        var result = x
        for row in 0..<x.rowCount {
            var values = Array(x.row(row))
            removeMean(of: &values)
            for column in 0..<x.columnCount { result[row, column] = values[column] / divisors[row] }
        }
        return result
    }

    /// `x` normalised by its own statistics.
    public func applied(to x: Matrix) -> Matrix { self == .none ? x : applied(to: x, divisors: divisors(of: x)) }

    /// Takes the mean off a vector, where that is asked for. Its own adjoint: an encoder without its mean reads an input
    /// as the encoder reads the input without its mean.
    public func removeMean(of vector: inout [Float]) {
        guard removesMean, !vector.isEmpty else { return }
        let mean = vector.reduce(0, +) / Float(vector.count)
        for index in vector.indices { vector[index] -= mean }
    }
}
