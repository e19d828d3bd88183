import Foundation

/// A tokenizer file that cannot be used: which file, where in it, what was expected and what was found.
///
/// Printed as one line: `tokenizer.json: model.vocab["the"]: expected an id from 0 to 4194303, found -3`.
public struct TokenizerError: Error, Equatable, Sendable {
    /// The path of the file that was read.
    public let file: String
    /// The place inside the file, as a path of member names; empty when the file as a whole is meant.
    public let place: String
    /// What a usable file has at that place.
    public let expected: String
    /// What this file has there.
    public let found: String

    /// Creates an error; line breaks and control characters in the texts are escaped.
    public init(file: String, place: String, expected: String, found: String) {
        self.file = file
        self.place = Self.onOneLine(place)
        self.expected = Self.onOneLine(expected)
        self.found = Self.onOneLine(found)
    }

    /// The longest excerpt of a file that an error repeats, in characters.
    private static let excerptLength = 300

    private static func onOneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(excerptLength) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > excerptLength ? line + "…" : line
    }
}

extension TokenizerError: CustomStringConvertible, LocalizedError {
    /// The whole error on one line.
    public var description: String {
        (place.isEmpty ? file : "\(file): \(place)") + ": expected \(expected), found \(found)"
    }

    /// The same line, for code that only knows `Error`.
    public var errorDescription: String? { description }
}
