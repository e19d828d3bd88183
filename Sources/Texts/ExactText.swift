/// A text whose identity is its bytes: what foreign text is compared, sorted, grouped and looked up by.
///
///     "\u{E9}" == "e\u{301}"                        // true: Swift compares up to canonical equivalence
///     ExactText("\u{E9}") == ExactText("e\u{301}")  // false: other bytes, other tokens, another prompt
///
/// SQLite compares and orders text the same way, so what this type tells apart the atlas does too.
public struct ExactText: Hashable, Comparable, Sendable {
    /// The text itself.
    public let string: String

    /// Wraps a text.
    public init(_ string: some StringProtocol) {
        self.string = String(string)
    }

    /// Whether both are the same UTF-8, byte for byte.
    public static func == (left: ExactText, right: ExactText) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    /// The order of their UTF-8, byte by byte, which is that of their code points.
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }

    /// Hashes the UTF-8.
    public func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))  // stands in no UTF-8, so texts beside one another do not run together
    }
}

extension ExactText: ExpressibleByStringLiteral {
    /// Wraps a text that stands in the source.
    public init(stringLiteral value: String) { self.init(value) }
}

extension ExactText: CustomStringConvertible {
    /// The text itself.
    public var description: String { string }
}

extension Sequence where Element: StringProtocol {
    /// Whether one of the texts is `text`, byte for byte.
    public func containsExactly(_ text: some StringProtocol) -> Bool {
        contains { $0.utf8.elementsEqual(text.utf8) }
    }
}

extension StringProtocol {
    /// The parts between the occurrences of an ASCII character, empty ones included.
    ///
    /// Swift's `split` looks at characters: it does not find a comma that a combining mark follows.
    ///
    /// - Parameter maximumCount: the last part keeps the separators that are left
    public func splitExactly(at separator: Unicode.Scalar, maximumCount: Int = .max) -> [String] {
        precondition(separator.isASCII && maximumCount >= 1)
        return utf8.split(
            separator: UInt8(ascii: separator), maxSplits: maximumCount - 1, omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
    }
}
