import Foundation

/// A set of feature indices of one layer, one bit each.
struct FeatureBits: Sendable, Codable, Equatable {
    /// How many features the layer has.
    let count: Int
    /// Bit `i % 8` of byte `i / 8` is feature `i`.
    private var bytes: Data

    /// An empty set among `count` features.
    init(count: Int) {
        self.count = count
        bytes = Data(count: (count + 7) / 8)
    }

    /// Whether the other set is about as many features and neither is damaged.
    func hasShape(of other: FeatureBits) -> Bool { count == other.count && bytes.count == other.bytes.count }

    /// How many features are in the set.
    var insertedCount: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Adds one feature.
    mutating func insert(_ index: Int) {
        precondition((0..<count).contains(index))
        bytes[index / 8] |= 1 << UInt8(index % 8)
    }

    /// Adds every feature of a set of the same shape.
    mutating func formUnion(_ other: FeatureBits) {
        precondition(hasShape(of: other))
        for index in bytes.indices { bytes[index] |= other.bytes[index] }
    }
}
