import Foundation

/// A table of replacements as SentencePiece compiles it: a trie of what is replaced, and the texts that come for it.
///
/// - SeeAlso: SentencePiece's `normalizer.cc`; the double-array trie is that of darts-clone
struct ReplacementTable: Sendable, Equatable {
    private let units: [UInt32]
    private let texts: [UInt8]

    /// Characters at most this long are looked up whole, before their scalars.
    private static let longestCharacter = 6

    /// The text with what the table holds replaced.
    func apply(to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for character in String(decoding: bytes, as: UTF8.self) {
            let whole = Array(character.utf8)
            if whole.count < Self.longestCharacter, let text = replacement(of: whole) {
                result += text
                continue
            }
            for scalar in character.unicodeScalars {
                let part = Array(String(scalar).utf8)
                result += replacement(of: part) ?? part[...]
            }
        }
        return result
    }

    /// What comes for the shortest beginning of `bytes` that the table holds.
    private func replacement(of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard let root = units.first else { return nil }
        var place = Self.offset(root)
        for byte in bytes {
            guard byte != 0 else { return nil }
            place ^= Int(byte)
            guard units.indices.contains(place), units[place] & 0x8000_00FF == UInt32(byte) else { return nil }
            let unit = units[place]
            place ^= Self.offset(unit)
            guard unit >> 8 & 1 == 1 else { continue }
            guard units.indices.contains(place) else { return nil }
            let start = Int(units[place] & 0x7FFF_FFFF)
            guard start <= texts.count else { return nil }
            return texts[start..<(texts[start...].firstIndex(of: 0) ?? texts.count)]
        }
        return nil
    }

    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
}

extension ReplacementTable {
    /// Reads `precompiled_charsmap`; nil where there is none or it is empty.
    init?(from node: JSONNode) throws(TokenizerError) {
        guard let map = try node.optional("precompiled_charsmap") else { return nil }
        let text = try map.string()
        guard !text.isEmpty else { return nil }
        guard let data = Data(base64Encoded: text), data.count >= 4 else {
            throw map.error(expected: "a table in Base64", found: "another text")
        }
        let bytes = [UInt8](data)
        func number(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
        }
        let size = Int(number(0))
        guard size % 4 == 0, size <= bytes.count - 4 else {
            throw map.error(expected: "a trie of at most \(bytes.count - 4) bytes", found: "one of \(size)")
        }
        units = stride(from: 4, to: 4 + size, by: 4).map(number)
        texts = Array(bytes[(4 + size)...])
    }
}
