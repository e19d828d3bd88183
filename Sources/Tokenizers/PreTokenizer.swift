/// One step that cuts a text into pieces no token may straddle. Steps run in file order, each on the pieces of the
/// one before, so white space at the end of a piece counts as the end of the text.
enum PreTokenizer: Sendable, Equatable {
    /// Cuts numbers out.
    case digits(DigitsPreTokenizer)
    /// Cuts at the matches of a known regular expression.
    case split(SplitPreTokenizer)
    /// Adds a space in front, cuts by GPT-2's pattern, or only declares that tokens are made of bytes.
    case byteLevel(ByteLevelPreTokenizer)

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        switch self {
        case .digits(let step): step.apply(to: &text)
        case .split(let step): step.apply(to: &text)
        case .byteLevel(let step): step.apply(to: &text)
        }
    }
}

/// A text in UTF-8 and the pieces it is cut into, in order and without gaps.
struct PieceList: Equatable {
    /// The text.
    var bytes: [UInt8]
    /// The byte ranges of the pieces; none is empty.
    var pieces: [Range<Int>]

    /// A text in one piece; no piece if it is empty.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        pieces = bytes.isEmpty ? [] : [0..<bytes.count]
    }

    /// Cuts every piece into matches.
    ///
    /// - Parameter endOfMatch: where the match that starts at the first position ends, at most the second; each
    ///   match holds at least one scalar
    mutating func cut(_ endOfMatch: (ClassifiedText, _ start: Int, _ end: Int) -> Int) {
        let uncut = pieces
        pieces = ClassifiedText.view(bytes) { text in
            var cut: [Range<Int>] = []
            cut.reserveCapacity(max(uncut.count, text.bytes.count / 4))
            for piece in uncut {
                var start = piece.lowerBound
                while start < piece.upperBound {
                    let end = endOfMatch(text, start, piece.upperBound)
                    cut.append(start..<end)
                    start = end
                }
            }
            return cut
        }
    }
}

extension PreTokenizer {
    /// What a file may name, for error messages.
    static let supportedTypes = "ByteLevel, Split, Digits or a Sequence of them (byte-level BPE)"

    /// Reads the `pre_tokenizer` of a tokenizer file, sequences flattened; ByteLevel must come last.
    static func steps(from node: JSONNode) throws(TokenizerError) -> [PreTokenizer] {
        let steps = try flattened(node)
        for (position, step) in steps.enumerated() {
            guard case .byteLevel = step else { continue }
            guard position == steps.count - 1 else {
                throw node.error(
                    expected: "ByteLevel as the last step", found: "it as step \(position + 1) of \(steps.count)")
            }
            return steps
        }
        throw node.error(expected: "a sequence that ends with ByteLevel", found: "\(steps.count) steps without one")
    }

    private static func flattened(_ node: JSONNode) throws(TokenizerError) -> [PreTokenizer] {
        let type = try node.required("type")
        switch try type.string() {
        case "ByteLevel": return [.byteLevel(try ByteLevelPreTokenizer(from: node))]
        case "Digits": return [.digits(try DigitsPreTokenizer(from: node))]
        case "Split": return [.split(try SplitPreTokenizer(from: node))]
        case "Sequence":
            var steps: [PreTokenizer] = []
            for element in try node.required("pretokenizers").elements() { steps += try flattened(element) }
            return steps
        default: throw type.unexpected(supportedTypes)
        }
    }
}
