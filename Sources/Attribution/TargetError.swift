/// Why something cannot be attributed or set: one line that says what, what was expected, and what was found.
public struct TargetError: Error, Equatable, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String

    /// Joins what was asked for, what was expected and what was found.
    init(_ what: String, expected: String, found: String) {
        description = "\(what): expected \(expected), found \(found)"
    }
}
