import Attribution
import Dispatch
import Tensors

/// Judges a replacement model over a corpus.
///
///     let quality = try CorpusEvaluation(attributor).quality(of: .file(path: "corpus.jsonl"), jobs: 8)
///
/// Prompts are added one by one in order of the corpus, so that the figures are the same to the last bit whatever the
/// number of jobs, and however often the run was interrupted and went on from its state.
public struct CorpusEvaluation: Sendable {
    private let attributor: Attributor

    /// Judges this replacement model.
    public init(_ attributor: Attributor) { self.attributor = attributor }

    /// Runs the replacement model freely beside the underlying model over every prompt.
    ///
    /// - Parameters:
    ///   - options: what to find out
    ///   - keeping: where sums are saved and gone on from; `nil` to begin anew and save nothing
    ///   - jobs: prompts at once
    ///   - note: called with what is left out of records that are judged all the same
    ///   - progress: called with prompts done and in all, from the calling thread
    /// - Throws: `CorpusError` for a malformed record and for one that does not fit the model, `EvaluationStateError` for
    ///   a state of another run, `EvaluationInterrupted` when stopped.
    public func quality(
        of source: CorpusSource, onMalformed policy: MalformedRecordPolicy = .fail,
        options: EvaluationOptions = EvaluationOptions(), keeping: EvaluationKeeping? = nil, jobs: Int,
        note: (CorpusNote) -> Void = { _ in },
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> ReplacementQuality {
        let reader = PromptReader(
            attributor: attributor,
            options: IndexingOptions(attribution: options.attribution, truncation: options.truncation))
        var digest = CorpusDigest()
        let corpus = try CheckedCorpus(
            source, onMalformed: policy,
            check: { (record) throws(CorpusError) in
                let reading = try reader.read(record)
                if reading.isCut { note(CorpusNote(record, reading)) }
                digest.add(record, family: options.family(of: record))
            }, progress: { _ in })
        let identity = EvaluationState.Identity(
            model: attributor.model.fingerprint, transcoders: attributor.basis.fingerprint,
            corpus: digest.hexadecimal, corpusName: keeping?.corpusName ?? "", recordCount: corpus.recordCount,
            options: options)
        var state = EvaluationState(identity: identity, evaluation: attributor.emptyEvaluation)
        if let keeping, let saved = try EvaluationState.read(keeping.path) {
            try saved.requireContinues(
                state, former: attributor.model.formerFingerprints + attributor.basis.formerFingerprints,
                path: keeping.path)
            state = saved
        }
        let attributed = options.attributedRecords(of: corpus.recordCount)
        var pace = BatchPace(jobs: jobs)
        var lastSaved = DispatchTime.now()
        var seen = 0
        progress(state.recordsDone, corpus.recordCount)
        try corpus.forEachBatch(size: { pace.size }) { batch in
            let first = max(0, state.recordsDone - seen)
            let start = seen + first
            seen += batch.count
            guard first < batch.count else { return }
            // Where sums are saved a batch is finished, whatever is asked for meanwhile.
            let finishing = keeping == nil ? Cancellation.current : nil
            try (finishing ?? Cancellation()).run {
                try pace.measure {
                    try add(
                        batch[first...].enumerated().map { ($1, attributed.contains(start + $0)) }, to: &state,
                        reader: reader, options: options, jobs: jobs)
                    return true
                }
            }
            progress(state.recordsDone, corpus.recordCount)
            let isAsked = Cancellation.current?.reason != nil || keeping?.shouldStop() == true
            let stops = keeping != nil && isAsked && state.recordsDone < corpus.recordCount
            if let keeping, stops || lastSaved.secondsPassed >= keeping.interval {
                try state.write(to: keeping.path)
                lastSaved = DispatchTime.now()
            }
            if stops { throw EvaluationInterrupted(done: state.recordsDone, total: corpus.recordCount) }
        }
        if let keeping { try state.write(to: keeping.path) }
        return state.evaluation.quality
    }

    /// Evaluates records side by side and adds them in order.
    private func add(
        _ records: [(record: CorpusRecord, isAttributed: Bool)], to state: inout EvaluationState,
        reader: PromptReader, options: EvaluationOptions, jobs: Int
    ) throws {
        let evaluations = try mapInParallel(count: records.count, jobs: jobs) { index in
            let (record, isAttributed) = records[index]
            let reading = try reader.read(record)
            return try attributor.evaluate(
                reading.tokens, answer: reading.answerToken, isWhole: !reading.isCut,
                layersAlone: options.layersAlone, attribution: isAttributed ? options.attribution : nil)
        }
        for (evaluation, (record, _)) in zip(evaluations, records) {
            state.evaluation.add(evaluation, family: options.family(of: record))
            state.recordsDone += 1
        }
    }
}

/// An evaluation that was asked to stop before its end.
public struct EvaluationInterrupted: Error, CustomStringConvertible, Sendable {
    /// Records that are in the sums.
    public let done: Int
    /// Records of the corpus.
    public let total: Int

    /// One line.
    public var description: String { "interrupted after \(done) of \(total) prompts" }
}
