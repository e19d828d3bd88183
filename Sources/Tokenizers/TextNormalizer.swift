/// A change made to the text before it is cut.
enum TextNormalizer: Sendable, Equatable {
    /// Unicode normalization form C.
    case canonicalComposition
    /// A text put in front, unless there is none yet.
    case prepend([UInt8])
    /// Every match replaced, as SentencePiece-style files replace spaces by `▁`.
    case replace(LiteralPattern, by: [UInt8])

    /// The changed text.
    func apply(to bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .canonicalComposition: CanonicalComposition.apply(to: bytes)
        case .prepend(let prefix): bytes.isEmpty ? bytes : prefix + bytes
        case .replace(let pattern, let content): pattern.replaced(in: bytes, by: content)
        }
    }
}

extension TextNormalizer {
    /// Reads the `normalizer` of a tokenizer file, sequences flattened.
    static func steps(from node: JSONNode) throws(TokenizerError) -> [TextNormalizer] {
        let type = try node.required("type")
        switch try type.string() {
        case "NFC": return [.canonicalComposition]
        case "Prepend": return [.prepend(Array(try node.required("prepend").string().utf8))]
        case "Replace":
            return [
                .replace(
                    try LiteralPattern(from: try node.required("pattern")),
                    by: Array(try node.required("content").string().utf8))
            ]
        case "Sequence":
            var steps: [TextNormalizer] = []
            for element in try node.required("normalizers").elements() { steps += try Self.steps(from: element) }
            return steps
        default: throw type.unexpected("NFC, Prepend, Replace or a Sequence of them")
        }
    }
}
