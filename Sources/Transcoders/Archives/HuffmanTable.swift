/// A canonical Huffman code as one table, looked up with as many bits as its longest code has.
///
/// - SeeAlso: RFC 1951, 3.2.2
struct HuffmanTable {
    /// Symbol and code length of each bit pattern: `symbol << 4 | length`; 0 where no code begins so.
    private let entries: [UInt16]
    private let bitCount: Int

    /// The code of the symbols with these code lengths; a symbol of length 0 has none.
    ///
    /// A code need not be complete, as that of a single distance is not; one with too many codes is refused.
    init(_ lengths: [UInt8]) throws(Inflate.Fault) {
        bitCount = Int(lengths.max() ?? 0)
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        var starts = [Int](repeating: 0, count: 17)
        for length in 1...15 {
            guard starts[length] + counts[length] <= 1 << length else { throw .badCode }
            starts[length + 1] = (starts[length] + counts[length]) << 1
        }
        var entries = [UInt16](repeating: 0, count: 1 << bitCount)
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let code = starts[Int(length)]
            starts[Int(length)] += 1
            // Codes are packed from their highest bit on, everything else from its lowest.
            var reversed = 0
            for bit in 0..<Int(length) where code >> bit & 1 == 1 { reversed |= 1 << (Int(length) - 1 - bit) }
            for pattern in stride(from: reversed, to: entries.count, by: 1 << Int(length)) {
                entries[pattern] = UInt16(symbol) << 4 | UInt16(length)
            }
        }
        self.entries = entries
    }

    /// The symbol that the next bits stand for.
    @inline(__always)
    func next(from input: inout BitInput) throws(Inflate.Fault) -> Int {
        let entry = entries[input.peek(bitCount)]
        guard entry != 0, !input.isOverrun else { throw input.isOverrun ? .truncated : .badSymbol }
        input.drop(Int(entry & 15))
        return Int(entry >> 4)
    }
}
