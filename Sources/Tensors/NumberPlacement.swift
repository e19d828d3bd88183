/// Where numbers lie in memory, and how a matrix reads them from there.
///
/// `@unchecked Sendable`: what is behind `start` is never written.
public struct NumberPlacement: @unchecked Sendable {
    /// The address of the first number, for finding the file that is mapped there.
    public var address: UInt { UInt(bitPattern: start) }
    /// Type, shape, steps between rows and whatever else decides which number comes when.
    public let order: String
    private let start: UnsafeRawPointer
    /// Whether they are the matrix's numbers in its order, as Float32, without anything between.
    private let isPlain: Bool

    /// Describes numbers from `start`.
    public init(start: UnsafeRawPointer, order: String, isPlain: Bool = false) {
        self.start = start
        self.order = order
        self.isPlain = isPlain
    }

    /// The same numbers, read in another order.
    public func reordered(_ how: String) -> NumberPlacement {
        NumberPlacement(start: start, order: order + " " + how)
    }

    /// `count` numbers of the matrix where they are; `nil` where they must be copied to be read in order.
    public func floats(first: Int, count: Int) -> UnsafeRawBufferPointer? {
        isPlain ? UnsafeRawBufferPointer(start: start + 4 * first, count: 4 * count) : nil
    }
}
