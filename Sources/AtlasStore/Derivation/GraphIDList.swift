import Foundation
import GRDB

/// Ids of graphs, ascending, as the gaps between them: a varint each, seven bits a byte, lowest first, the highest bit of a
/// byte telling that more follow.
enum GraphIDList {
    /// Packs ids that ascend, the first above 0.
    static func encode(_ ids: [Int]) -> Data {
        var bytes = Data()
        var last = 0
        for id in ids {
            precondition(id > last, "graph ids do not ascend")
            append(UInt64(id - last), to: &bytes)
            last = id
        }
        return bytes
    }

    /// Unpacks ids.
    static func decode(_ bytes: Data) throws(BlockFault) -> [Int] {
        var ids: [Int] = []
        var (last, gap, shift) = (0, UInt64(0), UInt64(0))
        for byte in bytes {
            guard shift < 56 else { throw BlockFault(expected: "varints of 8 bytes at most", found: "a longer one") }
            gap |= UInt64(byte & 0x7F) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            guard gap > 0 else { throw BlockFault(expected: "ids that ascend", found: "one twice") }
            let (id, overflows) = last.addingReportingOverflow(Int(gap))
            guard !overflows else { throw BlockFault(expected: "ids below 2^63", found: "larger ones") }
            ids.append(id)
            (last, gap, shift) = (id, 0, 0)
        }
        guard shift == 0 else { throw BlockFault(expected: "whole varints", found: "half of one") }
        return ids
    }

    /// In SQL: one list behind another, all of whose ids are smaller.
    static let joining = DatabaseFunction("joined_graph_ids", argumentCount: 2, pure: true) { values in
        guard let first = Data.fromDatabaseValue(values[0]), let second = Data.fromDatabaseValue(values[1]) else {
            return nil
        }
        return try join(first, second)
    }

    static func join(_ first: Data, _ second: Data) throws(BlockFault) -> Data {
        try encode(decode(first) + decode(second))
    }

    private static func append(_ value: UInt64, to bytes: inout Data) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
