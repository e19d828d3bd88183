import ArgumentParser
import AtlasIndexing
import Foundation

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index", abstract: "Run a corpus through a replacement model into an atlas.",
        discussion: """
            The whole corpus is read and checked first; then prompts are stored in batches, each one transaction. A text \
            is stored once: run the same command again to resume after an interruption, or with a longer corpus to add \
            to it. With --activations-only what fires is stored without graphs; graphs can be added later. A prompt has \
            one graph: one that is stored is kept, whatever targets are asked for.

            --shard 3/32 indexes the third of 32 parts, cut by the SHA-256 of the texts: parts share no text and leave none \
            out, whatever the corpus's order. A shard's atlas that is not there yet appears when it is whole, so an \
            interruption leaves none, and of two runs that make it at once the first one's stays; one that is there is \
            added to, as ever. atlas merge makes one atlas of them.

              atlas index corpus.jsonl --model MODEL --transcoders DIR --atlas my.atlas
              atlas index --template 'calc: {a}+{b}=' --values a=0...99 --values b=0...99 --activations-only \\
                --model MODEL --transcoders DIR --atlas my.atlas
              atlas index corpus.jsonl --effects --model MODEL --transcoders DIR --atlas older.atlas
              atlas index corpus.jsonl --heads --model MODEL --transcoders DIR --atlas my.atlas
              atlas index corpus.jsonl --model MODEL --neurons --baseline-tag family --atlas my.atlas
              atlas index corpus.jsonl --shard 3/32 --facts-only --model MODEL --transcoders DIR --atlas part-3.atlas
              zcat big.jsonl.gz | atlas index - --format jsonl --model MODEL --transcoders DIR --atlas my.atlas
            """)

    @OptionGroup var corpus: CorpusArguments
    @OptionGroup var replacementModel: ReplacementModelOptions
    @Option(help: "The atlas; made if there is none.") var atlas: String
    @Option(help: "The corpus's name in the atlas; the file's name unless given.") var name: String?
    @OptionGroup var attribution: AttributionArguments
    @OptionGroup var targets: TargetArguments
    @Option(help: "The share of influence that stored nodes cover: 0.95, of neurons 0.9.") var nodeThreshold: Double?
    @Option(help: "The share of edge scores that stored edges cover: 0.99, of neurons, whose graphs are dense, 0.9.")
    var edgeThreshold: Double?
    @Flag(help: "Store what fires, and no graphs.") var activationsOnly = false
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Store what nodes do to the answer, to its lead and to the targets; --effects adds that to older graphs too.",
            discussion: "New graphs get it unless --no-effects is given."))
    var effects: Bool?
    @Option(
        help: ArgumentHelp(
            "Silence so many features of each prompt, one at a time, and store what that does.",
            discussion: "Those with the largest gradient effects on the answer's lead; attention patterns held."))
    var measure = 0
    @Flag(
        help: "Store through which attention heads edges go, and add that to the graphs that were stored without.")
    var heads = false
    @Option(help: "Of neurons: how many of each token and layer are stored beside a graph's nodes, for examples.")
    var strongestNeurons = IndexingOptions().strongestNeurons
    @Option(help: "Index one of n parts of the corpus, cut by content: 3/32.") var shard: String?
    @Flag(help: "Store facts alone, and derive nothing: atlas derive, or atlas merge of the parts, does that.")
    var factsOnly = false
    @Option(help: "Prompts computed at once; all cores unless given.") var jobs = ProcessInfo.processInfo
        .activeProcessorCount
    @OptionGroup var memory: MemoryOption
    @Flag(help: "Show no progress.") var quiet = false
    @OptionGroup var output: JSONOutput

    func validate() throws {
        if let nodeThreshold { try requireShare(nodeThreshold, "--node-threshold") }
        if let edgeThreshold { try requireShare(edgeThreshold, "--edge-threshold") }
        try requireThreads(jobs)
        _ = try corpusShard()
        guard strongestNeurons >= 0 else {
            throw ValidationError("--strongest-neurons: expected 0 or more, found \(strongestNeurons)")
        }
        guard measure >= 0 else { throw ValidationError("--measure: expected 0 or more, found \(measure)") }
        guard measure == 0 || effects != false else {
            throw ValidationError("--measure needs effects, which --no-effects leaves out")
        }
        guard replacementModel.neuronArguments.baselinePrompt == nil,
            replacementModel.neuronArguments.baseline != .pair
        else {
            throw ValidationError("--baseline pair is for single prompts; a corpus is measured from group or corpus")
        }
    }

    private func corpusShard() throws -> CorpusShard? {
        guard let shard else { return nil }
        guard let parsed = CorpusShard(shard) else {
            throw ValidationError(
                "--shard: expected i/n with 1 ≤ i ≤ n ≤ \(CorpusShard.countLimit), as in 3/32, found \(shard)")
        }
        return parsed
    }

    func run() throws {
        InterruptionRequest.canBeResumed()
        let progress = ProgressLine(quiet: quiet)
        defer { progress.end() }
        var attributor = try replacementModel.attributor(toIndex: atlas)
        attributor.memory.limit = memory.bytes(ofPromptsAtOnce: jobs)
        let indexer = try Indexer(attributor: attributor, atlasPath: atlas)
        let usual = IndexingOptions(usualFor: attributor.basis)
        let summary = try indexer.index(
            try corpus.source(), corpusName: name ?? corpus.defaultName,
            options: IndexingOptions(
                attribution: try targets.applied(to: attribution.options, model: attributor.model),
                nodeThreshold: nodeThreshold ?? usual.nodeThreshold,
                edgeThreshold: edgeThreshold ?? usual.edgeThreshold,
                activationsOnly: activationsOnly, truncation: corpus.truncation,
                strongestNeurons: strongestNeurons, effects: effects ?? true, completesEffects: effects == true,
                measuredNodes: measure, heads: heads, jobs: jobs),
            scope: IndexingScope(shard: try corpusShard(), derives: !factsOnly), onMalformed: corpus.policy,
            progress: {
                // A batch is finished; what comes after can be made anew.
                InterruptionRequest.wait(
                    seconds: $0.phase == .indexing ? InterruptionRequest.long : InterruptionRequest.briefly)
                progress.show($0)
            })
        progress.end()
        if let replaced = summary.replacedFingerprints {
            StandardError.line(
                "note: \(atlas): its fingerprint was of samples of the weights (\(replaced.joined(separator: ", "))), "
                    + "which these have too; it now has the fingerprint of every number of them")
        }
        corpus.printNotes(summary.notes, count: summary.truncatedTexts + summary.otherAnswers)
        try output.print(summary) { print(told(summary)) }
    }

    private func told(_ summary: IndexingSummary) -> String {
        var parts = [
            "\(summary.addedPrompts.grouped) prompts and \(summary.addedGraphs.grouped) graphs added",
            "\(summary.knownPrompts.grouped) already there",
        ]
        for (count, what) in [
            (summary.completedGraphs, "graphs completed with effects"),
            (summary.graphsGivenHeads, "graphs completed with heads"),
            (summary.skippedRecords, "malformed records skipped"), (summary.truncatedTexts, "texts cut"),
            (summary.otherAnswers, "other answers left out"),
        ] where count > 0 {
            parts.append("\(count.grouped) \(what)")
        }
        if summary.otherCameFirst == true { parts.append("another run made it first, and its file is kept") }
        if factsOnly { parts.append("nothing derived: atlas derive or atlas merge goes on") }
        return "\(atlas): " + parts.joined(separator: ", ")
    }
}
