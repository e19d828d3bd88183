/// Bytes read bit by bit, the lowest first, as deflated data is.
struct BitInput {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var bits: UInt64 = 0
    private var bitCount = 0

    /// Starts at the first bit of `bytes`.
    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether more bits were taken than there are; those past the end are zeros.
    var isOverrun: Bool { 8 * position - bitCount > 8 * bytes.count }

    /// The next `count` bits as a number, the first bit lowest.
    @inline(__always)
    mutating func take(_ count: Int) -> Int {
        let value = peek(count)
        drop(count)
        return value
    }

    /// The next `count` bits, which stay; at most 32.
    @inline(__always)
    mutating func peek(_ count: Int) -> Int {
        while bitCount < count {
            if position < bytes.count { bits |= UInt64(bytes[position]) << UInt64(bitCount) }
            position += 1
            bitCount += 8
        }
        return Int(bits & (1 << UInt64(count) - 1))
    }

    /// Passes over `count` bits that were seen.
    @inline(__always)
    mutating func drop(_ count: Int) {
        bits >>= UInt64(count)
        bitCount -= count
    }

    /// Passes over the rest of a byte that was begun.
    mutating func dropPartOfByte() { drop(bitCount % 8) }
}
