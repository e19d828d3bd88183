/// Unpacks deflated bytes.
///
/// Exactly as many bytes as were announced are written, or none are kept: data that would give more, fewer, or that
/// breaks the format is refused. Input past its end reads as zeros and is refused in the end.
/// - SeeAlso: RFC 1951, whose section numbers are quoted
struct Inflate {
    /// Why deflated bytes cannot be unpacked.
    enum Fault: String, Error {
        case truncated = "the deflated data ends early"
        case tooLong = "the deflated data gives more bytes than the archive says"
        case tooShort = "the deflated data gives fewer bytes than the archive says"
        case badBlock = "the deflated data has a block that is no valid one"
        case badCode = "the deflated data has code lengths that make no code"
        case badSymbol = "the deflated data has a symbol that stands for nothing"
        case badDistance = "the deflated data refers to bytes before its start"
    }

    /// The most bytes that one deflated byte can stand for: a match of 258 bytes in two bits.
    static let largestRatio = 1032

    private var input: BitInput
    private let output: UnsafeMutableRawBufferPointer
    private var written = 0

    /// Unpacks `input` into all of `output`.
    static func unpack(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(Fault) {
        var inflate = Inflate(input: BitInput(bytes: input), output: output)
        var isLast = false
        while !isLast {
            isLast = inflate.input.take(1) == 1
            switch inflate.input.take(2) {
            case 0: try inflate.copyStored()
            case 1:
                try inflate.unpackBlock(
                    literals: HuffmanTable(fixedLiterals), distances: HuffmanTable(fixedDistances))
            case 2:
                let (literals, distances) = try inflate.readTables()
                try inflate.unpackBlock(literals: literals, distances: distances)
            default: throw .badBlock
            }
            if inflate.input.isOverrun { throw .truncated }
        }
        guard inflate.written == output.count else { throw .tooShort }
    }

    /// 3.2.4: a block that is not compressed.
    private mutating func copyStored() throws(Fault) {
        input.dropPartOfByte()
        let count = input.take(16)
        guard count ^ 0xFFFF == input.take(16) else { throw .badBlock }
        guard count <= output.count - written else { throw .tooLong }
        for index in written..<written + count { output[index] = UInt8(truncatingIfNeeded: input.take(8)) }
        written += count
    }

    /// 3.2.7: the code lengths of a block, themselves coded.
    private mutating func readTables() throws(Fault) -> (literals: HuffmanTable, distances: HuffmanTable) {
        let literalCount = input.take(5) + 257
        let distanceCount = input.take(5) + 1
        let orderCount = input.take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .badBlock }
        var orders = [UInt8](repeating: 0, count: 19)
        for index in 0..<orderCount { orders[Self.lengthOrder[index]] = UInt8(input.take(3)) }
        let table = try HuffmanTable(orders)
        var lengths: [UInt8] = []
        while lengths.count < literalCount + distanceCount {
            guard !input.isOverrun else { throw .truncated }
            let symbol = try table.next(from: &input)
            switch symbol {
            case 0..<16: lengths.append(UInt8(symbol))
            case 16:
                guard let last = lengths.last else { throw .badCode }
                lengths += repeatElement(last, count: 3 + input.take(2))
            case 17: lengths += repeatElement(0, count: 3 + input.take(3))
            default: lengths += repeatElement(0, count: 11 + input.take(7))
            }
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] > 0 else { throw .badCode }
        return (try HuffmanTable(Array(lengths[..<literalCount])), try HuffmanTable(Array(lengths[literalCount...])))
    }

    /// 3.2.5: literals, and matches of a length at a distance back.
    private mutating func unpackBlock(literals: HuffmanTable, distances: HuffmanTable) throws(Fault) {
        while true {
            let symbol = try literals.next(from: &input)
            if symbol < 256 {
                guard written < output.count else { throw .tooLong }
                output[written] = UInt8(truncatingIfNeeded: symbol)
                written += 1
                continue
            }
            if symbol == 256 { return }
            guard !input.isOverrun else { throw .truncated }
            guard symbol < 286 else { throw .badSymbol }
            let length = Self.lengthBases[symbol - 257] + input.take(Self.lengthExtras[symbol - 257])
            let place = try distances.next(from: &input)
            guard place < 30 else { throw .badSymbol }
            let distance = Self.distanceBases[place] + input.take(Self.distanceExtras[place])
            guard distance <= written else { throw .badDistance }
            guard length <= output.count - written else { throw .tooLong }
            // Byte by byte: a match may run into what it writes itself.
            for index in written..<written + length { output[index] = output[index - distance] }
            written += length
        }
    }

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtras = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let distanceExtras = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    /// 3.2.6: the fixed code.
    private static let fixedLiterals = (0..<288).map { UInt8($0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8) }
    private static let fixedDistances = [UInt8](repeating: 5, count: 32)
}
