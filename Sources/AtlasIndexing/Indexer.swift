import AtlasBasis
import AtlasStore
import Attribution
import Dispatch
import Foundation
import Tensors
import Texts

/// Runs a corpus through the replacement model into an atlas.
///
///     let indexer = try Indexer(attributor: attributor, atlasPath: "demo.atlas")
///     let summary = try indexer.index(.file(path: "corpus.jsonl"), corpusName: "corpus")
///
/// Each batch is one transaction and a text is stored once, so a run that was killed is resumed by the same call. A shard's
/// atlas appears when it is whole instead; see ``IndexingScope``.
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
    ///   - scope: which part of the corpus, and whether anything is derived
    ///   - policy: what to do about a malformed record, and about one that the model cannot read
    ///   - note: called with what is left out of records that are taken over all the same
    ///   - progress: called often, from the calling thread
    /// - Throws: `TargetError` or `CorpusError` before anything is stored; `PromptError` or, when the atlas cannot be
    ///   written, `AtlasError`, which leaves whole batches. `IndexingInterrupted` where the running `Cancellation` asks
    ///   for it, which leaves whole batches too.
    public func index(
        _ source: CorpusSource, corpusName: String, options: IndexingOptions = IndexingOptions(),
        scope: IndexingScope = IndexingScope(), onMalformed policy: MalformedRecordPolicy = .fail,
        note: (CorpusNote) -> Void = { _ in },
        progress: (IndexingProgress) -> Void = { _ in }
    ) throws -> IndexingSummary {
        var last = IndexingProgress(phase: .checking, done: 0, total: nil)
        let isAside = scope.shard != nil && Atlas.isVacant(atlasPath)
        do {
            return try run(
                source, corpusName: corpusName, options: options, scope: scope, isAside: isAside, onMalformed: policy,
                note: note
            ) {
                last = $0
                progress($0)
            }
        } catch is Cancelled {
            throw IndexingInterrupted(progress: last, atlasPath: atlasPath, isAside: isAside)
        }
    }

    private func run(
        _ source: CorpusSource, corpusName: String, options: IndexingOptions, scope: IndexingScope, isAside: Bool,
        onMalformed policy: MalformedRecordPolicy, note: (CorpusNote) -> Void, progress: (IndexingProgress) -> Void
    ) throws -> IndexingSummary {
        try AtlasWriter.requireCorpusName(corpusName)
        try attributor.check(options.attribution)
        var attributor = attributor
        attributor.memory.following = AttributionMemory.Following(
            effects: options.effects, measuredNodes: options.measuredNodes, heads: options.heads)
        var reader = PromptReader(attributor: attributor, options: options)
        var summary = IndexingSummary()
        func take(_ found: CorpusNote) {
            summary.add(found)
            note(found)
        }
        var repeated = RepeatedAnswers()
        let corpus = try CheckedCorpus(
            source, shard: scope.shard, onMalformed: policy,
            check: { (record) throws(CorpusError) in
                let reading = try reader.read(record)
                if reading.isCut { take(CorpusNote(record, reading)) }
                repeated.add(record)
            }, progress: { progress(IndexingProgress(phase: .checking, done: $0)) })
        summary.records = corpus.recordCount
        summary.skippedRecords = corpus.skippedCount
        let identity = AtlasIdentity(attributor)
        let aside = isAside ? try AtlasAside(identity, at: atlasPath) : nil
        let writer = AtlasWriter(try aside?.atlas ?? Atlas.open(atlasPath, mode: .create(identity)))
        let replaced = writer.atlas.replacedFingerprints
        summary.replacedFingerprints = replaced.isEmpty ? nil : replaced
        try average(corpus, of: source, scope: scope, reader: reader, onMalformed: policy, writer) {
            progress(IndexingProgress(phase: .averaging, done: $0, total: $1))
        }
        reader.baselines = PromptBaselines(writer.atlas, attributor: attributor)
        if attributor.basis.neurons != nil, options.strongestNeurons > 0 {
            reader.writes = NeuronWriteSizes(attributor)
        }
        let run = try writer.beginRun(corpus: corpusName, options: options.recorded(with: attributor.model.tokenizer))
        let started = DispatchTime.now()
        var pace = BatchPace(jobs: options.jobs)
        var done = 0
        progress(IndexingProgress(phase: .indexing, done: 0, total: corpus.recordCount))
        try corpus.forEachBatch(size: { pace.size }) { batch in
            try Cancellation.check()
            // A batch is finished, whatever is asked for meanwhile.
            try Cancellation().run {
                try pace.measure {
                    let parts = try IndexedBatch(batch, writer: writer, reader: reader, repeated: &repeated)
                    parts.notes.forEach(take)
                    try store(parts, reader: reader, writer: writer, run: run, summary: &summary)
                    return !(parts.new.isEmpty && parts.answering.isEmpty)
                }
            }
            done += batch.count
            progress(IndexingProgress(phase: .indexing, done: done, total: corpus.recordCount))
        }
        summary.indexingSeconds = started.secondsPassed
        if options.completesEffects {
            summary.completedGraphs = try GraphCompletion(attributor: attributor, options: options).addEffects(writer) {
                progress(IndexingProgress(phase: .completing, done: $0, total: $1))
            }
        }
        if options.heads {
            summary.graphsGivenHeads = try GraphCompletion(attributor: attributor, options: options).addHeads(writer) {
                progress(IndexingProgress(phase: .tracing, done: $0, total: $1))
            }
        }
        try describeFeatures(writer, jobs: options.jobs, progress: progress)
        if scope.derives { try summarise(writer.atlas, progress: progress) }
        try writer.finishRun(run)
        if let aside {
            if try !aside.appear() { summary.otherCameFirst = true }
        } else {
            try writer.atlas.close()
        }
        return summary
    }

    /// Finds the means that neurons are measured from: over the whole corpus, whichever part of it is indexed, as what a
    /// prompt's graph says must not depend on how the corpus was cut.
    private func average(
        _ corpus: CheckedCorpus, of source: CorpusSource, scope: IndexingScope, reader: PromptReader,
        onMalformed policy: MalformedRecordPolicy, _ writer: AtlasWriter, progress: (Int, Int) -> Void
    ) throws {
        guard let shard = scope.shard, BaselineAveraging.isNeeded(attributor) else {
            return try BaselineAveraging(reader: reader, corpus: corpus).run(writer, progress: progress)
        }
        guard !source.canBeReadOnce else {
            throw CorpusError(
                file: "shard \(shard)", expected: "a corpus that can be read twice, as means are over all of it",
                found: "standard input or a pipe", advice: "give a file, or --baseline zero")
        }
        // Faults were reported by the first reading, those of other shards are told where these are indexed.
        let quiet: MalformedRecordPolicy = if case .skip = policy { .skip(report: { _ in }) } else { policy }
        let whole = try CheckedCorpus(
            source, onMalformed: quiet, check: { (record) throws(CorpusError) in _ = try reader.read(record) },
            progress: { _ in })
        try BaselineAveraging(reader: reader, corpus: whole).run(writer, progress: progress)
    }

    /// Computes and stores one batch: new texts as facts, known ones as mentions of this corpus.
    private func store(
        _ batch: IndexedBatch, reader: PromptReader, writer: AtlasWriter, run: Int, summary: inout IndexingSummary
    ) throws {
        let computed = batch.new + batch.answering
        let facts = try mapInParallel(count: computed.count, jobs: reader.options.jobs) { index in
            try reader.facts(computed[index], withGraph: index < batch.new.count)
        }
        let additions = try writer.commit(facts, run: run)
        summary.addedPrompts += additions.prompts
        summary.addedGraphs += additions.graphs
        if !batch.known.isEmpty {
            try writer.link(
                batch.known.map { PromptMention(text: $0.text, externalID: $0.externalID, tags: $0.tags) }, run: run)
        }
        // New texts that another program has stored meanwhile are known by now.
        summary.knownPrompts += batch.known.count + max(0, batch.new.count - max(additions.prompts, additions.graphs))
    }

    /// Brings what is derived up to date.
    private func summarise(_ atlas: Atlas, progress: (IndexingProgress) -> Void) throws(AtlasError) {
        let total = AtlasDerivation.Stage.allCases.count
        var done = 0
        try AtlasDerivation(atlas).update { _ in
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
            try Cancellation.check()
            let part = Array(features[start..<min(features.count, start + TokenEffects.featuresATime)])
            try writer.writeTokenEffects(effects.of(part, jobs: jobs))
            done += part.count
            progress(IndexingProgress(phase: .describing, done: done, total: features.count))
        }
    }
}
