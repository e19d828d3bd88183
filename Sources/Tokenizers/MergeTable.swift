/// The merges of a byte-pair encoding: which token two neighbours become, and how early.
///
/// An open-addressing hash table with linear probing, at most half full; a pair of ids is one 64-bit key.
struct MergeTable: Sendable {
    /// A rank that no merge has.
    static let noMerge = UInt32.max

    private struct Entry {
        var key: UInt64
        var rank: UInt32
        var merged: UInt32
    }

    /// No pair has this key: ids stay far below `UInt32.max`.
    private static let emptyKey = UInt64.max

    private var entries: [Entry]
    private let shift: UInt64

    /// An empty table with room for `count` merges.
    init(capacity count: Int) {
        let bits = max(4, Int.bitWidth - (count * 2).leadingZeroBitCount)
        entries = Array(repeating: Entry(key: Self.emptyKey, rank: Self.noMerge, merged: 0), count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    /// Sets what a pair becomes; a pair that is set twice keeps the later rank, as in the reference.
    mutating func set(_ left: UInt32, _ right: UInt32, rank: UInt32, merged: UInt32) {
        let slot = slot(of: Self.key(left, right))
        entries[slot] = Entry(key: Self.key(left, right), rank: rank, merged: merged)
    }

    /// The rank and the result of merging a pair; the rank is ``noMerge`` where there is none.
    @inline(__always)
    func find(_ left: UInt32, _ right: UInt32) -> (rank: UInt32, merged: UInt32) {
        let entry = entries[slot(of: Self.key(left, right))]
        return (entry.rank, entry.merged)
    }

    /// All pairs, in no order.
    var pairs: [(left: UInt32, right: UInt32)] {
        entries.filter { $0.key != Self.emptyKey }.map { (UInt32($0.key >> 32), UInt32(truncatingIfNeeded: $0.key)) }
    }

    @inline(__always)
    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    /// The slot that holds `key`, or the empty one where it belongs.
    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        // 2^64 divided by the golden ratio (Knuth, "The Art of Computer Programming" 3, 6.4); folding the high half
        // in first lets both ids reach the top bits.
        var slot = Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
        let mask = entries.count - 1
        while true {
            let found = entries[slot].key
            if found == key || found == Self.emptyKey { return slot }
            slot = (slot + 1) & mask
        }
    }
}
