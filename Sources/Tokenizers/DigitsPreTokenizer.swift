/// The `Digits` step: cuts numbers out of the text, as runs or one by one.
///
/// A number here is any scalar of the general category N, in the newest Unicode version, unlike in the regular
/// expressions of the other steps.
struct DigitsPreTokenizer: Sendable, Equatable {
    /// Whether every digit is a piece of its own.
    let cutsEachDigit: Bool

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        text.cut { text, start, end in
            var (isNumber, position) = scalar(in: text, at: start)
            if isNumber, cutsEachDigit { return position }
            while position < end {
                let following = scalar(in: text, at: position)
                if following.isNumber != isNumber { break }
                position = following.end
            }
            return position
        }
    }

    private func scalar(in text: ClassifiedText, at position: Int) -> (isNumber: Bool, end: Int) {
        let first = text.bytes[position]
        if first < 0x80 { return (first &- 0x30 < 10, position + 1) }
        let (code, end) = text.code(at: position)
        switch Unicode.Scalar(code)?.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: return (true, end)
        default: return (false, end)
        }
    }
}

extension DigitsPreTokenizer {
    /// Reads the step from a tokenizer file.
    init(from node: JSONNode) throws(TokenizerError) {
        cutsEachDigit = try node.required("individual_digits").boolean()
    }
}
