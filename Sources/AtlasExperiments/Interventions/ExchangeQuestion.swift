import AtlasQuery
import AtlasStore
import Attribution
import Tensors

/// Whether a value's own features carry the answer: put another value's in their place, and see what the model says.
extension AtlasReader {
    /// Trials between two reports of progress.
    private static let trialsAtOnce = 64

    /// Replaces, in prompts of a group, the features of their value of `tag` by those of every other value.
    ///
    /// 1. A value's own features are chosen from the atlas alone, each at a place, a number of tokens before the end: at
    ///    the last position, or at all (``ExchangeOptions/positions``). Transcoders' features by mean effect on the
    ///    answer (``ExchangeOptions/ranking``), × log(values / values with which the feature is active there): one that
    ///    is active with every value tells none of them apart and is never chosen. Neurons are active with all, but count
    ///    from the mean over their group already, so theirs is the effect alone.
    /// 2. In each prompt whose answer the model gets right the own features of its value are set to what they rest at (0,
    ///    or a neuron's baseline) and those of the other value to that + `strength` × their mean contribution; everything
    ///    else recomputes.
    /// 3. The answer has moved if the most likely next token is the other value's answer, or the likelier of the two
    ///    answers is (``ExchangeOptions/judgement``).
    /// 4. As a control the same is done with as many features at random of those active at the same positions.
    ///
    /// - Parameters:
    ///   - tag: the tag's name; its values must differ in their answers
    ///   - group: which prompts; those without a graph, the tag or an answer are left out
    ///   - attributor: the atlas's replacement model
    ///   - progress: called with trials done and in all, from the calling thread
    /// - Throws: ``QuestionError`` for a group without prompts, a tag that none of them has, or fewer than two values;
    ///   `AtlasError` for another replacement model than the atlas's.
    /// - SeeAlso: Lindsey et al. 2025, "On the Biology of a Large Language Model", two-step reasoning: swapping Texas.
    public func exchange(
        by tag: String, where group: PromptFilter = .all, attributor: Attributor,
        options: ExchangeOptions = ExchangeOptions(), progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> ExchangeReport {
        try requireModel(attributor)
        let models = PromptModels(attributor, reader: self)
        let subject = try ExchangeSubject(self, models: models, tag: tag, group: group, options: options)
        let planned = subject.trials(limit: options.trialLimit, seed: options.seed)
        var trials: [ExchangeReport.Trial] = []
        for start in stride(from: 0, to: planned.count, by: Self.trialsAtOnce) {
            let batch = start..<min(start + Self.trialsAtOnce, planned.count)
            trials += try mapInParallel(count: batch.count, jobs: options.jobs) { place in
                try subject.run(planned[batch.lowerBound + place], options, models: models, reader: self)
            }.compactMap(\.self)
            progress(batch.upperBound, planned.count)
        }
        return ExchangeReport(
            tag: tag, promptCount: subject.promptCount, featureLimit: options.featureLimit, strength: options.strength,
            positions: options.positions, ranking: subject.ranking, judgement: options.judgement,
            values: subject.values, sameAnswerPairs: subject.sameAnswerPairs, wrongPrompts: subject.wrongPrompts,
            wrongPairs: planned.count - trials.count, trials: trials)
    }
}
