import ArgumentParser
import AtlasIndexing
import Attribution
import Circuits
import Dispatch
import Foundation
import LanguageModels
import Tensors

/// The same graphs in every precision of the products: how long they take, and how far they lie from those in Float32.
struct PrecisionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "precision", abstract: "Precisions of products: speed, and how far graphs lie from Float32's.",
        discussion: """
            Prompts of each length are attributed in Float32 and in each other precision, once unmeasured and then \
            measured. Nodes and edges are those of the pruned graphs as an atlas stores them.

              swift run -c release Benchmarks precision --model DIR --transcoders DIR --maximum-feature-nodes 1000 \\
                --tokens 9 64 256 --file TEXT
            """)

    @Option(help: "The model's folder.") var model: String
    @Option(help: "The transcoders' folder; or --generated.") var transcoders: String?
    @Option(help: "Random transcoders of so many features a layer.") var generated: Int?
    @Option(help: "With --generated: features that fire at each layer and position.") var active = 32
    @Option(parsing: .upToNextOption, help: "Lengths of prompts.") var tokens: [Int] = [9, 64, 256]
    @Option(help: "A file with the prompts' text, one a line.") var file: String
    @Option(help: "Features that become targets; all unless given.") var maximumFeatureNodes: Int?
    @OptionGroup var kept: ResultsOptions
    @Option(help: "Threads.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard (transcoders == nil) != (generated == nil) else {
            throw ValidationError("expected --transcoders or --generated")
        }
        guard tokens.allSatisfy({ $0 >= 2 }), jobs >= 1 else { throw ValidationError("expected 2 or more tokens") }
    }

    func run() throws {
        let random = try generated.map { try GeneratedTranscoders(for: model, features: $0, active: active) }
        defer { withExtendedLifetime(random) {} }
        let attributor = try Attributor(modelFolder: model, transcoderFolder: transcoders ?? random?.folder ?? "")
        let text = try CorpusRecords.lines(ofFile: file).map(\.text).joined(separator: "\n")
        print("products in bfloat16 by \(BFloat16Unit.best.rawValue)")
        var rows: [[String: KeptMeasurement.Value]] = []
        for length in tokens {
            let prompt = LongPrompts.tokens(length, of: text, attributor.model)
            let exact = try TimedGraph(attributor, prompt, options(.float32), jobs: jobs)
            for precision in ProductPrecision.allCases {
                let own =
                    precision == .float32 ? exact : try TimedGraph(attributor, prompt, options(precision), jobs: jobs)
                let difference = GraphDifference(own.graph, from: exact.graph)
                print(
                    String(
                        format: "%5ld tokens  %@  %8.3f s  recursion %8.3f s of threads  ", prompt.count,
                        precision.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0), own.seconds,
                        own.recursion) + "\(difference)")
                guard precision != .float32 else { continue }
                rows.append(
                    [
                        "tokens": .count(prompt.count), "kind": .text(attributor.transcoders.kind.rawValue),
                        "precision": .text(precision.rawValue), "unit": .text(BFloat16Unit.best.rawValue),
                        "seconds": .number(own.seconds), "float32_seconds": .number(exact.seconds),
                        "recursion_seconds": .number(own.recursion),
                        "recursion_faster": .number(exact.recursion / own.recursion),
                    ].merging(difference.row) { first, _ in first })
            }
        }
        try kept.keep(rows, as: "precisions")
    }

    private func options(_ precision: ProductPrecision) -> AttributionOptions {
        AttributionOptions(maximumFeatureNodes: maximumFeatureNodes, precision: precision)
    }
}

/// A graph and how long it took the second time.
private struct TimedGraph {
    let graph: AttributionGraph
    let seconds: Double
    /// Seconds of all threads in the phases whose products are rounded.
    let recursion: Double

    init(_ attributor: Attributor, _ tokens: [Int], _ options: AttributionOptions, jobs: Int) throws {
        _ = try attributor.attribute(tokens, options: options, jobs: jobs)
        let started = DispatchTime.now()
        let result = try attributor.attribute(tokens, options: options, jobs: jobs)
        seconds = started.secondsPassed
        graph = result.graph
        recursion = [.sources, .projections, .mixing].reduce(0) { $0 + (result.costs[$1]?.seconds ?? 0) }
    }
}

