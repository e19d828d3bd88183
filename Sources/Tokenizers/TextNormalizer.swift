/// A change made to the text before it is cut.
enum TextNormalizer: Sendable, Equatable {
    /// A Unicode normalization form.
    case form(UnicodeForm)
    /// A text put in front, unless there is none yet.
    case prepend([UInt8])
    /// Every match replaced, as SentencePiece-style files replace spaces by `▁`.
    case replace(TextPattern, by: [UInt8])
    /// Each character in lower case, whatever stands beside it.
    case lowercase
    /// Combining marks taken out.
    case withoutMarks
    /// White space taken off the ends.
    case strip(left: Bool, right: Bool)
    /// What BERT does.
    case bert(BertNormalizer)
    /// Control characters taken out and rare spaces made plain, as for machine translation.
    case plainSpaces
    /// A table of replacements that SentencePiece compiled.
    case table(ReplacementTable)

    /// The changed text.
    func apply(to bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .form(.canonicalComposition): CanonicalComposition.apply(to: bytes)
        case .form(let form): form.apply(to: bytes)
        case .prepend(let prefix): bytes.isEmpty ? bytes : prefix + bytes
        case .replace(let pattern, let content): pattern.replaced(in: bytes, by: content)
        case .lowercase: Self.lowercased(bytes)
        case .withoutMarks: Self.filtered(bytes) { !Self.isMark($0, among: .mark) }
        case .strip(let left, let right): Self.stripped(bytes, left: left, right: right)
        case .bert(let step): step.apply(to: bytes)
        case .plainSpaces: Self.withPlainSpaces(bytes)
        case .table(let table): table.apply(to: bytes)
        }
    }

    /// Each scalar in lower case.
    static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar.isASCII {
                result.append(UInt8(truncatingIfNeeded: scalar.value) | (("A"..."Z").contains(scalar) ? 0x20 : 0))
            } else {
                result += scalar.properties.lowercaseMapping.utf8
            }
        }
        return result
    }

    /// Whether the reference, whose tables of marks are old, knows a scalar as one.
    static func isMark(_ scalar: Unicode.Scalar, among categories: ScalarCategory) -> Bool {
        !ReferenceUnicode.normalization.predates(scalar.properties)
            && categories.contains(.of(scalar.properties.generalCategory))
    }

    /// The scalars that pass.
    static func filtered(_ bytes: [UInt8], _ passes: (Unicode.Scalar) -> Bool) -> [UInt8] {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: String(decoding: bytes, as: UTF8.self).unicodeScalars.filter(passes))
        return Array(String(scalars).utf8)
    }

    private static func stripped(_ bytes: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        if left { scalars = scalars.drop { $0.properties.isWhitespace } }
        if right { while scalars.last?.properties.isWhitespace == true { scalars.removeLast() } }
        return Array(String(scalars).utf8)
    }

    private static func withPlainSpaces(_ bytes: [UInt8]) -> [UInt8] {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: continue
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
                result.append(" ")
            default: result.append(scalar)
            }
        }
        return Array(String(result).utf8)
    }
}

extension TextNormalizer {
    /// Reads the `normalizer` of a tokenizer file, sequences flattened.
    static func steps(from node: JSONNode) throws(TokenizerError) -> [TextNormalizer] {
        let type = try node.required("type")
        let name = try type.string()
        if let form = UnicodeForm(rawValue: name) { return [.form(form)] }
        switch name {
        case "Prepend": return [.prepend(Array(try node.required("prepend").string().utf8))]
        case "Replace":
            return [
                .replace(
                    try TextPattern(from: try node.required("pattern")),
                    by: Array(try node.required("content").string().utf8))
            ]
        case "Lowercase": return [.lowercase]
        case "StripAccents": return [.withoutMarks]
        case "Strip":
            return [
                .strip(
                    left: try node.optional("strip_left")?.boolean() ?? true,
                    right: try node.optional("strip_right")?.boolean() ?? true)
            ]
        case "BertNormalizer": return [.bert(try BertNormalizer(from: node))]
        case "Nmt": return [.plainSpaces]
        case "Precompiled": return try ReplacementTable(from: node).map { [.table($0)] } ?? []
        case "Sequence":
            var steps: [TextNormalizer] = []
            for element in try node.required("normalizers").elements() { steps += try Self.steps(from: element) }
            return steps
        default:
            throw type.unexpected(
                "NFC, NFD, NFKC, NFKD, Prepend, Replace, Lowercase, StripAccents, Strip, BertNormalizer, Nmt, Precompiled or a Sequence of them"
            )
        }
    }
}
