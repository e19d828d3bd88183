/// Small non-negative numbers, such as gaps between sorted ids, in about `log2(mean) + 1.5` bits each.
///
/// A column is five bits of parameter `k` and one Rice code a number: `n >> k` ones, a zero, and the lowest `k` bits.
/// A number whose quotient reaches ``escape`` is written as that many ones and 32 plain bits.
///
/// - SeeAlso: Rice and Plaunt 1971, "Adaptive Variable-Length Coding".
enum GapColumn {
    /// The longest run of ones.
    static let escape = 24
    /// The largest parameter.
    static let largestParameter = 31

    /// Appends a column.
    static func append(_ values: [UInt32], to writer: inout BitWriter) {
        values.withUnsafeBufferPointer { append($0[...], to: &writer) }
    }

    /// Appends a column.
    static func append(_ values: Slice<UnsafeBufferPointer<UInt32>>, to writer: inout BitWriter) {
        let k = parameter(for: values)
        writer.append(UInt64(k), width: 5)
        for value in values {
            let quotient = Int(value >> UInt32(k))
            if quotient < escape {
                writer.append((1 << UInt64(quotient)) - 1, width: quotient + 1)
                writer.append(UInt64(value) & ((1 << UInt64(k)) - 1), width: k)
            } else {
                writer.append((1 << UInt64(escape)) - 1, width: escape)
                writer.append(UInt64(value), width: 32)
            }
        }
    }

    /// Reads a column of `count` numbers and hands each on with its place.
    @inline(__always)
    static func read(
        _ count: Int, from reader: inout BitReader, _ body: (Int, Int) throws(BlockFault) -> Void
    ) throws(BlockFault) {
        let k = try readParameter(from: &reader)
        for index in 0..<count { try body(index, try reader.readRice(k)) }
    }

    /// Reads a column of `count` numbers.
    static func read(_ count: Int, from reader: inout BitReader) throws(BlockFault) -> [Int] {
        guard count <= reader.remainingBits else {
            throw BlockFault(expected: "at most \(reader.remainingBits) numbers", found: "\(count)")
        }
        var values = [Int]()
        values.reserveCapacity(count)
        try read(count, from: &reader) { (_, value) throws(BlockFault) in values.append(value) }
        return values
    }

    /// Reads the parameter that begins a column.
    @inline(__always)
    static func readParameter(from reader: inout BitReader) throws(BlockFault) -> Int {
        Int(try reader.read(width: 5))
    }

    /// The cheapest of the parameters around `log2(mean)`.
    private static func parameter(for values: Slice<UnsafeBufferPointer<UInt32>>) -> Int {
        guard !values.isEmpty else { return 0 }
        let sum = values.reduce(into: UInt64(0)) { $0 += UInt64($1) }
        let mean = sum / UInt64(values.count)
        let middle = mean == 0 ? 0 : 63 - mean.leadingZeroBitCount
        var best = 0
        var lowest = Int.max
        for k in max(0, middle - 1)...min(largestParameter, middle + 1) {
            var bits = 0
            for value in values {
                let quotient = Int(value >> UInt32(k))
                bits += quotient < escape ? quotient + 1 + k : escape + 32
            }
            if bits < lowest { (best, lowest) = (k, bits) }
        }
        return best
    }
}
