import Tensors

/// Normalisation of each row by its own size, in the two forms that transformers use.
///
///     RMSNorm     y = gain ⊙ x / σ             σ = sqrt(mean(x²) + ε)
///     LayerNorm   y = gain ⊙ (x − x̄) / σ + b   σ = sqrt(mean((x − x̄)²) + ε)
///
/// The denominators are returned apart from the result, because attribution freezes them: with σ given, both forms are
/// affine in x.
public struct Norm: Sendable {
    /// `[modelWidth]`: what is multiplied in, with any constant 1 that the architecture adds to its stored weight.
    public let gain: [Float]
    /// `[modelWidth]`, of a LayerNorm: what is added at the end.
    public let bias: [Float]?
    /// Whether each row's mean is taken off first: a LayerNorm.
    public let removesMean: Bool
    /// What keeps σ above zero, from config.json.
    public let epsilon: Float
    /// Whether σ is 1 whatever is read: a place where the architecture has no norm.
    let isIdentity: Bool

    private init(gain: [Float], bias: [Float]?, removesMean: Bool, epsilon: Float, isIdentity: Bool = false) {
        self.isIdentity = isIdentity
        precondition(bias.map { $0.count == gain.count } ?? true)
        self.gain = gain
        self.bias = bias
        self.removesMean = removesMean
        self.epsilon = epsilon
    }

    /// An RMSNorm of vectors as wide as `gain`.
    public static func rootMeanSquare(gain: [Float], epsilon: Float) -> Norm {
        Norm(gain: gain, bias: nil, removesMean: false, epsilon: epsilon)
    }

    /// A LayerNorm of vectors as wide as `gain`.
    public static func layer(gain: [Float], bias: [Float], epsilon: Float) -> Norm {
        Norm(gain: gain, bias: bias, removesMean: true, epsilon: epsilon)
    }

    /// No norm: what it gives is what it reads.
    public static func identity(width: Int) -> Norm {
        Norm(
            gain: [Float](repeating: 1, count: width), bias: nil, removesMean: false, epsilon: 0, isIdentity: true)
    }

    /// The same norm before gain and bias are applied.
    public var withoutGain: Norm {
        Norm(
            gain: [Float](repeating: 1, count: gain.count), bias: nil, removesMean: removesMean, epsilon: epsilon,
            isIdentity: isIdentity)
    }

    /// σ of each row of `x`.
    public func denominators(of x: Matrix) -> [Float] {
        precondition(x.columnCount == gain.count)
        if isIdentity { return [Float](repeating: 1, count: x.rowCount) }
        let width = x.columnCount
        return x.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return [] }
            return (0..<x.rowCount).map { row in
                let start = base + row * width
                let squares =
                    removesMean
                    ? centredSquareSum(start, mean: sum(start, count: width) / Float(width), count: width)
                    : dot(start, start, count: width)
                return (squares / Float(width) + epsilon).squareRoot()
            }
        }
    }

    /// `x` normalised with the denominators given, one a row.
    public func applied(to x: Matrix, denominators: [Float]) -> Matrix {
        precondition(x.columnCount == gain.count && denominators.count == x.rowCount)
        let width = x.columnCount
        var result = Matrix(rowCount: x.rowCount, columnCount: width)
        result.values.withUnsafeMutableBufferPointer { output in
            x.values.withUnsafeBufferPointer { input in
                guard let output = output.baseAddress, let input = input.baseAddress else { return }
                for row in 0..<x.rowCount {
                    let (from, to, scale) = (input + row * width, output + row * width, 1 / denominators[row])
                    if removesMean {
                        let mean = sum(from, count: width) / Float(width)
                        centredProduct(scale, mean: mean, from, gain, into: to, count: width)
                    } else {
                        scaledProduct(scale, from, gain, into: to, count: width)
                    }
                    if let bias { addScaled(1, bias, to: to, count: width) }
                }
            }
        }
        return result
    }

    /// `x` normalised by its own denominators.
    public func applied(to x: Matrix) -> Matrix { applied(to: x, denominators: denominators(of: x)) }

    /// Takes vectors through the norm with σ frozen and without its bias, in place: linear, so that what a sum of
    /// vectors becomes is the sum of what each becomes.
    ///
    /// - Parameters:
    ///   - rows: `[count, modelWidth]`
    ///   - denominator: σ at the rows' position; 1 where only directions matter
    public func applyLinearly(to rows: UnsafeMutablePointer<Float>, count: Int, denominator: Float) {
        let (width, scale) = (gain.count, 1 / denominator)
        gain.withUnsafeBufferPointer { gain in
            for row in 0..<count {
                let start = rows + row * width
                if removesMean { subtract(sum(start, count: width) / Float(width), from: start, count: width) }
                for column in 0..<width { start[column] *= scale * gain[column] }
            }
        }
    }
}
