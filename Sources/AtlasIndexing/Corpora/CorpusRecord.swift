import Texts

/// One prompt of a corpus, as it was read: checked, but not yet tokenised.
public struct CorpusRecord: Sendable, Equatable {
    /// The prompt; never empty, valid Unicode, without NUL.
    public let text: String
    /// The corpus's own name for the prompt.
    public let externalID: String?
    /// The continuation that would be right, where the corpus knows it.
    public let answer: String?
    /// What later queries group by.
    public let tags: [ExactText: String]
    /// Where the prompt was read, for messages: `corpus.jsonl line 12`.
    public let place: String

    /// Holds one prompt and what its corpus says about it.
    public init(
        text: String, externalID: String? = nil, answer: String? = nil, tags: [ExactText: String] = [:], place: String
    ) {
        self.text = text
        self.externalID = externalID
        self.answer = answer
        self.tags = tags
        self.place = place
    }
}
