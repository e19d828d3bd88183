import Circuits
import Synchronization
import Tensors

/// How many graphs have each motif, as they are and rewired.
struct MotifCount {
    /// Numbers after each rewiring that one null allows.
    struct Null {
        /// `[tested.count][rewirings]`: how many rewired graphs have the motif.
        var support: [[Int]]
        /// `[census.count][rewirings]`: how many triangles, diamonds and bifans rewired graphs have.
        var census: [[Int]]
    }

    /// How many motifs were found, by kind.
    private(set) var found: [String: Int] = [:]
    /// The motifs that were tested, ascending, with the graphs that have them and those that have all their features.
    private(set) var tested: [(motif: Motif, support: Int, together: Int)] = []
    /// How many triangles, diamonds and bifans there are.
    private(set) var census: [Int]
    /// What the nulls give, in the order of ``MotifNull``.
    let nulls: [Null]

    /// - Parameters:
    ///   - graphs: in canonical order
    ///   - streams: for each graph a number that its text alone decides, which tells its rewirings apart
    ///   - jobs: graphs rewired at once; the numbers do not depend on it
    ///
    /// Where the running `Cancellation` asks for it the numbers are incomplete: check it afterwards.
    init(_ graphs: [FeatureGraph], streams: [UInt64], options: MotifsOptions, jobs: Int) {
        var support: [Motif: Int] = [:]
        func isOver() -> Bool { Cancellation.current?.reason != nil }
        for graph in graphs where !isOver() { for motif in graph.motifs() { support[motif, default: 0] += 1 } }
        for motif in support.keys { found[motif.kind.rawValue, default: 0] += 1 }
        var chosen: [(motif: Motif, support: Int)] = []
        for kind in MotifKind.allCases {
            let candidates = support.filter { $0.key.kind == kind && $0.value >= options.minimumSupport }
            let ranked = candidates.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }
            chosen += ranked.prefix(options.testedLimit).map { ($0.key, $0.value) }
        }
        chosen.sort { $0.motif < $1.motif }
        let present = graphs.map { Present(chosen.map(\.motif), in: $0) }
        var together = [Int](repeating: 0, count: chosen.count)
        for graph in present { for (place, _) in graph.motifs { together[place] += 1 } }
        tested = zip(chosen, together).map { ($0.motif, $0.support, $1) }
        var census = FeatureGraph.censusShapes.map { _ in 0 }
        for graph in graphs where !isOver() {
            for (shape, number) in graph.census().enumerated() { census[shape] += number }
        }
        self.census = census
        let nothing = [Int](repeating: 0, count: options.rewirings)
        let empty = Null(
            support: .init(repeating: nothing, count: chosen.count),
            census: .init(repeating: nothing, count: census.count))
        let sums = Mutex([Null](repeating: empty, count: MotifNull.allCases.count))
        inParallel(count: graphs.count * MotifNull.allCases.count, jobs: jobs) { task in
            let (place, ordinal) = task.quotientAndRemainder(dividingBy: MotifNull.allCases.count)
            var generator = SeededNumbers(seed: options.seed, stream: streams[place] &+ UInt64(ordinal))
            let rewiring = Rewiring(graphs[place], null: MotifNull.allCases[ordinal])
            var having: [[Int]] = []
            var shapes: [[Int]] = []
            for _ in 0..<options.rewirings {
                if Cancellation.current?.reason != nil { return }
                let rewired = rewiring.next(using: &generator)
                having.append(present[place].found(in: rewired))
                shapes.append(rewired.census())
            }
            sums.withLock { sums in
                for number in having.indices {
                    for motif in having[number] { sums[ordinal].support[motif][number] += 1 }
                    for (shape, count) in shapes[number].enumerated() { sums[ordinal].census[shape][number] += count }
                }
            }
        }
        nulls = sums.withLock { $0 }
    }

    /// The motifs whose features a graph has.
    private struct Present: Sendable {
        let nodes: NodeSets
        /// Their places among all motifs.
        private(set) var motifs: [(place: Int, motif: PlacedMotif)] = []

        init(_ motifs: [Motif], in graph: FeatureGraph) {
            let (nodes, rows) = graph.nodesByFeature()
            self.nodes = nodes
            for (place, motif) in motifs.enumerated() {
                if let placed = PlacedMotif(motif, rows: rows) { self.motifs.append((place, placed)) }
            }
        }

        /// The places of those that a rewired graph has.
        func found(in graph: FeatureGraph) -> [Int] {
            var places: [Int] = []
            for (place, motif) in motifs where graph.has(motif, nodes) { places.append(place) }
            return places
        }
    }
}