/// How far a graph lies from another of the same prompt.
private struct GraphDifference: CustomStringConvertible {
    /// The largest difference of edges between nodes that both have, beside the largest edge.
    private var largest = 0.0
    /// The sum of all such differences, beside the sum of all edges' sizes.
    private var mean = 0.0
    /// Features that both chose, of those that each did.
    private var chosen = (shared: 0, all: 0)
    /// Pairs of neighbours in the order by influence on the targets whose order is another.
    private var swapped = (pairs: 0, all: 0)
    /// Nodes and edges of the stored graphs that both have, of those that either has.
    private var nodes = (shared: 0, all: 0)
    private var edges = (shared: 0, all: 0)

    init(_ graph: AttributionGraph, from exact: AttributionGraph) {
        compareEdges(graph, exact)
        compareStored(graph, exact)
    }

    private mutating func compareEdges(_ graph: AttributionGraph, _ exact: AttributionGraph) {
        let own = Dictionary(uniqueKeysWithValues: graph.selectedFeatures.enumerated().map { ($1, $0) })
        let pairs = exact.selectedFeatures.enumerated().compactMap { place, feature in own[feature].map { ($0, place) }
        }
        chosen = (pairs.count, exact.selectedFeatures.count)
        let shared = pairs.map(\.0)
        func columns(_ layout: NodeLayout, _ features: [Int]) -> [Int] {
            features + Array(layout.featureCount..<layout.sourceCount)
        }
        let (left, right) = (columns(graph.layout, shared), columns(exact.layout, pairs.map(\.1)))
        var (difference, size, worst, most) = (0.0, 0.0, 0.0, 0.0)
        let targets =
            pairs
            + (0..<exact.layout.logitCount).map { (graph.layout.featureCount + $0, exact.layout.featureCount + $0) }
        for (row, other) in targets {
            let (a, b) = (row * graph.layout.sourceCount, other * exact.layout.sourceCount)
            for (x, y) in zip(left, right) {
                let (found, expected) = (Double(graph.weights[a + x]), Double(exact.weights[b + y]))
                difference += abs(found - expected)
                size += abs(expected)
                worst = max(worst, abs(found - expected))
                most = max(most, abs(expected))
            }
        }
        (largest, mean) = (worst / most, difference / size)
    }

    private mutating func compareStored(_ graph: AttributionGraph, _ exact: AttributionGraph) {
        let usual = IndexingOptions()
        let (own, other) = (
            SparseGraph(graph, nodeThreshold: usual.nodeThreshold, edgeThreshold: usual.edgeThreshold),
            SparseGraph(exact, nodeThreshold: usual.nodeThreshold, edgeThreshold: usual.edgeThreshold)
        )
        let (ids, others) = (Set(own.nodes.map(\.id)), Set(other.nodes.map(\.id)))
        nodes = (ids.intersection(others).count, ids.union(others).count)
        func names(_ graph: SparseGraph) -> Set<[NodeID]> {
            Set(graph.edges.map { [graph.nodes[$0.source].id, graph.nodes[$0.target].id] })
        }
        let (links, otherLinks) = (names(own), names(other))
        edges = (links.intersection(otherLinks).count, links.union(otherLinks).count)
        let influence = Dictionary(own.nodes.map { ($0.id, $0.influence) }) { first, _ in first }
        let ranked = other.nodes.sorted { $0.influence > $1.influence }.compactMap { influence[$0.id] }
        swapped = (zip(ranked, ranked.dropFirst()).filter { $0 < $1 }.count, max(0, ranked.count - 1))
    }

    var row: [String: KeptMeasurement.Value] {
        [
            "largest_difference": .number(largest), "mean_difference": .number(mean), "chosen": .count(chosen.all),
            "chosen_shared": .count(chosen.shared), "neighbours": .count(swapped.all),
            "neighbours_swapped": .count(swapped.pairs), "nodes": .count(nodes.all),
            "nodes_shared": .count(nodes.shared),
            "edges": .count(edges.all), "edges_shared": .count(edges.shared),
        ]
    }

    var description: String {
        String(format: "edges differ by %.1e at most, %.1e on average; ", largest, mean)
            + "\(chosen.shared) of \(chosen.all) features chosen, stored \(nodes.shared) of \(nodes.all) nodes, "
            + "\(edges.shared) of \(edges.all) edges, \(swapped.pairs) of \(swapped.all) neighbours in rank swapped"
    }
}
