/// What a name may be: of a label, a supernode, a corpus, a tag.
///
/// People type names, tables show them and SQLite keeps them. So a name is one line: without control characters and line
/// separators, and without white space at its ends. Characters without width, which Persian and emoji are written with,
/// stay, and are written out where a table shows them. Two names are the same where their bytes are; "é" written in two
/// ways is two names.
///
/// What is no name but data (a prompt, an answer, a tag's value, a corpus's own id) may hold anything but NUL, at which
/// SQLite's functions cut a text: "Texas\0junk" would be read, and written, as "Texas".
package enum NameRule {
    /// What is wrong with a text.
    package struct Fault: Error {
        package let expected: String
        package let found: String

        package init(expected: String, found: String) {
            self.expected = expected
            self.found = found
        }
    }

    /// The longest name, in Unicode scalars; a longer text is a note.
    package static let longestName = 500
    /// The longest note, in Unicode scalars.
    package static let longestNote = 100_000

    /// The name that is meant by `text`: without the white space at its ends.
    ///
    /// - Throws: `Fault` for an empty or a long one, and for characters that no name has.
    package static func name(_ text: String) throws(Fault) -> String {
        let name = trimmed(text)
        let length = name.unicodeScalars.count
        guard 1...longestName ~= length else {
            throw Fault(expected: "a name of 1 to \(longestName) characters", found: "one of \(length)")
        }
        if let odd = name.unicodeScalars.first(where: isForbidden) {
            throw Fault(
                expected: "a name of one line without control characters",
                found: "U+\(hexadecimal(odd)) in \(excerpt(name))")
        }
        return name
    }

    /// A text as a name: on one line, and with the whole of it as a note where it is longer than a name may be.
    package static func fitted(_ text: String) -> (name: String?, note: String) {
        let line = trimmed(
            String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { scalar -> Unicode.Scalar in
                        switch scalar.properties.generalCategory {
                        case .control, .lineSeparator, .paragraphSeparator: " "
                        default: scalar.properties.isNoncharacterCodePoint ? "\u{FFFD}" : scalar
                        }
                    })))
        let scalars = line.unicodeScalars
        guard !scalars.isEmpty else { return (nil, "") }
        guard scalars.count > longestName else { return (line, "") }
        let beginning = String(String.UnicodeScalarView(scalars.prefix(longestName - 1)))
        return (
            trimmed(beginning) + "…",
            String(String.UnicodeScalarView(scalars.prefix(longestNote)))
        )
    }

    /// Throws unless `text` may be a note: any text with line breaks and tabs, without other control characters.
    package static func requireNote(_ text: String) throws(Fault) {
        let length = text.unicodeScalars.count
        guard length <= longestNote else {
            throw Fault(expected: "a note of at most \(longestNote) characters", found: "one of \(length)")
        }
        let breaks: [Unicode.Scalar] = ["\n", "\r", "\t"]
        if let odd = text.unicodeScalars.first(where: {
            $0.properties.generalCategory == .control && !breaks.contains($0)
        }) {
            throw Fault(
                expected: "a note without control characters but line breaks and tabs",
                found: "U+\(hexadecimal(odd)) in \(excerpt(text))")
        }
    }

    /// Throws unless `text` may be stored as data: whatever has no NUL.
    package static func requireData(_ text: String) throws(Fault) {
        guard !text.utf8.contains(0) else { throw Fault(expected: "text without NUL", found: excerpt(text)) }
    }

    /// A text without the white space at its ends.
    package static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: scalar.properties.isNoncharacterCodePoint
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// The beginning of a text, in quotes, with what does not show written out.
    private static func excerpt(_ text: String) -> String {
        let beginning = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60)))
        return beginning.quotedInOneLine + (text.unicodeScalars.count > 60 ? "…" : "")
    }
}
