import Foundation

/// A prompt's token ids by position: block kind 1.
public enum TokenBlock {
    /// Packs token ids, each below 2^32.
    public static func encode(_ tokens: [Int]) throws(BlockFault) -> Data {
        guard tokens.allSatisfy({ 0..<1 << 32 ~= $0 }) else {
            throw BlockFault(expected: "token ids in 0..<2^32", found: "\(tokens)")
        }
        return try Block.seal(.tokens, count: tokens.count) { (writer) throws(BlockFault) in
            // One more bit than needed for no tokens at all: every element takes at least one.
            let width = max(1, 64 - UInt64(tokens.max() ?? 0).leadingZeroBitCount)
            writer.append(UInt64(width), width: 6)
            for token in tokens { writer.append(UInt64(token), width: width) }
        }
    }

    /// Unpacks token ids.
    public static func decode(_ block: Data) throws(BlockFault) -> [Int] {
        try Block.withBytes(of: block, decode)
    }

    /// Unpacks token ids.
    public static func decode(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [Int] {
        try Block.open(.tokens, frame) { (count, reader) throws(BlockFault) in
            let width = Int(try reader.read(width: 6))
            guard 1...32 ~= width else { throw BlockFault(expected: "token ids of 1 to 32 bits", found: "\(width)") }
            var tokens = [Int]()
            tokens.reserveCapacity(count)
            for _ in 0..<count { tokens.append(Int(try reader.read(width: width))) }
            return tokens
        }
    }

    /// Unpacks token ids of a vocabulary.
    static func decode(_ frame: UnsafeRawBufferPointer, vocabularySize: Int) throws(BlockFault) -> [Int] {
        let tokens = try decode(frame)
        if let odd = tokens.first(where: { $0 >= vocabularySize }) {
            throw BlockFault(expected: "token ids below \(vocabularySize)", found: "\(odd)")
        }
        return tokens
    }
}
