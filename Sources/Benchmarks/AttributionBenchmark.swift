import ArgumentParser
import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Dispatch
import Foundation
import LanguageModels
import Tensors

/// Attributes prompts again and again, then indexes them, and says what bounds the speed.
struct AttributionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribution", abstract: "Attribution: speed, operations, memory, bytes stored.",
        discussion: """
            Prompts are attributed one after another on all threads, then indexed many at once into an atlas that is \
            thrown away. The share of the matrix-product rate says how much of the time goes into the products \
            themselves; the rest is memory traffic, gathering and selection. Without --model the demo is measured.

              swift run -c release Benchmarks attribution
              swift run -c release Benchmarks attribution --model DIR --transcoders DIR \\
                --maximum-feature-nodes 1000 "The capital of the state containing Dallas is"

            --tokens measures prompts of those lengths instead, cut from the prompts' text, once each: what every phase \
            takes beside the operations and bytes it is counted to take, and how it grows.

              swift run -c release Benchmarks attribution --model DIR --generated 4096 --maximum-feature-nodes 1000 \\
                --tokens 64 256 1024 --file TEXT
            """)

    @Argument(help: "Prompts.") var prompts: [String] = []
    @Option(help: "A file with more prompts, one a line.") var file: String?
    @Option(help: "The model's folder; the demo's unless given.") var model: String?
    @Option(help: "The transcoders' folder; the demo's unless given.") var transcoders: String?
    @Option(help: "Random transcoders of so many features a layer, in place of --transcoders.") var generated: Int?
    @Option(help: "With --generated: features that fire at each layer and position.") var active = 32
    @Option(parsing: .upToNextOption, help: "Lengths of prompts that are measured phase by phase.")
    var tokens: [Int] = []
    @Flag(help: "Have the system forget both folders' files first, so that the first prompt reads them from the disk.")
    var forget = false
    @Flag(help: "Attribute over the model's own neurons, without transcoders.") var neurons = false
    @Option(help: "Neurons that become nodes.") var maximumNeurons = 4096
    @Option(help: "Features that become targets; all unless given.") var maximumFeatureNodes: Int?
    @Option(help: "How exactly edges are computed: float32, bf16x3 or bf16.") var precision = ProductPrecision.float32
    @Flag(help: "Measure also through which heads edges go, and why a head looks where it looks.") var heads = false
    @Flag(help: "With --heads: of all edges before pruning too.") var allEdges = false
    @Option(help: "Repetitions of each prompt after one that is not counted.") var repetitions = 3
    @OptionGroup var kept: ResultsOptions
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    /// Prompts of the demo's corpus that are measured where none is given.
    private static let demoPrompts = ["calc: 36+59=", "Fact: the capital of the state containing Dallas is"]

    func validate() throws {
        let given = [transcoders != nil, generated != nil, neurons].filter { $0 }.count
        guard given <= 1, neurons || (model == nil) == (given == 0) else {
            throw ValidationError("--model goes with --transcoders, --generated or --neurons")
        }
        guard generated.map({ $0 >= active }) ?? true, active >= 1, tokens.allSatisfy({ $0 >= 2 }) else {
            throw ValidationError("expected 1 or more features that fire, no more than there are, and 2 or more tokens")
        }
        guard repetitions >= 1, jobs >= 1 else { throw ValidationError("expected 1 or more repetitions and jobs") }
    }

    func run() throws {
        let demo = model == nil ? try DemoData() : nil
        let modelFolder = model ?? demo?.model ?? ""
        let random = try generated.map {
            try GeneratedTranscoders(for: modelFolder, features: $0, active: active)
        }
        defer { withExtendedLifetime(random) {} }
        if forget { FilePages.forget(folders: [modelFolder, transcoders ?? random?.folder].compactMap(\.self)) }
        let started = DispatchTime.now()
        let attributor =
            try neurons
            ? Attributor(
                model: LanguageModel(folder: modelFolder), neurons: NeuronOptions(maximumNeurons: maximumNeurons))
            : Attributor(
                modelFolder: modelFolder, transcoderFolder: transcoders ?? random?.folder ?? demo?.transcoders ?? "")
        let loading = started.secondsPassed
        var texts = prompts
        if let file {
            texts += try CorpusRecords.lines(ofFile: file).map(\.text)
        }
        if texts.isEmpty { texts = Self.demoPrompts }
        let options = AttributionOptions(maximumFeatureNodes: maximumFeatureNodes, precision: precision)
        guard tokens.isEmpty else {
            let rows = try LongPrompts(
                attributor: attributor, text: texts.joined(separator: "\n"), options: options, jobs: jobs,
                loading: loading
            ).measure(tokens, repetitions: repetitions)
            return try kept.keep(rows, as: "long prompts")
        }
        let rate = MachineRate.matrixProduct(jobs: jobs, width: attributor.model.configuration.modelWidth)
        let speed = try AttributionSpeed(
            attributor, texts: texts, options: options, repetitions: repetitions, jobs: jobs)
        speed.print(rate: rate, jobs: jobs)
        if heads {
            for text in texts {
                try HeadsSpeed(attributor, text: text, options: options, allEdges: allEdges, jobs: jobs).print()
            }
        }
        if !neurons { try StoredSize(attributor, texts: texts, options: options, jobs: jobs).print() }
        print(String(format: "peak resident memory     %8.0f MiB", PeakMemory.residentMebibytes))
        try kept.keep([speed.row(rate: rate)], as: "attribution")
    }
}

