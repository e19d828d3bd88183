/// What a `Split` or `Replace` step looks for: a text as it is written, or a regular expression.
enum TextPattern: Sendable, Equatable {
    case literal(LiteralPattern)
    case expression(RegularExpression)

    /// The byte ranges of the matches in a range of valid UTF-8, from the left, without overlap.
    func matches(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        switch self {
        case .literal(let pattern): pattern.matches(in: text, range)
        case .expression(let pattern): pattern.matches(in: text, range)
        }
    }

    /// The text with every match replaced.
    func replaced(in text: [UInt8], by content: [UInt8]) -> [UInt8] {
        let matches = matches(in: text, 0..<text.count)
        guard !matches.isEmpty else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + matches.count * content.count)
        var copied = 0
        for match in matches {
            result += text[copied..<match.lowerBound]
            result += content
            copied = match.upperBound
        }
        result += text[copied...]
        return result
    }
}

extension TextPattern {
    /// Reads `{"String": "…"}` or `{"Regex": "…"}`.
    init(from node: JSONNode) throws(TokenizerError) {
        guard let pattern = try node.optional("Regex") else {
            self = .literal(try LiteralPattern(from: node))
            return
        }
        let text = try pattern.string()
        do throws(ExpressionError) {
            self = .expression(try RegularExpression(text))
        } catch {
            throw pattern.error(expected: "a regular expression that is understood here", found: error.found)
        }
    }
}
