/// One step that cuts a text into pieces no token may straddle. Steps run in file order, each on the pieces of the
/// one before, so white space at the end of a piece counts as the end of the text.
enum PreTokenizer: Sendable, Equatable {
    /// Cuts numbers out.
    case digits(DigitsPreTokenizer)
    /// Cuts around the matches of a text or a regular expression.
    case split(SplitPreTokenizer)
    /// Writes spaces as a visible character and cuts before it.
    case metaspace(MetaspacePreTokenizer)
    /// Adds a space in front, cuts by GPT-2's pattern, or only declares that tokens are made of bytes.
    case byteLevel(ByteLevelPreTokenizer)

    /// Cuts every piece of `text`.
    func apply(to text: inout PieceList) {
        switch self {
        case .digits(let step): step.apply(to: &text)
        case .split(let step): step.apply(to: &text)
        case .metaspace(let step): step.apply(to: &text)
        case .byteLevel(let step): step.apply(to: &text)
        }
    }
}

/// A text in UTF-8 and the pieces it is cut into, in order; what lies in no piece is left out.
struct PieceList: Equatable {
    /// The text.
    var bytes: [UInt8]
    /// The byte ranges of the pieces; none is empty.
    var pieces: [Range<Int>]
    /// Whether it is the start of the text that is encoded, and not what follows an added token.
    let startsText: Bool

    /// A text in one piece; no piece if it is empty.
    init(_ bytes: [UInt8], startsText: Bool = true) {
        self.bytes = bytes
        self.startsText = startsText
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
    static let supportedTypes =
        "ByteLevel, Split, Digits, Metaspace, Whitespace, WhitespaceSplit, Punctuation, BertPreTokenizer, "
        + "CharDelimiterSplit or a Sequence of them"

    /// Reads the `pre_tokenizer` of a tokenizer file, sequences flattened; ByteLevel, if there, must come last.
    static func steps(from node: JSONNode) throws(TokenizerError) -> [PreTokenizer] {
        let steps = try flattened(node)
        for (position, step) in steps.enumerated() where step.isByteLevel && position < steps.count - 1 {
            throw node.error(
                expected: "ByteLevel as the last step", found: "it as step \(position + 1) of \(steps.count)")
        }
        return steps
    }

    /// Whether the step declares that tokens are made of bytes.
    var isByteLevel: Bool { if case .byteLevel = self { true } else { false } }

    private static func flattened(_ node: JSONNode) throws(TokenizerError) -> [PreTokenizer] {
        let type = try node.required("type")
        switch try type.string() {
        case "ByteLevel": return [.byteLevel(try ByteLevelPreTokenizer(from: node))]
        case "Digits": return [.digits(try DigitsPreTokenizer(from: node))]
        case "Metaspace": return [.metaspace(try MetaspacePreTokenizer(from: node))]
        case "Split":
            return [.split(try SplitPreTokenizer(from: node))]
        case "Whitespace": return [WordPreTokenizer.words]
        case "WhitespaceSplit": return [WordPreTokenizer.whiteSpace]
        case "BertPreTokenizer": return WordPreTokenizer.bert
        case "Punctuation":
            let behavior = try node.optional("behavior")
            return [
                WordPreTokenizer.punctuation(
                    try behavior.map { (node) throws(TokenizerError) in try .init(from: node) } ?? .isolated)
            ]
        case "CharDelimiterSplit":
            let character = try node.required("delimiter")
            let text = try character.string()
            guard text.unicodeScalars.count == 1 else { throw character.unexpected("one character") }
            return [
                .split(
                    SplitPreTokenizer(
                        pattern: .literal(LiteralPattern(bytes: Array(text.utf8))), behavior: .removed,
                        isInverted: false))
            ]
        case "Sequence":
            var steps: [PreTokenizer] = []
            for element in try node.required("pretokenizers").elements() { steps += try flattened(element) }
            return steps
        default: throw type.unexpected(supportedTypes)
        }
    }
}