/// How fast prompts are attributed one after another.
private struct AttributionSpeed {
    private var runs = 0
    private var seconds = 0.0
    private var targets = 0
    private var operations = 0
    private var firstSeconds = 0.0
    private var active = 0

    init(_ attributor: Attributor, texts: [String], options: AttributionOptions, repetitions: Int, jobs: Int) throws {
        for text in texts {
            let tokens = attributor.model.tokenizer.encodePrompt(text)
            for repetition in 0...repetitions {
                let started = DispatchTime.now()
                let result = try attributor.attribute(tokens, options: options, jobs: jobs)
                let elapsed = started.secondsPassed
                let count = result.graph.layout.targetCount
                Swift.print(
                    "\(tokens.count) tokens, \(result.graph.activeFeatures.count) active, \(count) targets: "
                        + String(format: "%.4f s%@", elapsed, repetition == 0 ? " (first, not counted)" : ""))
                if repetition == 0, let share = result.local.coveredEffectShare {
                    Swift.print(String(format: "the nodes cover %.4f of the sum of all neurons' total effects", share))
                }
                if repetition == 0 {
                    firstSeconds += elapsed / Double(texts.count)
                    continue
                }
                active += result.graph.activeFeatures.count
                runs += 1
                seconds += elapsed
                targets += count
                operations += result.floatingPointOperations
            }
        }
    }

    /// Means over the prompts, as a row of a measurement.
    func row(rate: Double) -> [String: KeptMeasurement.Value] {
        let reached = Double(operations) / seconds
        return [
            "active": .number(Double(active) / Double(runs)), "seconds": .number(seconds / Double(runs)),
            "first_seconds": .number(firstSeconds), "operations": .number(Double(operations) / Double(runs) / 1e9),
            "rate": .number(reached / 1e9), "machine_rate": .number(rate / 1e9), "rate_share": .number(reached / rate),
            "mebibytes": .number(PeakMemory.residentMebibytes),
        ]
    }

    func print(rate: Double, jobs: Int) {
        let reached = Double(operations) / seconds
        Swift.print(
            String(
                format: """
                    prompts a second         %8.2f one after another
                    targets a second         %8.0f
                    operations a prompt      %8.2f GFLOP
                    operations a second      %8.1f GFLOP/s
                    matrix-product rate      %8.1f GFLOP/s on %d threads, %@ kernels (%.0f %% reached)
                    """, Double(runs) / seconds, Double(targets) / seconds, Double(operations) / Double(runs) / 1e9,
                reached / 1e9, rate / 1e9, jobs, matrixProductKernelName, 100 * reached / rate))
    }
}

/// How long it takes to find the heads of a graph's edges, beside the graph itself: of those that a stored graph keeps, or of
/// all of them; and to say why a head looks where it looks.
private struct HeadsSpeed {
    private let lines: [String]

