import AtlasStore

/// One of the equal parts that a corpus is cut into by content, so that many machines index it at once.
///
/// Whether a text belongs to a shard depends on its SHA-256 and the number of shards alone: shards share no text and leave
/// none out, whatever the order of the corpus and however often a text is in it. Shard `index` holds the index-th of
/// `count` equal ranges of hashes, so that shards one after the other are in canonical order.
public struct CorpusShard: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Which part, from 1.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// The most parts.
    public static let countLimit = 1_000_000

    /// - Returns: `nil` unless 1 ≤ index ≤ count ≤ ``countLimit``
    public init?(index: Int, count: Int) {
        guard 1...Self.countLimit ~= count, 1...count ~= index else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `3/32`.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }),
            let index = Int(String(decoding: parts[0], as: UTF8.self)),
            let count = Int(String(decoding: parts[1], as: UTF8.self))
        else { return nil }
        self.init(index: index, count: count)
    }

    /// Whether a text is in this part.
    public func contains(_ text: String) -> Bool {
        let prefix = ContentHash(of: text).bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(prefix.multipliedFullWidth(by: UInt64(count)).high) == index - 1
    }

    /// As it is given: `3/32`.
    public var description: String { "\(index)/\(count)" }
}
