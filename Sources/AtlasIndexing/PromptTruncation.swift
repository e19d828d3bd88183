/// What becomes of a text that is longer than the model's context, where it is not refused.
public enum PromptTruncation: String, Sendable, Codable {
    /// Its first tokens are kept, as many as the context holds, the beginning-of-sequence token included.
    ///
    /// The atlas keeps the whole text and says with the tag ``PromptTruncation/tag`` how much of it was read. Its answer is
    /// kept too but not judged: it does not follow what was read.
    case keepsBeginning = "keeps-beginning"

    /// The name of the tag of a text that was cut; its value is as `256 of 601 tokens`.
    public static let tag = "truncated"
}
