/// GPT-2's word pattern, scanned by hand.
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
enum GPT2Pattern {
    /// The pattern as tokenizer files write it.
    static let text = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    /// Where the match that starts at `start` ends; text stops at `end`.
    static func endOfMatch(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        let first = text.bytes[start]
        if first == UInt8(ascii: "'"), let length = contractionLength(in: text, from: start, to: end) {
            return start + length
        }
        var (scalarClass, next) = text.scalar(at: start)
        if first == UInt8(ascii: " "), next < end {
            let following = text.scalar(at: next)
            if following.class != .whiteSpace { (scalarClass, next) = following }
        }
        if scalarClass == .whiteSpace { return text.endOfWhiteSpace(from: start, to: end) }
        return text.endOfRun(of: scalarClass, from: next, to: end)
    }

    private static func contractionLength(in text: ClassifiedText, from start: Int, to end: Int) -> Int? {
        guard start + 1 < end else { return nil }
        let second = text.bytes[start + 1]
        switch second {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
        default: break
        }
        guard start + 2 < end else { return nil }
        switch (second, text.bytes[start + 2]) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return 3
        default: return nil
        }
    }
}
