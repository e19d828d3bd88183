import Tensors

/// Numbers that training changes, each with its gradient and Adam's two running means.
struct ParameterArray: Sendable {
    private let numbers: NumberBuffer
    private let slopes: NumberBuffer
    private let first: NumberBuffer
    private let second: NumberBuffer

    /// Starts with zeros.
    init(count: Int) {
        numbers = NumberBuffer(count: count)
        slopes = NumberBuffer(count: count)
        first = NumberBuffer(count: count)
        second = NumberBuffer(count: count)
    }

    /// Starts with numbers whose running means are zero.
    init(_ initial: [Float]) {
        self.init(count: initial.count)
        restart(at: 0, with: initial)
    }

    /// How many numbers.
    var count: Int { numbers.count }
    /// The numbers themselves.
    var values: UnsafeMutablePointer<Float> { numbers.base }
    /// The gradient of the loss by each.
    var gradients: UnsafeMutablePointer<Float> { slopes.base }
    /// The running mean of each gradient.
    var firstMoments: UnsafeMutablePointer<Float> { first.base }
    /// The running mean of each gradient's square.
    var secondMoments: UnsafeMutablePointer<Float> { second.base }
    /// A copy of the numbers.
    var array: [Float] { numbers.array(0..<count) }
    /// A copy of the gradients.
    var gradientArray: [Float] { slopes.array(0..<count) }

    /// Sets gradients to zero.
    func clearGradients() { gradients.update(repeating: 0, count: count) }

    /// Moves some numbers against their gradients.
    func move(_ range: Range<Int>, _ step: AdamStep) {
        adamStep(
            step, values: values + range.lowerBound, gradients: gradients + range.lowerBound,
            first: firstMoments + range.lowerBound, second: secondMoments + range.lowerBound, count: range.count)
    }

    /// Gives some numbers new values, as if they had never had a gradient.
    func restart(at start: Int, with new: [Float]) {
        precondition(start >= 0 && start + new.count <= count)
        for (offset, value) in new.enumerated() {
            values[start + offset] = value
            firstMoments[start + offset] = 0
            secondMoments[start + offset] = 0
        }
    }

    /// The sum of the squares of some gradients.
    func gradientSquares(_ range: Range<Int>) -> Double {
        Double(squareSum(gradients + range.lowerBound, count: range.count))
    }
}
