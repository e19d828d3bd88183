/// Something about a record that was taken over with less than it says: no fault, but to be told.
public struct CorpusNote: Sendable, Equatable {
    /// What was left out.
    public enum Kind: Sendable, Equatable {
        /// Tokens behind those that the model's context holds.
        case truncated(tokens: Int, kept: Int)
        /// An answer: the same text has another one already, from the record at `place` or, without one, in the atlas.
        case otherAnswer(found: String, kept: String, place: String?)
    }

    /// Where the record stands: `corpus.jsonl line 12`.
    public let place: String
    /// What was left out.
    public let kind: Kind
}

extension CorpusNote: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch kind {
        case .truncated(let tokens, let kept):
            return "\(place): cut to the model's context: the first \(kept) of \(tokens) tokens are kept"
        case .otherAnswer(let found, let kept, let first):
            let origin = first.map { "the same text as \($0)" } ?? "its text is in the atlas already,"
            return
                "\(place): \(origin) with another answer: kept \(CorpusExcerpt(kept)), left out \(CorpusExcerpt(found))"
        }
    }
}

extension CorpusNote {
    /// Tells of a text that was cut.
    init(_ record: CorpusRecord, _ reading: PromptReader.Reading) {
        self.init(
            place: record.place, kind: .truncated(tokens: reading.wholeCount, kept: reading.tokens.count))
    }
}
