import Texts

/// A regular expression of a tokenizer file.
///
///     let expression = try RegularExpression(#"\p{N}{1,3}| ?\p{L}+"#)
///     expression.matches(in: Array("of 1984".utf8), 0..<7)
///
/// Matches are what Oniguruma finds, with which the reference is built.
struct RegularExpression: Sendable, Equatable {
    /// As the file writes it.
    let text: String
    private let program: ExpressionProgram

    init(_ text: String) throws(ExpressionError) {
        self.text = text
        program = try ExpressionProgram(try ExpressionParser.parse(text))
    }

    static func == (left: RegularExpression, right: RegularExpression) -> Bool {
        ExactText(left.text) == ExactText(right.text)
    }

    /// The byte ranges of the matches in `range`, from the left, without overlap. Some may be empty.
    ///
    /// - Parameter text: valid UTF-8
    func matches(in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        text.withUnsafeBufferPointer { bytes in
            var matching = ExpressionMatching(program, in: bytes, range)
            var matches: [Range<Int>] = []
            var position = range.lowerBound
            while position <= range.upperBound {
                if let end = matching.endOfMatch(at: position) {
                    // An empty match right behind another one is none.
                    if end > position || matches.last?.upperBound != position { matches.append(position..<end) }
                    if end > position {
                        position = end
                        continue
                    }
                }
                guard position < range.upperBound else { break }
                _ = UTF8Scalar.decode(bytes, at: &position)
            }
            return matches
        }
    }
}
