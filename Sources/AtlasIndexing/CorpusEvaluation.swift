import Attribution
import Synchronization
import Tensors

/// Judges a replacement model over a corpus.
public struct CorpusEvaluation: Sendable {
    private let attributor: Attributor
    private static let batchSize = 64

    /// Judges this replacement model.
    public init(_ attributor: Attributor) { self.attributor = attributor }

    /// Runs the replacement model freely beside the underlying model over every prompt.
    ///
    /// - Parameters:
    ///   - jobs: prompts at once
    ///   - progress: called with prompts done and in all, from the calling thread
    /// - Throws: `CorpusError`, or `PromptError` for a prompt that does not fit the model.
    public func quality(
        of source: CorpusSource, onMalformed policy: MalformedRecordPolicy = .fail, jobs: Int,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> ReplacementQuality {
        let reader = PromptReader(attributor: attributor, options: IndexingOptions())
        let corpus = try CheckedCorpus(
            source, onMalformed: policy, check: { _ = try reader.tokens($0) }, progress: { _ in })
        let configuration = attributor.model.configuration
        var evaluation = ReplacementEvaluation(
            layerCount: configuration.layerCount, modelWidth: configuration.modelWidth)
        var done = 0
        try corpus.forEachBatch(size: { Self.batchSize }) { batch in
            let results = Mutex([Result<ReplacementEvaluation, any Error>?](repeating: nil, count: batch.count))
            inParallel(count: batch.count, jobs: jobs) { index in
                let result = Result { try attributor.evaluate(reader.tokens(batch[index])) }
                results.withLock { $0[index] = result }
            }
            // Added in order of the corpus, so that sums do not depend on which thread was first.
            for result in results.withLock({ $0 }) {
                if let result { evaluation.add(try result.get()) }
            }
            done += batch.count
            progress(done, corpus.recordCount)
        }
        return evaluation.quality
    }
}
