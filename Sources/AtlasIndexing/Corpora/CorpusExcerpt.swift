import Foundation

/// A piece of a corpus that is safe to print: one line, at most 60 characters, nothing invisible.
struct CorpusExcerpt: CustomStringConvertible {
    /// The longest description, in characters, including the mark for what was left out.
    static let limit = 60

    /// The escaped, shortened text, in backquotes unless it is empty.
    let description: String

    /// Quotes `text`; control, format and line-separating characters are written as `\u{…}`.
    init(_ text: some StringProtocol) {
        guard !text.isEmpty else {
            description = "nothing"
            return
        }
        var excerpt = "`"
        var length = 2
        for scalar in text.unicodeScalars {
            let piece = Self.escaped(scalar)
            guard length + piece.unicodeScalars.count < Self.limit else {
                excerpt += "…"
                break
            }
            excerpt += piece
            length += piece.unicodeScalars.count
        }
        description = excerpt + "`"
    }

    /// Quotes bytes that need not be valid UTF-8; what is invalid shows as U+FFFD.
    init(bytes: some Collection<UInt8>) {
        // A scalar takes at most four bytes, so nothing that could be shown is cut off here.
        self.init(String(decoding: bytes.prefix(4 * Self.limit), as: UTF8.self))
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            return "\\u{\(String(scalar.value, radix: 16))}"
        default:
            return String(scalar)
        }
    }
}
