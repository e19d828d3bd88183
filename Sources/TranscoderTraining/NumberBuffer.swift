/// Numbers that several threads write, each in places of its own.
///
/// `@unchecked Sendable`: whoever hands one to threads gives each of them other places, and reads only after all are done.
final class NumberBuffer: @unchecked Sendable {
    /// How many numbers.
    let count: Int
    /// The first of them.
    let base: UnsafeMutablePointer<Float>

    /// Makes numbers that are zero.
    init(count: Int) {
        self.count = count
        base = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
        base.initialize(repeating: 0, count: count)
    }

    deinit { base.deallocate() }

    /// Copies some numbers.
    func array(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }
}
