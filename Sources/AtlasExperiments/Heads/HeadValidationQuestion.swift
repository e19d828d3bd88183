import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import GRDB
import Tensors

/// Do heads look where they look because of what their scores say, and do answers need it?
extension AtlasReader {
    private static let answeredPrompt =
        "SELECT text, tokens, answer_token FROM prompts WHERE id = ? AND answer_token IS NOT NULL"

    /// Tests on the model itself why heads look where they look, in every prompt of a group.
    ///
    /// 1. A head's looks are the keys with at least ``HeadValidationOptions/leastWeight`` of its attention, apart from the
    ///    query's own position and those that hold no features. Each score, less its mean over the keys that the query
    ///    reaches, is taken apart into pairs of sources (`attributeScore` of `Attributor`).
    /// 2. *Is the named feature why?* The feature at the key's side that raises the score most is silenced, everything else
    ///    recomputes, and the attention is looked at again; as a control a random feature of the same position.
    /// 3. *Does the answer need it?* What the pairs that raise each score most add to it is taken off the score, in all looks
    ///    of all the heads at once; everything after it recomputes. As controls as many random pairs of the same scores, and
    ///    as much taken off the scores of other heads, drawn at random, at the same positions.
    ///
    /// - Parameters:
    ///   - heads: those that are tested together
    ///   - group: which prompts; those without an answer, or that the model gets wrong, are left out
    ///   - attributor: of the atlas's replacement model
    ///   - progress: called with prompts done and in all, from the calling thread
    /// - Throws: ``QuestionError`` for a head that the model does not have and for a group without prompts that have an
    ///   answer; `AtlasError` for another replacement model than the atlas's.
    /// - SeeAlso: Kamath et al. 2025, "Tracing Attention Computation Through Feature Interactions".
    public func validateHeads(
        _ heads: [HeadID], where group: PromptFilter = .all, attributor: Attributor,
        options: HeadValidationOptions = HeadValidationOptions(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> HeadValidationReport {
        try requireModel(attributor)
        let configuration = attributor.model.configuration
        for head in heads {
            try head.require(layerCount: configuration.layerCount, headCount: configuration.headCount)
        }
        let heads = Set(heads).sorted()
        let all = try answeredPrompts(group)
        guard !all.isEmpty else {
            throw QuestionError.emptyGroup(filter: "\(group) with answers", needsGraphs: false)
        }
        var numbers = SeededNumbers(seed: options.seed)
        let chosen = all.indices.shuffled(using: &numbers).prefix(options.promptLimit).sorted().map { all[$0] }
        let models = PromptModels(attributor, reader: self)
        var (results, done) = ([HeadTrial.Result](), 0)
        for start in stride(from: 0, to: chosen.count, by: max(1, 4 * options.jobs)) {
            let batch = Array(chosen[start..<min(chosen.count, start + max(1, 4 * options.jobs))])
            results += try mapInParallel(count: batch.count, jobs: options.jobs) { place in
                let own = try models.attributor(prompt: batch[place].id, tokenCount: batch[place].tokens.count)
                return try HeadTrial(batch[place], heads: heads, attributor: own, options: options).run(reader: self)
            }
            done += batch.count
            progress(done, chosen.count)
        }
        return HeadValidationReport(
            heads: heads, tokensBeforeEnd: options.tokensBeforeEnd, leastWeight: options.leastWeight,
            pairs: options.pairs, promptCount: all.count,
            wrongPrompts: results.count { if case .wrong = $0 { true } else { false } },
            promptsWithoutLooks: results.count { if case .noLooks = $0 { true } else { false } },
            trials: results.compactMap { if case .trial(let trial) = $0 { trial } else { nil } })
    }

    /// The prompts of a group that have an answer, in canonical order.
    private func answeredPrompts(_ group: PromptFilter) throws -> [HeadTrial.Prompt] {
        try ask("choosing prompts to look into") { db in
            let reading = StoredGraphReading(identity: atlas.identity)
            return try prompts(where: group, needGraphs: false, db).compactMap { id in
                guard let row = try StoredRow.fetchOne(db, sql: Self.answeredPrompt, arguments: [id]) else {
                    return nil
                }
                return try HeadTrial.Prompt(
                    id: id, text: row["text"], tokens: reading.tokens(row["tokens"], prompt: id),
                    answer: storedToken(row["answer_token"]))
            }
        }
    }
}
