import Tensors

/// Root-mean-square normalisation: `y = gain ⊙ x / σ`, `σ = sqrt(mean(x²) + ε)`.
///
/// The denominators are returned apart from the result, because attribution freezes them.
public struct RMSNorm: Sendable {
    /// `[modelWidth]`.
    public let gain: [Float]
    /// What keeps σ above zero, from config.json.
    public let epsilon: Float

    /// Normalises vectors as wide as `gain`.
    public init(gain: [Float], epsilon: Float) {
        self.gain = gain
        self.epsilon = epsilon
    }

    /// σ of each row of `x`.
    public func denominators(of x: Matrix) -> [Float] {
        precondition(x.columnCount == gain.count)
        return x.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return [] }
            return (0..<x.rowCount).map { row in
                let start = base + row * x.columnCount
                return (dot(start, start, count: x.columnCount) / Float(x.columnCount) + epsilon).squareRoot()
            }
        }
    }

    /// `gain ⊙ x / σ` with the denominators given, one a row.
    public func applied(to x: Matrix, denominators: [Float]) -> Matrix {
        precondition(x.columnCount == gain.count && denominators.count == x.rowCount)
        var result = Matrix(rowCount: x.rowCount, columnCount: x.columnCount)
        result.values.withUnsafeMutableBufferPointer { output in
            x.values.withUnsafeBufferPointer { input in
                guard let output = output.baseAddress, let input = input.baseAddress else { return }
                for row in 0..<x.rowCount {
                    let start = row * x.columnCount
                    scaledProduct(1 / denominators[row], input + start, gain, into: output + start, count: x.columnCount)
                }
            }
        }
        return result
    }
}
