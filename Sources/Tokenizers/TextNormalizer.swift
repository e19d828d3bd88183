/// A change made to the text before it is cut.
enum TextNormalizer: Sendable, Equatable {
    /// Unicode normalization form C.
    case canonicalComposition

    /// The changed text.
    func apply(to bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .canonicalComposition: CanonicalComposition.apply(to: bytes)
        }
    }
}

extension TextNormalizer {
    /// Reads the `normalizer` of a tokenizer file, sequences flattened.
    static func steps(from node: JSONNode) throws(TokenizerError) -> [TextNormalizer] {
        let type = try node.required("type")
        switch try type.string() {
        case "NFC": return [.canonicalComposition]
        case "Sequence":
            var steps: [TextNormalizer] = []
            for element in try node.required("normalizers").elements() { steps += try Self.steps(from: element) }
            return steps
        default: throw type.unexpected("NFC or a Sequence of it (byte-level BPE)")
        }
    }
}
