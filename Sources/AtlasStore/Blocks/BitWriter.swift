/// Packs numbers of any width into bytes, lowest bit first.
///
/// - Invariant: fewer than 8 bits are pending between calls.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var pendingCount = 0

    /// Appends the lowest `width` bits of `value`; the higher ones must be zero.
    mutating func append(_ value: UInt64, width: Int) {
        assert(width <= 56 && (value >> UInt64(width) == 0 || width == 0 && value == 0))
        pending |= value << UInt64(pendingCount)
        pendingCount += width
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    /// Appends a number of unknown size: seven bits at a time, lowest first, each group followed by "more follows".
    mutating func appendVarint(_ value: Int) {
        precondition(value >= 0, "varints hold no negative number, not \(value)")
        var rest = UInt64(value)
        while rest >= 0x80 {
            append(rest & 0x7F | 0x80, width: 8)
            rest >>= 7
        }
        append(rest, width: 8)
    }

    /// Appends a number of either sign: 0, -1, 1, -2, 2… are written as the varints 0, 1, 2, 3, 4….
    mutating func appendZigzag(_ value: Int) {
        appendVarint(value << 1 ^ value >> 63)
    }

    /// Fills the last byte with zeros and returns all bytes.
    consuming func finish() -> [UInt8] {
        if pendingCount > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
        return bytes
    }
}
