/// What is wrong with a corpus, and where.
public struct CorpusError: Error, Equatable, Sendable {
    /// The corpus: a path as it was given, `standard input` or `template`.
    public let file: String
    /// The line that is wrong or that the malformed record begins at, from 1; `nil` when the whole corpus is concerned.
    public let line: Int?
    /// What should have been there.
    public let expected: String
    /// What was there: one line of at most 60 characters where it quotes the corpus.
    public let found: String
    /// What to do about it.
    public let advice: String?
    /// Whether nothing more can be read after it: such an error is thrown even when malformed records are skipped.
    public let endsInput: Bool

    /// Describes a malformed record, or with `endsInput` a corpus that cannot be read on.
    public init(
        file: String, line: Int? = nil, expected: String, found: String, advice: String? = nil, endsInput: Bool = false
    ) {
        self.file = file
        self.line = line
        self.expected = expected
        self.found = found
        self.advice = advice
        self.endsInput = endsInput
    }
}

extension CorpusError: CustomStringConvertible {
    /// One line: `corpus.jsonl line 12: expected …, found …; do …`.
    public var description: String {
        let place = line.map { "\(file) line \($0)" } ?? file
        return "\(place): expected \(expected), found \(found)" + (advice.map { "; \($0)" } ?? "")
    }
}
