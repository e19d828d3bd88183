import CKernels

// The vector kernels under Swift names. They compute and do nothing else; their plain versions are in TensorsTests.

/// The sum of `x[i] * y[i]`.
@inlinable public func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int) -> Float {
    fa_dot(x, y, count)
}

/// `x · y` and `x · z` in one reading of `x`.
@inlinable public func twoDots(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ z: UnsafePointer<Float>, count: Int
) -> (Float, Float) {
    var first: Float = 0
    var second: Float = 0
    fa_two_dots(x, y, z, count, &first, &second)
    return (first, second)
}

/// `y[i] += alpha * x[i]`.
@inlinable public func addScaled(
    _ alpha: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
) {
    fa_add_scaled(alpha, x, y, count)
}

/// `out[i] = alpha * x[i] * w[i]`.
@inlinable public func scaledProduct(
    _ alpha: Float, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    count: Int
) {
    fa_scaled_product(alpha, x, w, out, count)
}

/// The sum of `x[i]`.
@inlinable public func sum(_ x: UnsafePointer<Float>, count: Int) -> Float { fa_sum(x, count) }

/// The sum of `|x[i]|`.
@inlinable public func magnitudeSum(_ x: UnsafePointer<Float>, count: Int) -> Float { fa_magnitude_sum(x, count) }

/// `y[i] += alpha * |x[i]|`.
@inlinable public func addScaledMagnitude(
    _ alpha: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
) {
    fa_add_scaled_magnitude(alpha, x, y, count)
}

/// `x[i] -= value`.
@inlinable public func subtract(_ value: Float, from x: UnsafeMutablePointer<Float>, count: Int) {
    fa_subtract(value, x, count)
}

/// `out[i] = alpha * (x[i] - mean) * w[i]`.
@inlinable public func centredProduct(
    _ alpha: Float, mean: Float, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, count: Int
) {
    fa_centred_product(alpha, mean, x, w, out, count)
}

/// The sum of `(x[i] - mean)²`.
@inlinable public func centredSquareSum(_ x: UnsafePointer<Float>, mean: Float, count: Int) -> Float {
    fa_centred_square_sum(mean, x, count)
}

/// `x[i] = cap * tanh(x[i] / cap)`.
@inlinable public func softCap(_ x: UnsafeMutablePointer<Float>, at cap: Float, count: Int) {
    fa_soft_cap(cap, x, count)
}

/// `out[i] = silu(gate[i]) * up[i]` with `silu(x) = x / (1 + exp(-x))`.
@inlinable public func siluGate(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
) {
    fa_silu_gate(gate, up, out, count)
}

/// `out[i] = gelu(gate[i]) * up[i]` with GELU's tanh form.
@inlinable public func geluTanhGate(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
) {
    fa_gelu_tanh_gate(gate, up, out, count)
}

/// `out[i] = gelu(gate[i]) * up[i]` with GELU by the error function.
@inlinable public func geluGate(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
) {
    fa_gelu_gate(gate, up, out, count)
}

/// `x[i] = x[i] / 2 * (1 + tanh(sqrt(2 / π) * (x[i] + 0.044715 * x[i]³)))`.
@inlinable public func geluTanh(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_gelu_tanh(x, count) }

/// `x[i] = x[i] / 2 * (1 + erf(x[i] / sqrt(2)))`.
@inlinable public func gelu(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_gelu(x, count) }

/// `x[i] = silu(x[i]) / x[i]`, at 0 its limit, a half.
@inlinable public func siluSlope(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_silu_slope(x, count) }

/// `x[i] = gelu(x[i]) / x[i]` with GELU's tanh form, at 0 its limit, a half.
@inlinable public func geluTanhSlope(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_gelu_tanh_slope(x, count) }

/// `x[i] = gelu(x[i]) / x[i]` with GELU by the error function, at 0 its limit, a half.
@inlinable public func geluSlope(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_gelu_slope(x, count) }

/// `x[i]` becomes the derivative of SiLU there.
@inlinable public func siluDerivative(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_silu_derivative(x, count) }

/// `x[i]` becomes the derivative of GELU's tanh form there.
@inlinable public func geluTanhDerivative(_ x: UnsafeMutablePointer<Float>, count: Int) {
    fa_gelu_tanh_derivative(x, count)
}

/// `x[i]` becomes the derivative of GELU by the error function there.
@inlinable public func geluDerivative(_ x: UnsafeMutablePointer<Float>, count: Int) { fa_gelu_derivative(x, count) }

/// The sum of `x[i]²`.
@inlinable public func squareSum(_ x: UnsafePointer<Float>, count: Int) -> Float { fa_square_sum(x, count) }

/// The constants of one step of Adam (Kingma and Ba 2015).
public struct AdamStep: Sendable {
    /// How much of the running mean of gradients is kept.
    public var firstDecay: Float
    /// How much of the running mean of squared gradients is kept.
    public var secondDecay: Float
    /// The learning rate, corrected for a mean that began at zero.
    public var stepSize: Float
    /// What the root of the mean square is multiplied by, for a mean that began at zero.
    public var secondCorrection: Float
    /// Added to that root.
    public var floor: Float
    /// What gradients are multiplied by first.
    public var gradientScale: Float

    /// Says all of them.
    public init(
        firstDecay: Float, secondDecay: Float, stepSize: Float, secondCorrection: Float, floor: Float,
        gradientScale: Float
    ) {
        self.firstDecay = firstDecay
        self.secondDecay = secondDecay
        self.stepSize = stepSize
        self.secondCorrection = secondCorrection
        self.floor = floor
        self.gradientScale = gradientScale
    }
}

/// Moves `values` against `gradients`, with Adam's running means `first` and `second`, each of `count` numbers.
@inlinable public func adamStep(
    _ step: AdamStep, values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int
) {
    fa_adam_step(
        values, gradients, first, second, step.gradientScale, step.firstDecay, step.secondDecay, step.stepSize,
        step.secondCorrection, step.floor, count)
}

/// `x` becomes the softmax of `scale * x`, computed from the largest down so that nothing overflows.
///
/// As the softmax of an array within rounding, and vectorised; one NaN makes all numbers NaN.
@inlinable public func scaledSoftmax(_ x: UnsafeMutablePointer<Float>, scale: Float, count: Int) {
    fa_scaled_softmax(x, scale, count)
}

/// The adjoint of attention's value mixing for one target: what reaches each position's values.
///
/// - Parameters:
///   - z: `[positionCount, headCount * headWidth]`, the gradient at the heads' outputs
///   - patterns: `[headCount, positionStride, positionStride]`, query by key
///   - scale: `[positionCount]`, multiplied into each key position's result
///   - out: `[positionCount, headCount / groupSize * headWidth]`, overwritten; query heads that share a value head add up
@inlinable public func attentionAdjoint(
    _ z: UnsafePointer<Float>, patterns: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>, positionCount: Int, positionStride: Int, headCount: Int, groupSize: Int,
    headWidth: Int
) {
    fa_attention_adjoint(z, patterns, scale, out, positionCount, positionStride, headCount, groupSize, headWidth)
}
