/// A text that is searched for as it is written, from the left, without overlap.
struct LiteralPattern: Sendable, Equatable {
    /// What is searched for; not empty.
    let bytes: [UInt8]

    /// The byte ranges of the matches in `range`.
    func matches(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        text.withUnsafeBufferPointer { text in
            var matches: [Range<Int>] = []
            var position = range.lowerBound
            let last = range.upperBound - bytes.count
            while position <= last {
                if text[position] == bytes[0], isMatch(text, position) {
                    matches.append(position..<position + bytes.count)
                    position += bytes.count
                } else {
                    position += 1
                }
            }
            return matches
        }
    }

    /// The text with every match replaced.
    func replaced(in text: [UInt8], by content: [UInt8]) -> [UInt8] {
        let matches = matches(in: text, 0..<text.count)
        guard !matches.isEmpty else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + matches.count * max(0, content.count - bytes.count))
        var copied = 0
        for match in matches {
            result += text[copied..<match.lowerBound]
            result += content
            copied = match.upperBound
        }
        result += text[copied...]
        return result
    }

    @inline(__always)
    private func isMatch(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        for offset in bytes.indices where text[position + offset] != bytes[offset] { return false }
        return true
    }
}

extension LiteralPattern {
    /// Reads `{"String": "…"}`; a regular expression is refused.
    init(from node: JSONNode) throws(TokenizerError) {
        guard let literal = try node.optional("String") else {
            throw node.error(expected: "a literal pattern \"String\"", found: node.value.excerpt)
        }
        bytes = Array(try literal.string().utf8)
        guard !bytes.isEmpty else { throw literal.error(expected: "a text to search for", found: "an empty one") }
    }
}