    init(
        _ attributor: Attributor, text: String, options: AttributionOptions, allEdges: Bool, jobs: Int
    ) throws {
        let tokens = attributor.model.tokenizer.encodePrompt(text)
        var started = DispatchTime.now()
        let result = try attributor.attribute(tokens, options: options, jobs: jobs)
        let attribution = started.secondsPassed
        let stored = IndexingOptions(usualFor: attributor.basis)
        var lines: [String] = []
        func add(_ what: String, _ seconds: Double, edges: Int, operations: Int) {
            lines.append(
                String(
                    format: "heads of %@ %8.4f s, %4.0f %% of the attribution's %.4f s (%ld edges, %.2f GFLOP)", what,
                    seconds, 100 * seconds / attribution, attribution, edges, Double(operations) / 1e9))
        }
        let loadings = HeadLoadings(attributor, result)
        let headCount = attributor.model.configuration.headCount
        for (name, node, edge) in [
            ("a viewed graph's edges", Pruning.viewingThresholds.node, Pruning.viewingThresholds.edge),
            ("a stored graph's edges", stored.nodeThreshold, stored.edgeThreshold),
        ] {
            let graph = SparseGraph(result.graph, nodeThreshold: node, edgeThreshold: edge)
            started = DispatchTime.now()
            let heads = try loadings.mainHeads(ofEdgesIn: graph, jobs: jobs)
            let seconds = started.secondsPassed
            let edges = graph.edges.map {
                HeadLoadings.Edge(target: graph.nodes[$0.target].id, source: graph.nodes[$0.source].id)
            }
            let summary = try loadings.compute(edges, checkedAgainst: graph.edges.map(\.weight), jobs: jobs) { _, _ in }
            add(name, seconds, edges: heads.edgeCount, operations: summary.floatingPointOperations)
            lines.append(String(format: "    identity's largest violation %.1e", summary.largestViolation))
        }
        if allEdges {
            let (all, _) = HeadLoadings.edges(of: result.graph)
            started = DispatchTime.now()
            let summary = try loadings.compute(all, jobs: jobs) { _, values in
                _ = EdgeHeads.main(of: values, headCount: headCount)
            }
            add("all edges", started.secondsPassed, edges: all.count, operations: summary.floatingPointOperations)
        }
        let last = tokens.count - 1
        for layer in [attributor.model.configuration.layerCount / 2, attributor.model.configuration.layerCount - 1] {
            let place = ScorePlace(
                layer: layer, head: 0, query: last,
                key: max(last / 2, attributor.model.blocks[layer].attention.firstKey(ofQuery: last)))
            for reference in [nil, .mean] as [ScorePlace.Reference?] {
                started = DispatchTime.now()
                let found = try attributor.attributeScore(place, against: reference, of: result.local, jobs: jobs)
                lines.append(
                    String(
                        format: "score %@%@ %.4f s, %ld pairs, violation %.1e", "\(place)",
                        reference == nil ? "" : " less the mean", started.secondsPassed, found.pairCount,
                        found.largestViolation))
            }
        }
        self.lines = lines
    }

    func print() { lines.forEach { Swift.print($0) } }
}

/// How fast the demo's corpus, or the given prompts, are indexed, and how many bytes they take.
private struct StoredSize {
    private let summary: IndexingSummary
    private let information: AtlasInformation

    init(_ attributor: Attributor, texts: [String], options: AttributionOptions, jobs: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atlas-benchmark-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let corpus = folder + "/corpus.txt"
        try texts.map { $0 + "\n" }.joined().write(toFile: corpus, atomically: true, encoding: .utf8)
        let path = folder + "/benchmark.atlas"
        summary = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus), corpusName: "benchmark", options: IndexingOptions(attribution: options, jobs: jobs))
        let atlas = try Atlas.open(path, mode: .readOnly)
        information = try AtlasReader(atlas).information()
        try atlas.close()
    }

    func print() {
        Swift.print(
            String(
                format: """
                    prompts a second         %8.2f indexed many at once, %d in all
                    bytes a stored edge      %8.2f over %d
                    bytes a stored activation%8.2f over %d
                    """, Double(summary.addedPrompts) / summary.indexingSeconds, summary.addedPrompts,
                information.bytesPerEdge ?? 0, information.edgeCount, information.bytesPerActivation ?? 0,
                information.activationCount))
    }
}

extension ProductPrecision: ExpressibleByArgument {}
