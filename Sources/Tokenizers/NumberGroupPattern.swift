/// The word pattern of Llama 3 (numbers in groups of up to three) and of Qwen (numbers one by one), scanned by hand.
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
struct NumberGroupPattern: Sendable {
    /// The pattern as Llama 3's tokenizer file writes it.
    static let llama3Text = text(numbers: #"\p{N}{1,3}"#)
    /// The pattern as Qwen 2's and Qwen 3's tokenizer files write it.
    static let qwenText = text(numbers: #"\p{N}"#)

    /// How many number scalars one match may hold.
    let longestNumber: Int

    private static func text(numbers: String) -> String {
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// Where the match that starts at `start` ends; text stops at `end`.
    func endOfMatch(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        let first = text.bytes[start]
        if first == UInt8(ascii: "'"), let contraction = endOfContraction(in: text, from: start, to: end) {
            return contraction
        }
        let (scalarClass, next) = text.scalar(at: start)
        switch scalarClass {
        case .letter: return text.endOfRun(of: .letter, from: next, to: end)
        case .number: return endOfNumber(in: text, from: start, to: end)
        case .whiteSpace, .other: break
        }
        let following = next < end ? text.scalar(at: next).class : nil
        if following == .letter, !isLineBreak(first) { return text.endOfRun(of: .letter, from: next, to: end) }
        if scalarClass == .other || (first == UInt8(ascii: " ") && following == .other) {
            return endOfLineBreaks(in: text, from: text.endOfRun(of: .other, from: next, to: end), to: end)
        }
        return endOfSpace(in: text, from: start, to: end)
    }

    private func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private func endOfNumber(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        var position = start
        for _ in 0..<longestNumber where position < end {
            let scalar = text.scalar(at: position)
            guard scalar.class == .number else { break }
            position = scalar.end
        }
        return position
    }

    private func endOfLineBreaks(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end, isLineBreak(text.bytes[position]) { position += 1 }
        return position
    }

    /// `\s*[\r\n]+` ends behind the last line break of the run of white space; without one, `\s+(?!\S)|\s+` applies.
    private func endOfSpace(in text: ClassifiedText, from start: Int, to end: Int) -> Int {
        let runEnd = text.endOfRun(of: .whiteSpace, from: start, to: end)
        if let lastBreak = text.bytes[start..<runEnd].lastIndex(where: isLineBreak) { return lastBreak + 1 }
        return text.endOfWhiteSpace(from: start, to: end)
    }

    /// Contractions in either case; U+017F, the long s, is an s when case is ignored.
    private func endOfContraction(in text: ClassifiedText, from start: Int, to end: Int) -> Int? {
        guard start + 1 < end else { return nil }
        let second = text.bytes[start + 1] | 0x20
        if second == UInt8(ascii: "s") || second == UInt8(ascii: "t") || second == UInt8(ascii: "m")
            || second == UInt8(ascii: "d")
        {
            return start + 2
        }
        guard start + 2 < end else { return nil }
        if text.bytes[start + 1] == 0xC5, text.bytes[start + 2] == 0xBF { return start + 3 }
        switch (second, text.bytes[start + 2] | 0x20) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }
}
