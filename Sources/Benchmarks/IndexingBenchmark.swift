import ArgumentParser
import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Dispatch
import Foundation
import LanguageModels

/// Indexes a corpus into an atlas that is thrown away, and says how many prompts a second are stored and what that takes.
struct IndexingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indexing", abstract: "Indexing a corpus: prompts a second, processor time, memory, bytes stored.",
        discussion: """
            Facts are computed and stored, statistics derived. Beside all of it stands what attribution alone takes of as \
            many of the prompts, one after another on one thread: indexing does that as often, as many at once as there are \
            jobs, and what is more is effects, pruning, storing and waiting for memory.

              swift run -c release Benchmarks indexing --model DIR --generated 4096 --maximum-feature-nodes 1000 \\
                --corpus FILE --prompts 1000
            """)

    @Option(help: "The model's folder.") var model: String
    @Option(help: "The transcoders' folder.") var transcoders: String?
    @Option(help: "Random transcoders of so many features a layer, in place of --transcoders.") var generated: Int?
    @Option(help: "With --generated: features that fire at each layer and position.") var active = 32
    @Option(help: "The corpus, a record a line.") var corpus: String
    @Option(help: "Prompts that are indexed: the first of the corpus.") var prompts = 1000
    @Option(help: "Features that become targets; all unless given.") var maximumFeatureNodes: Int?
    @Option(help: "Prompts that are attributed alone.") var alone = 20
    @Option(help: "Prompts computed at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount
    @OptionGroup var kept: ResultsOptions

    func validate() throws {
        guard (transcoders == nil) != (generated == nil) else {
            throw ValidationError("expected either --transcoders or --generated")
        }
        guard prompts >= 1, alone >= 1, jobs >= 1, active >= 1, generated.map({ $0 >= active }) ?? true else {
            throw ValidationError("expected 1 or more prompts, jobs and features that fire")
        }
    }

    func run() throws {
        let random = try generated.map { try GeneratedTranscoders(for: model, features: $0, active: active) }
        defer { withExtendedLifetime(random) {} }
        let attributor = try Attributor(modelFolder: model, transcoderFolder: transcoders ?? random?.folder ?? "")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas-benchmark-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // Records keep their answers and tags, which indexing reads too.
        let file = folder + "/" + URL(fileURLWithPath: corpus).lastPathComponent
        try String(contentsOfFile: corpus, encoding: .utf8).split(separator: "\n").prefix(prompts)
            .joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let options = AttributionOptions(maximumFeatureNodes: maximumFeatureNodes)

        let (started, processor) = (DispatchTime.now(), ProcessorTime())
        let summary = try Indexer(attributor: attributor, atlasPath: folder + "/benchmark.atlas").index(
            .file(path: file), corpusName: "benchmark", options: IndexingOptions(attribution: options, jobs: jobs))
        let (seconds, spent) = (started.secondsPassed, processor.seconds)
        let atlas = try Atlas.open(folder + "/benchmark.atlas", mode: .readOnly)
        let reader = AtlasReader(atlas)
        let information = try reader.information()
        let single = try alone(reader, attributor, options)
        try atlas.close()
        let count = Double(summary.addedPrompts)
        print(
            String(
                format: """
                    %d prompts (mean %.1f tokens) in %.1f s: %.2f a second, %.1f ms each
                    of it %.1f s computing and storing, %.1f s tables and statistics; %.1f s of processors, %.2f at once
                    attribution alone, one thread: %.1f ms of processor a prompt, %.0f %% of indexing's %.1f ms
                    %d edges, %.2f bytes each; %d activations, %.2f bytes each; peak resident memory %.0f MiB
                    """, summary.addedPrompts, Double(information.tokenCount) / count, seconds, count / seconds,
                1e3 * seconds / count, summary.indexingSeconds, seconds - summary.indexingSeconds, spent,
                spent / seconds, 1e3 * single, 100 * single * count / spent, 1e3 * spent / count,
                information.edgeCount, information.bytesPerEdge ?? 0, information.activationCount,
                information.bytesPerActivation ?? 0, PeakMemory.residentMebibytes))
        try kept.keep(
            [
                [
                    "prompts": .count(summary.addedPrompts), "tokens": .number(Double(information.tokenCount) / count),
                    "seconds": .number(seconds), "a_second": .number(count / seconds),
                    "processor_ms": .number(1e3 * spent / count), "attribution_ms": .number(1e3 * single),
                    "edges": .count(information.edgeCount),
                    "peak_gibibytes": .number(PeakMemory.residentMebibytes / 1024),
                ]
            ], as: "indexing")
    }

    /// Seconds of processor that attribution takes of a prompt, on one thread, over prompts of the whole corpus.
    private func alone(
        _ reader: AtlasReader, _ attributor: Attributor, _ options: AttributionOptions
    ) throws -> Double {
        let ids = try reader.prompts(where: .all)
        let chosen = try stride(from: 0, to: ids.count, by: max(1, ids.count / alone)).prefix(alone)
            .map { try reader.graph(ofPrompt: ids[$0]).tokens }
        let processor = ProcessorTime()
        for tokens in chosen { _ = try attributor.attribute(tokens, options: options) }
        return processor.seconds / Double(chosen.count)
    }
}
