import AtlasStore
import Attribution
import Dispatch
import Foundation
import Synchronization
import Tensors

/// Runs a corpus through the replacement model into an atlas.
///
///     let indexer = try Indexer(attributor: attributor, atlasPath: "demo.atlas")
///     let summary = try indexer.index(.file(path: "corpus.jsonl"), corpusName: "corpus")
///
/// Each batch is one transaction and a text is stored once, so a run that was killed is resumed by the same call.
public struct Indexer {
    private let attributor: Attributor
    private let atlasPath: String

    /// Prepares to index into the atlas at `atlasPath`; one that does not exist is made when its corpus has been checked.
    ///
    /// - Throws: `AtlasError` when there is a file that is no atlas, or an atlas about another replacement model.
    public init(attributor: Attributor, atlasPath: String) throws(AtlasError) {
        self.attributor = attributor
        self.atlasPath = atlasPath
        try Atlas.requireSame(AtlasIdentity(attributor), at: atlasPath)
    }

    /// Indexes every prompt of `source` that is not in the atlas yet, then rebuilds what is derived.
    ///
    /// - Parameters:
    ///   - corpusName: prompts become members of the corpus of this name
    ///   - policy: what to do about a malformed record
    ///   - progress: called often, from the calling thread
    /// - Throws: `TargetError`, `CorpusError` or `PromptError` before anything is stored; `AtlasError` when the atlas cannot be
    ///   written, which leaves whole batches.
    public func index(
        _ source: CorpusSource, corpusName: String, options: IndexingOptions = IndexingOptions(),
        onMalformed policy: MalformedRecordPolicy = .fail, progress: (IndexingProgress) -> Void = { _ in }
    ) throws -> IndexingSummary {
        try attributor.check(options.attribution)
        let reader = PromptReader(attributor: attributor, options: options)
        let corpus = try CheckedCorpus(
            source, onMalformed: policy, check: { _ = try reader.tokens($0) },
            progress: { progress(IndexingProgress(phase: .checking, done: $0)) })
        var summary = IndexingSummary(records: corpus.recordCount, skippedRecords: corpus.skippedCount)
        let writer = AtlasWriter(
            try Atlas.open(atlasPath, mode: .create(AtlasIdentity(attributor))))
        let run = try writer.beginRun(corpus: corpusName, options: options.recorded(with: attributor.model.tokenizer))
        let started = DispatchTime.now()
        var pace = BatchPace(jobs: options.jobs)
        var done = 0
        progress(IndexingProgress(phase: .indexing, done: 0, total: corpus.recordCount))
        try corpus.forEachBatch(size: { pace.size }) { batch in
            try pace.measure { try store(batch, reader: reader, writer: writer, run: run, summary: &summary) }
            done += batch.count
            progress(IndexingProgress(phase: .indexing, done: done, total: corpus.recordCount))
        }
        summary.indexingSeconds = Double(DispatchTime.now().uptimeNanoseconds - started.uptimeNanoseconds) / 1e9
        try describeFeatures(writer, jobs: options.jobs, progress: progress)
        try summarise(writer.atlas, progress: progress)
        try writer.finishRun(run)
        try writer.atlas.close()
        return summary
    }

    /// Computes and stores one batch: new texts as facts, known ones as mentions of this corpus.
    private func store(
        _ batch: [CorpusRecord], reader: PromptReader, writer: AtlasWriter, run: Int, summary: inout IndexingSummary
    ) throws {
        let missing = Set(
            try writer.missing(texts: batch.map(\.text), needGraphs: !reader.options.activationsOnly))
        var seen: Set<String> = []
        let new = batch.filter { missing.contains($0.text) && seen.insert($0.text).inserted }
        let results = Mutex([Result<PromptFacts, any Error>?](repeating: nil, count: new.count))
        inParallel(count: new.count, jobs: reader.options.jobs) { index in
            let result = Result { try reader.facts(new[index]) }
            results.withLock { $0[index] = result }
        }
        let facts = try results.withLock { try $0.compactMap { try $0?.get() } }
        let additions = try writer.commit(facts, run: run)
        summary.addedPrompts += additions.prompts
        summary.addedGraphs += additions.graphs
        let isNew = Set(new.map(\.text))
        var first = isNew
        let known = batch.filter { first.remove($0.text) == nil }
        if !known.isEmpty {
            try writer.link(
                known.map { PromptMention(text: $0.text, externalID: $0.externalID, tags: $0.tags) }, run: run)
        }
        summary.knownPrompts += known.count
    }

    /// Rebuilds what is derived.
    private func summarise(_ atlas: Atlas, progress: (IndexingProgress) -> Void) throws(AtlasError) {
        let total = AtlasDerivation.Stage.allCases.count
        var done = 0
        try AtlasDerivation(atlas).rebuild { _ in
            progress(IndexingProgress(phase: .summarising, done: done, total: total))
            done += 1
        }
        progress(IndexingProgress(phase: .summarising, done: total, total: total))
    }

    /// Stores token effects of features that fired for the first time.
    private func describeFeatures(
        _ writer: AtlasWriter, jobs: Int, progress: (IndexingProgress) -> Void
    ) throws {
        let features = try writer.featuresLackingTokenEffects()
        let effects = TokenEffects(attributor)
        var done = 0
        progress(IndexingProgress(phase: .describing, done: 0, total: features.count))
        for start in stride(from: 0, to: features.count, by: TokenEffects.featuresATime) {
            let part = Array(features[start..<min(features.count, start + TokenEffects.featuresATime)])
            try writer.writeTokenEffects(effects.of(part, jobs: jobs))
            done += part.count
            progress(IndexingProgress(phase: .describing, done: done, total: features.count))
        }
    }
}
