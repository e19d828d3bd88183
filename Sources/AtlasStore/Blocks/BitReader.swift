/// Reads what ``BitWriter`` wrote; never reads past the end of the bytes it was given.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private let bitCount: Int
    private var position = 0

    /// Reads `bytes` from the start; they must outlive the reader.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        bitCount = bytes.count * 8
    }

    /// How many bits are left: an upper bound for the elements that can follow, as each takes at least one.
    var remainingBits: Int { bitCount - position }

    /// The next 57 or more bits, zeros past the end.
    @inline(__always)
    private func peek() -> UInt64 {
        let byte = position >> 3
        if byte + 8 <= bytes.count {
            return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
                >> UInt64(position & 7)
        }
        var word: UInt64 = 0
        for index in 0..<max(0, bytes.count - byte) { word |= UInt64(bytes[byte + index]) << UInt64(index * 8) }
        return word >> UInt64(position & 7)
    }

    /// Reads a number of `width` bits, at most 56.
    @inline(__always)
    mutating func read(width: Int) throws(BlockFault) -> UInt64 {
        guard width <= remainingBits else { throw ended(width) }
        let value = peek() & ((1 << UInt64(width)) - 1)
        position += width
        return value
    }

    /// Reads one Rice code with parameter `k`; see ``GapColumn``.
    @inline(__always)
    mutating func readRice(_ k: Int) throws(BlockFault) -> Int {
        let word = peek()
        let quotient = (~word).trailingZeroBitCount
        let width: Int
        let value: UInt64
        if quotient < GapColumn.escape {
            width = quotient + 1 + k
            value = UInt64(quotient) << UInt64(k) | word >> UInt64(quotient + 1) & ((1 << UInt64(k)) - 1)
        } else {
            width = GapColumn.escape + 32
            value = word >> UInt64(GapColumn.escape) & 0xFFFF_FFFF
        }
        guard width <= remainingBits else { throw ended(width) }
        position += width
        return Int(value)
    }

    /// Reads a varint of at most 56 bits.
    mutating func readVarint() throws(BlockFault) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 56, by: 7) {
            let group = try read(width: 8)
            value |= (group & 0x7F) << shift
            if group < 0x80 { return Int(value) }
        }
        throw BlockFault(expected: "a number of at most 56 bits", found: "a longer one")
    }

    /// Reads a zigzag varint.
    mutating func readZigzag() throws(BlockFault) -> Int {
        let value = try readVarint()
        return value >> 1 ^ -(value & 1)
    }

    /// Reads a count of elements that take at least one bit each, so that a damaged count cannot exhaust memory.
    mutating func readCount(of what: String) throws(BlockFault) -> Int {
        let count = try readVarint()
        guard count <= remainingBits else {
            throw BlockFault(expected: "at most \(remainingBits) \(what)", found: "\(count)")
        }
        return count
    }

    /// Throws unless nothing but the last byte's filling is left.
    func requireEnd() throws(BlockFault) {
        guard remainingBits < 8 else {
            throw BlockFault(expected: "the end of the block", found: "\(remainingBits / 8) more bytes")
        }
    }

    private func ended(_ width: Int) -> BlockFault {
        BlockFault(expected: "\(width) more bits", found: "\(remainingBits) at the end of the block")
    }
}
