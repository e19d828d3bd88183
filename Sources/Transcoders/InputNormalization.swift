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
        let width = x.columnCount
        result.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in divisors.indices { apply(to: base + row * width, count: width, divisor: divisors[row]) }
        }
        return result
    }

    /// Takes a vector's mean off, where that is asked for, and divides it, in place. Its own adjoint: an encoder so treated
    /// reads an input as the encoder reads the input so treated.
    public func apply(to vector: UnsafeMutablePointer<Float>, count: Int, divisor: Float) {
        if removesMean { subtract(sum(vector, count: count) / Float(count), from: vector, count: count) }
        for index in 0..<count { vector[index] /= divisor }
    }

    /// `x` normalised by its own statistics.
    public func applied(to x: Matrix) -> Matrix { self == .none ? x : applied(to: x, divisors: divisors(of: x)) }

    /// Takes the mean off a vector, where that is asked for.
    public func removeMean(of vector: inout [Float]) {
        vector.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { apply(to: base, count: buffer.count, divisor: 1) }
        }
    }
}
