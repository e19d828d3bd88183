/// Why something could not be exported, or an exported file not be read back.
public struct ExportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or the value concerned.
    public let place: String
    /// What should have been there.
    public let expected: String
    /// What was there.
    public let found: String
    /// What to do about it.
    public let advice: String?

    /// Describes a failure at `place`.
    public init(place: String, expected: String, found: String, advice: String? = nil) {
        self.place = place
        self.expected = expected
        self.found = found
        self.advice = advice
    }

    /// One line: `place: expected …, found …; advice`.
    public var description: String {
        "\(place): expected \(expected), found \(found)" + (advice.map { "; \($0)" } ?? "")
    }
}
