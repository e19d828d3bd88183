import Circuits

/// How many graphs have each motif, as they are and rewired.
struct MotifCount {
    /// A try at rewiring for each edge, so many times.
    static let triesPerEdge = 10

    /// How many motifs were found, by kind.
    private(set) var found: [String: Int] = [:]
    /// The motifs that were tested, ascending, with the graphs that have them and those that have all their features.
    private(set) var tested: [(motif: Motif, support: Int, together: Int)] = []
    /// `[tested.count][rewirings]`: how many rewired graphs have the motif.
    private(set) var nullSupport: [[Int]]
    /// How many triangles, diamonds and bifans there are.
    private(set) var census: [Int]
    /// `[census.count][rewirings]`.
    private(set) var nullCensus: [[Int]]

    /// - Parameters:
    ///   - graphs: in canonical order
    ///   - streams: for each graph a number that its text alone decides, which tells its rewirings apart
    init(_ graphs: [FeatureGraph], streams: [UInt64], options: MotifsOptions) {
        var support: [Motif: Int] = [:]
        for graph in graphs { for motif in graph.motifs() { support[motif, default: 0] += 1 } }
        for motif in support.keys { found[motif.kind.rawValue, default: 0] += 1 }
        var chosen: [(motif: Motif, support: Int)] = []
        for kind in MotifKind.allCases {
            let candidates = support.filter { $0.key.kind == kind && $0.value >= options.minimumSupport }
            let ranked = candidates.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
            chosen += ranked.prefix(options.testedLimit).map { ($0.key, $0.value) }
        }
        chosen.sort { $0.motif < $1.motif }
        var together = [Int](repeating: 0, count: chosen.count)
        var nullSupport = [[Int]](repeating: [Int](repeating: 0, count: options.rewirings), count: chosen.count)
        var census = FeatureGraph.censusShapes.map { _ in 0 }
        var nullCensus = [[Int]](repeating: [Int](repeating: 0, count: options.rewirings), count: census.count)
        for (graph, stream) in zip(graphs, streams) {
            let nodes = graph.nodesByFeature()
            var present: [(place: Int, kind: MotifKind, first: NodeSet, second: NodeSet, third: NodeSet)] = []
            for (place, (motif, _)) in chosen.enumerated() {
                guard let first = nodes[motif.first], let second = nodes[motif.second], let third = nodes[motif.third]
                else { continue }
                together[place] += 1
                present.append((place, motif.kind, first, second, third))
            }
            for (shape, number) in graph.census().enumerated() { census[shape] += number }
            var generator = SeededNumbers(seed: options.seed, stream: stream)
            for rewiring in 0..<options.rewirings {
                var rewired = graph
                rewired.rewire(tries: Self.triesPerEdge * graph.edges.count, using: &generator)
                for (place, kind, first, second, third) in present where rewired.has(kind, first, second, third) {
                    nullSupport[place][rewiring] += 1
                }
                for (shape, number) in rewired.census().enumerated() { nullCensus[shape][rewiring] += number }
            }
        }
        tested = zip(chosen, together).map { ($0.motif, $0.support, $1) }
        self.nullSupport = nullSupport
        self.census = census
        self.nullCensus = nullCensus
    }
}
