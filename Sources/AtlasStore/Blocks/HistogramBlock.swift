import Foundation

/// Exact counts by bin: block kind 7.
public enum HistogramBlock {
    /// How many equal bins a feature's activations over (0, maximum] are counted in.
    public static let binCount = 50

    /// Packs counts, each below 2^32.
    public static func encode(_ counts: [Int]) throws(BlockFault) -> Data {
        guard counts.allSatisfy({ 0..<1 << 32 ~= $0 }) else {
            throw BlockFault(expected: "counts in 0..<2^32", found: "\(counts)")
        }
        return try Block.seal(.histogram, count: counts.count) { (writer) throws(BlockFault) in
            GapColumn.append(counts.map(UInt32.init), to: &writer)
        }
    }

    /// Unpacks counts.
    public static func decode(_ block: Data) throws(BlockFault) -> [Int] {
        try Block.withBytes(of: block, decode)
    }

    /// Unpacks counts.
    public static func decode(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [Int] {
        try Block.open(.histogram, frame) { (count, reader) throws(BlockFault) in
            try GapColumn.read(count, from: &reader)
        }
    }

    /// The bin of a positive `value`: bin `k` of `binCount` holds `(k/binCount, (k+1)/binCount]` of `maximum`.
    static func bin(of value: Float, maximum: Float, binCount: Int) -> Int {
        let place = (Double(value) / Double(maximum) * Double(binCount)).rounded(.up)
        return min(binCount, max(1, Int(place))) - 1
    }
}
