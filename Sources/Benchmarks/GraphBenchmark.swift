import ArgumentParser
import AtlasInterface
import AtlasQuery
import AtlasStore
import Circuits
import Foundation

/// Asks for views of one very large stored graph, as the graph page does while its sliders move.
struct GraphBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Views of a graph of 10,000 nodes and 1,000,000 edges: time and size.",
        discussion: "  swift run -c release Benchmarks graph")

    @Option(help: "Feature nodes of the graph.") var nodes = 10_000
    @Option(help: "Its edges.") var edges = 1_000_000
    @OptionGroup var kept: ResultsOptions

    private static let layers = 26
    private static let tokens = 74
    private static let views = [
        "", "?nodes=0.5", "?nodes=0.95&edges=0.99", "?nodes=0.8&edges=0.9&limit=1000&edgeLimit=10000",
    ]

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let atlas = try Atlas.open(
            folder.appendingPathComponent("graph.atlas").path, mode: .create(GeneratedAtlas.identity))
        let writer = AtlasWriter(atlas)
        try writer.commit([facts()], run: try writer.beginRun(corpus: "generated"))
        try AtlasDerivation(atlas).rebuild()
        let service = AtlasService(AtlasReader(atlas))
        print("view                                                   first       again      bytes")
        var rows = try Self.views.map { try measure("prompts/1/graph\($0)", service) }
        let graph: GraphReport = try JSONDecoder().decode(
            GraphReport.self, from: service.answer(.get, "prompts/1/graph").bytes)
        if let node = graph.nodes.last(where: { $0.kind == "feature" }) {
            rows.append(try measure("prompts/1/graph/nodes/\(node.id)", service))
        }
        try atlas.close()
        try kept.keep(rows, as: "graph")
    }

    /// Asks five times: milliseconds of the first answer and of the later ones, and the answer's bytes.
    private func measure(_ path: String, _ service: AtlasService) throws -> [String: KeptMeasurement.Value] {
        var times: [Double] = []
        var bytes = 0
        for _ in 0..<5 {
            let start = DispatchTime.now()
            bytes = try service.answer(.get, path).bytes.count
            times.append(start.secondsPassed * 1e3)
        }
        let again = times.dropFirst().sorted()[times.count / 2 - 1]
        print(
            path.padding(toLength: 50, withPad: " ", startingAt: 0),
            String(format: "%7.1f ms  %7.1f ms  %9d", times[0], again, bytes))
        return ["view": .text(path), "first": .number(times[0]), "again": .number(again), "bytes": .count(bytes)]
    }

    /// One prompt with features spread over all layers and positions, and edges from earlier ones to later ones.
    private func facts() -> PromptFacts {
        var generator = SeededNumbers(seed: 4)
        let activations = (0..<nodes).map { node in
            ActiveFeature(
                layer: node * Self.layers / nodes, position: 1 + generator.below(Self.tokens - 1), index: node,
                activation: 1)
        }.sorted()
        let tokens = (0..<Self.tokens).map { $0 + 1 }
        let target = LogitTarget(token: 7, probability: 0.9, position: Self.tokens - 1)
        let ids =
            activations.map { NodeID.feature(layer: $0.layer, position: $0.position, index: $0.index) }
            + tokens.indices.dropFirst().map { .token(position: $0) } + [.logit(ordinal: 0)]
        let logit = ids.count - 1
        var pairs = Set<Int>()
        // Every feature reads its token, as the first layers' do.
        for (node, feature) in activations.enumerated() {
            pairs.insert(node * ids.count + nodes + feature.position - 1)
        }
        while pairs.count < edges {
            let place = generator.below(nodes + 1)
            let reader = place == nodes ? logit : place
            let source = generator.below(max(1, place))
            if reader == logit || activations[source].layer < activations[place].layer {
                pairs.insert(reader * ids.count + source)
            }
        }
        let sparse = pairs.sorted().map { pair in
            SparseGraph.Edge(
                target: pair / ids.count, source: pair % ids.count,
                weight: Float.random(in: -1...2, using: &generator))
        }
        let graph = SparseGraph(
            tokens: tokens, targets: [target],
            nodes: ids.enumerated().map { place, id in
                let influence = place < nodes ? 1 / Float(1 + place) : 0
                return SparseGraph.Node(
                    id: id, activation: place < nodes ? 1 : 0, influence: influence,
                    cumulativeInfluence: Float(place) / Float(nodes), inputSum: 100, biasInput: 0)
            },
            targetInfluence: [ids.indices.map { $0 < nodes ? 1 / Float(1 + $0) : 0 }], edges: sparse,
            scores: GraphScores(replacement: 0.8, completeness: 0.9), activeFeatureCount: nodes,
            selectedFeatureCount: nodes, largestViolation: 0, nodeThreshold: 0.95, edgeThreshold: 0.99)
        return PromptFacts(
            text: "a large graph", tokens: tokens, countedTokens: Self.tokens - 1, predictedToken: 7,
            predictedProbability: 0.9, activations: activations, graph: graph)
    }
}
