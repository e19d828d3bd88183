/// An immutable map from byte strings to token ids, looked up without allocation.
///
/// An open-addressing hash table over one flat buffer, at most half full.
struct ByteStringTable: Sendable {
    private struct Entry {
        var hash: UInt32
        /// The number of the string, or -1 where the slot is empty.
        var string: Int32
    }

    private var entries: [Entry]
    private var bytes: [UInt8]
    private var ends: [Int]
    private var ids: [Int32]
    private var longest = 0

    /// A table of distinct strings.
    init(_ strings: [(bytes: [UInt8], id: Int)]) {
        let bits = max(4, Int.bitWidth - (strings.count * 2).leadingZeroBitCount)
        entries = Array(repeating: Entry(hash: 0, string: -1), count: 1 << bits)
        bytes = []
        ends = [0]
        ids = []
        for (string, id) in strings {
            let hash = string.withUnsafeBufferPointer(Self.hash)
            var slot = Int(hash) & (entries.count - 1)
            while entries[slot].string >= 0 { slot = (slot + 1) & (entries.count - 1) }
            entries[slot] = Entry(hash: hash, string: Int32(ids.count))
            bytes += string
            ends.append(bytes.count)
            ids.append(Int32(id))
            longest = max(longest, string.count)
        }
    }

    /// The id of `string`, or nil where the table does not hold it.
    func find(_ string: UnsafeBufferPointer<UInt8>) -> Int? {
        guard string.count <= longest else { return nil }
        let hash = Self.hash(string)
        var slot = Int(hash) & (entries.count - 1)
        while true {
            let entry = entries[slot]
            if entry.string < 0 { return nil }
            if entry.hash == hash, isEqual(Int(entry.string), string) { return Int(ids[Int(entry.string)]) }
            slot = (slot + 1) & (entries.count - 1)
        }
    }

    private func isEqual(_ number: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = ends[number]
        guard ends[number + 1] - start == string.count else { return false }
        for offset in 0..<string.count where bytes[start + offset] != string[offset] { return false }
        return true
    }

    /// FNV-1a over 64 bits, its high half folded into the low one.
    @inline(__always)
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
