/// What BERT's tokenizers do to a text: control characters out, spaces plain, ideographs apart, accents and case off.
struct BertNormalizer: Sendable, Equatable {
    let cleansText: Bool
    let separatesIdeographs: Bool
    let takesAccentsOff: Bool
    let lowers: Bool

    func apply(to bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if cleansText { bytes = Self.cleansed(bytes) }
        if separatesIdeographs { bytes = Self.separated(bytes) }
        if takesAccentsOff {
            bytes = TextNormalizer.filtered(UnicodeForm.canonicalDecomposition.apply(to: bytes)) {
                !TextNormalizer.isMark($0, among: .of(.nonspacingMark))
            }
        }
        return lowers ? TextNormalizer.lowercased(bytes) : bytes
    }

    private static func cleansed(_ bytes: [UInt8]) -> [UInt8] {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\t", "\n", "\r": result.append(" ")
            case "\0", "\u{FFFD}": continue
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .privateUse, .surrogate: continue
                default: result.append(scalar.properties.isWhitespace ? " " : scalar)
                }
            }
        }
        return Array(String(result).utf8)
    }

    private static func separated(_ bytes: [UInt8]) -> [UInt8] {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
                0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
                result.append(contentsOf: [" ", scalar, " "])
            default: result.append(scalar)
            }
        }
        return Array(String(result).utf8)
    }
}

extension BertNormalizer {
    /// Reads the step from a tokenizer file; accents go with case unless the file says otherwise.
    init(from node: JSONNode) throws(TokenizerError) {
        cleansText = try node.optional("clean_text")?.boolean() ?? true
        separatesIdeographs = try node.optional("handle_chinese_chars")?.boolean() ?? true
        lowers = try node.optional("lowercase")?.boolean() ?? true
        takesAccentsOff = try node.optional("strip_accents")?.boolean() ?? lowers
    }
}
