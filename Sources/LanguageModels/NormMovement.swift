import Tensors

/// The part of a norm's derivative that holding its denominators leaves out: how σ itself moves with what is read.
///
/// With `x̂ = (x − x̄) / σ` (RMSNorm: `x / σ`) and `d` what a gradient becomes at the input with σ held, the whole
/// derivative is
///
///     d − x̂ (x̂ · d) / modelWidth
///
/// for both kinds of norms, as the mean that a LayerNorm removes is orthogonal to `x̂`.
public struct NormMovement: Sendable {
    /// `[positionCount, modelWidth]`: x̂.
    private let directions: Matrix

    /// - Parameters:
    ///   - norm: the norm
    ///   - x: `[positionCount, modelWidth]`, what it reads
    ///   - denominators: `[positionCount]`, σ of each row
    /// - Returns: `nil` where the architecture has no norm and σ is 1 whatever is read
    init?(_ norm: Norm, reading x: Matrix, denominators: [Float]) {
        guard !norm.isIdentity else { return nil }
        var plain = norm.withoutGain.applied(to: x, denominators: denominators)
        let scale = 1 / Float(plain.columnCount).squareRoot()
        for index in plain.values.indices { plain.values[index] *= scale }
        directions = plain
    }

    /// Adds the movement of σ to a gradient, `[modelWidth]`, that was taken to the norm's input with σ held.
    public func apply(to gradient: UnsafeMutablePointer<Float>, position: Int) {
        let width = directions.columnCount
        directions.values.withUnsafeBufferPointer { values in
            guard let direction = values.baseAddress.map({ $0 + position * width }) else { return }
            addScaled(-dot(direction, gradient, count: width), direction, to: gradient, count: width)
        }
    }
}
