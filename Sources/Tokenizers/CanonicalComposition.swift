import Foundation

/// Unicode normalization form C, as the reference computes it: scalars newer than its Unicode version neither move
/// nor compose.
enum CanonicalComposition {
    /// The normalized form of valid UTF-8.
    ///
    /// Scalars below U+0300 are starters and never the second of a composed pair, so only stretches of other scalars,
    /// each with the scalar before it, need normalizing.
    static func apply(to bytes: [UInt8]) -> [UInt8] {
        guard var stretch = bytes.firstIndex(where: isAboveLatin) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var copied = 0
        while stretch < bytes.count {
            let end = endOfStretch(bytes, from: stretch)
            if !isUnchanged(bytes[stretch..<end]) {
                let start = startOfScalar(bytes, before: stretch, notBefore: copied)
                result += bytes[copied..<start]
                appendNormalized(bytes[start..<end], to: &result)
                copied = end
            }
            stretch = bytes[end...].firstIndex(where: isAboveLatin) ?? bytes.count
        }
        result += bytes[copied...]
        return result
    }

    /// Whether a byte starts a scalar of U+0300 or above; no continuation byte is that large.
    private static func isAboveLatin(_ byte: UInt8) -> Bool { byte >= 0xCC }

    private static func endOfStretch(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start
        while end < bytes.count, isAboveLatin(bytes[end]) || bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    private static func startOfScalar(_ bytes: [UInt8], before end: Int, notBefore limit: Int) -> Int {
        guard end > limit else { return end }
        var start = end - 1
        while start > limit, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// Whether a stretch holds only common scalars that are in normal form next to each other.
    private static func isUnchanged(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(decoding: bytes, as: UTF8.self).unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x400...0x482,  // Cyrillic before its combining marks
                0x2002...0x206F,  // punctuation behind the two spaces that are replaced
                0x3041...0x3098, 0x309B...0x30FF,  // kana without the combining voicing marks
                0x4E00...0x9FD5,  // unified ideographs
                0xAC00...0xD7A3:  // Hangul syllables
                true
            default: false
            }
        }
    }

    private static func appendNormalized(_ bytes: ArraySlice<UInt8>, to result: inout [UInt8]) {
        var known = String.UnicodeScalarView()
        func flush() {
            result += String(known).precomposedStringWithCanonicalMapping.utf8
            known.removeAll(keepingCapacity: true)
        }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if ReferenceUnicode.normalization.predates(scalar.properties) {
                flush()
                result += String(scalar).utf8
            } else {
                known.append(contentsOf: combiningParts(of: scalar))
            }
        }
        flush()
    }

    /// The marks that the three Tibetan vowel signs of combining class 0 decompose into; Foundation takes these signs
    /// for starters and does not order the marks around them. Any other scalar is left as it is.
    static func combiningParts(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0x0F73: ["\u{0F71}", "\u{0F72}"]
        case 0x0F75: ["\u{0F71}", "\u{0F74}"]
        case 0x0F81: ["\u{0F71}", "\u{0F80}"]
        default: [scalar]
        }
    }
}
