import Attribution
import Texts

/// What an evaluation finds out beside what it always does.
public struct EvaluationOptions: Sendable, Codable, Equatable {
    /// Prompts that are attributed for their scores, evenly spaced over the corpus; all of a smaller corpus.
    public var attributedPrompts: Int
    /// How they are attributed.
    public var attribution: AttributionOptions
    /// The tag whose values are families of prompts, judged apart.
    public var familyTag: String
    /// Whether each layer is replaced alone too, at the answer position: a run of the model a layer and prompt.
    public var layersAlone: Bool
    /// What becomes of a text that is longer than the model's context; `nil`: it is refused as a malformed record is.
    public var truncation: PromptTruncation?

    /// Fifty prompts, all their features; families by the tag `family`.
    public init(
        attributedPrompts: Int = 50, attribution: AttributionOptions = AttributionOptions(),
        familyTag: String = "family", layersAlone: Bool = true, truncation: PromptTruncation? = nil
    ) {
        precondition(attributedPrompts >= 0)
        self.attributedPrompts = attributedPrompts
        self.attribution = attribution
        self.familyTag = familyTag
        self.layersAlone = layersAlone
        self.truncation = truncation
    }

    /// The family of a record; `nil` for one without the tag.
    func family(of record: CorpusRecord) -> String? { record.tags[ExactText(familyTag)] }

    /// Which records of a corpus are attributed: the `i`-th of `n` is record ⌊i · recordCount / n⌋.
    func attributedRecords(of recordCount: Int) -> Set<Int> {
        let count = min(attributedPrompts, recordCount)
        return Set((0..<count).map { $0 * recordCount / count })
    }
}
