import Attribution

/// What an evaluation finds out beside what it always does.
public struct EvaluationOptions: Sendable, Codable, Equatable {
    /// Prompts that are attributed for their scores, evenly spaced over the corpus; all of a smaller corpus.
    public var attributedPrompts: Int
    /// How they are attributed.
    public var attribution: AttributionOptions
    /// What becomes of a text that is longer than the model's context; `nil`: it is refused as a malformed record is.
    public var truncation: PromptTruncation?

    /// Fifty prompts, all their features.
    public init(
        attributedPrompts: Int = 50, attribution: AttributionOptions = AttributionOptions(),
        truncation: PromptTruncation? = nil
    ) {
        precondition(attributedPrompts >= 0)
        self.attributedPrompts = attributedPrompts
        self.attribution = attribution
        self.truncation = truncation
    }

    /// Which records of a corpus are attributed: the `i`-th of `n` is record ⌊i · recordCount / n⌋.
    func attributedRecords(of recordCount: Int) -> Set<Int> {
        let count = min(attributedPrompts, recordCount)
        return Set((0..<count).map { $0 * recordCount / count })
    }
}
