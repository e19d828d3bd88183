import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Motifs in graphs of features, against the plain way.
struct MotifsQuestionTests {
    /// A graph of features whose edges run to later layers and no earlier positions.
    private func graph(_ nodeCount: Int, seed: UInt64, density: Int = 4) -> FeatureGraph {
        var generator = SeededNumbers(seed: seed)
        var nodes = Set<[Int]>()
        while nodes.count < nodeCount { nodes.insert([generator.below(5), generator.below(4), generator.below(3)]) }
        let sorted = nodes.sorted { $0.lexicographicallyPrecedes($1) }
        let bare = FeatureGraph(
            features: sorted.map { FeatureID(layer: $0[0], index: $0[1]) }, positions: sorted.map { $0[2] }, edges: [])
        let edges = (0..<nodeCount).flatMap { source in (0..<nodeCount).map { (source, $0) } }
            .filter { bare.allows($0.0, $0.1) && generator.below(density) == 0 }
            .map {
                FeatureGraph.Edge(source: $0.0, target: $0.1, sign: generator.below(3) == 0 ? .negative : .positive)
            }
        return FeatureGraph(features: bare.features, positions: bare.positions, edges: edges)
    }

    private func sign(_ graph: FeatureGraph, _ source: Int, _ target: Int) -> EdgeSign? {
        graph.edges.first { $0.source == source && $0.target == target }?.sign
    }

    private func has(_ graph: FeatureGraph, _ source: Int, _ target: Int) -> Bool {
        sign(graph, source, target) != nil
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `motifs are what triples of nodes show`(seed: UInt64) {
        let graph = graph(18, seed: seed)
        var expected = Set<Motif>()
        let nodes = graph.features.indices
        func add(_ kind: MotifKind, _ first: Int, _ second: Int, _ third: Int, _ signs: EdgeSign?...) {
            guard !signs.contains(nil) else { return }
            expected.insert(
                Motif(
                    kind: kind, first: graph.features[first], second: graph.features[second],
                    third: graph.features[third], signs: signs.compactMap { $0 }))
        }
        for a in nodes {
            for b in nodes {
                let ab = sign(graph, a, b)
                add(.edge, a, b, b, ab)
                for c in nodes {
                    let (bc, ac) = (sign(graph, b, c), sign(graph, a, c))
                    add(.chain, a, b, c, ab, bc)
                    add(.triangle, a, b, c, ab, bc, ac)
                    guard graph.features[a] < graph.features[b] else { continue }
                    add(.fanIn, a, b, c, ac, bc)
                    add(.fanOut, c, a, b, sign(graph, c, a), sign(graph, c, b))
                }
            }
        }
        #expect(graph.motifs() == expected && Set(expected.map(\.signs)).count > 5)
        let (sets, rows) = graph.nodesByFeature()
        for motif in expected { #expect(graph.has(PlacedMotif(motif, rows: rows)!, sets)) }
        var wrong = 0
        for first in rows.keys {
            for second in rows.keys {
                for third in rows.keys {
                    for kind in [MotifKind.chain, .triangle] {
                        for signs in [[EdgeSign.positive, .negative, .positive], [.negative, .negative, .negative]] {
                            let motif = Motif(kind: kind, first: first, second: second, third: third, signs: signs)
                            let found = graph.has(PlacedMotif(motif, rows: rows)!, sets)
                            wrong += found == expected.contains(motif) ? 0 : 1
                        }
                    }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test func `the census counts shapes without labels`() {
        let graph = graph(16, seed: 5, density: 2)
        var (triangles, diamonds, bifans) = (0, 0, 0)
        let nodes = graph.features.indices
        for a in nodes {
            for b in nodes {
                for c in nodes {
                    if has(graph, a, b), has(graph, b, c), has(graph, a, c) { triangles += 1 }
                    for d in nodes where b < c {
                        if has(graph, a, b), has(graph, a, c), has(graph, b, d), has(graph, c, d) { diamonds += 1 }
                        if a < d, has(graph, a, b), has(graph, a, c), has(graph, d, b), has(graph, d, c) { bifans += 1 }
                    }
                }
            }
        }
        #expect(graph.census() == [triangles, diamonds, bifans] && triangles > 0 && diamonds > 0 && bifans > 0)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64], MotifNull.allCases)
    func `rewiring keeps each node's inputs and outputs of each sign, and places where they are asked for`(
        seed: UInt64, null: MotifNull
    ) {
        let graph = graph(30, seed: seed)
        var generator = SeededNumbers(seed: seed)
        let rewired = Rewiring(graph, null: null).next(using: &generator)
        for sign in EdgeSign.allCases {
            for side in [FeatureGraph.Side.inputs, .outputs] {
                for node in graph.features.indices {
                    let row = graph.row(node, side, sign: sign)
                    #expect(rewired.links.members(of: row).count == graph.links.members(of: row).count)
                }
            }
        }
        func places(_ graph: FeatureGraph) -> [[Int]] {
            graph.edges.map { edge in
                [edge.source, edge.target].flatMap { [graph.features[$0].layer, graph.positions[$0]] }
                    + [edge.sign.rawValue]
            }.sorted { $0.lexicographicallyPrecedes($1) }
        }
        #expect(rewired.edges.allSatisfy { rewired.allows($0.source, $0.target) })
        #expect(Set(rewired.edges).count == graph.edges.count && Set(rewired.edges) != Set(graph.edges))
        #expect((places(rewired) == places(graph)) == (null == .places))
    }

    /// Every graph that exchanges can lead to, however often it takes them.
    private func reachable(
        _ graph: FeatureGraph, _ allows: (FeatureGraph.Edge, FeatureGraph.Edge) -> Bool
    ) -> Set<Set<FeatureGraph.Edge>> {
        var known: Set = [Set(graph.edges)]
        var open = [Set(graph.edges)]
        while let next = open.popLast() {
            for left in next {
                for right in next where left != right && left.sign == right.sign && allows(left, right) {
                    let edges = [
                        FeatureGraph.Edge(source: left.source, target: right.target, sign: left.sign),
                        FeatureGraph.Edge(source: right.source, target: left.target, sign: left.sign),
                    ]
                    guard edges.allSatisfy({ graph.allows($0.source, $0.target) }) else { continue }
                    let changed = next.subtracting([left, right]).union(edges)
                    // A doubled edge would be lost in the set.
                    let pairs = Set(changed.map { [$0.source, $0.target] })
                    guard pairs.count == graph.edges.count else { continue }
                    if known.insert(changed).inserted { open.append(changed) }
                }
            }
        }
        return known
    }

    @Test(arguments: MotifNull.allCases)
    func `every graph that a null allows comes up equally often`(null: MotifNull) {
        // Two layers at two positions, so that edges come from and lead to several places.
        let features = (0..<8).map { FeatureID(layer: $0 / 4, index: $0 % 4) }
        let positions = [0, 0, 0, 1, 1, 1, 1, 2]
        let pairs = [(0, 4), (1, 5), (2, 6), (3, 4), (0, 7), (1, 6), (3, 5)]
        let graph = FeatureGraph(
            features: features, positions: positions, edges: pairs.map { FeatureGraph.Edge(source: $0, target: $1) })
        func place(_ node: Int) -> [Int] { [features[node].layer, positions[node]] }
        let allowed = reachable(graph) { left, right in
            null == .degrees || place(left.source) == place(right.source)
                || place(left.target) == place(right.target)
        }
        var generator = SeededNumbers(seed: 6)
        let rewiring = Rewiring(graph, null: null)
        var counts: [Set<FeatureGraph.Edge>: Int] = [:]
        for _ in 0..<20_000 { counts[Set(rewiring.next(using: &generator).edges), default: 0] += 1 }
        #expect(Set(counts.keys) == allowed && allowed.count > 5, "\(allowed.count)")
        let expected = 20_000 / Double(allowed.count)
        let chiSquare = counts.values.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let freedom = Double(allowed.count - 1)
        #expect(chiSquare < freedom + 5 * (2 * freedom).squareRoot(), "\(chiSquare) over \(freedom)")
    }

    @Test func `a planted triangle stands out against rewired graphs`() throws {
        let planted = (0..<12).map { number -> FeatureGraph in
            let base = graph(30, seed: UInt64(100 + number), density: 8)
            let features = base.features + [0, 1, 2].map { FeatureID(layer: 2 * $0, index: 50) }
            let positions = base.positions + [0, 1, 2]
            let edges = [
                FeatureGraph.Edge(source: 30, target: 31), FeatureGraph.Edge(source: 31, target: 32, sign: .negative),
                FeatureGraph.Edge(source: 30, target: 32),
            ]
            return FeatureGraph(features: features, positions: positions, edges: base.edges + edges)
        }
        var options = MotifsOptions()
        options.rewirings = 60
        options.testedLimit = 40
        let streams = planted.indices.map(UInt64.init)
        let count = MotifCount(planted, streams: streams, options: options, jobs: 1)
        let motif = Motif(
            kind: .triangle, first: FeatureID(layer: 0, index: 50), second: FeatureID(layer: 2, index: 50),
            third: FeatureID(layer: 4, index: 50), signs: [.positive, .negative, .positive])
        let place = try #require(count.tested.firstIndex { $0.motif == motif })
        #expect(count.tested[place].support == 12 && count.tested[place].together == 12)
        let test = MotifTest(12, null: count.nulls[0].support[place])
        #expect(test.pValueMore == 1.0 / 61 && test.expected < 3)
        #expect(count.tested.allSatisfy { $0.support <= $0.together })
        let other = MotifCount(planted, streams: streams, options: options, jobs: 4)
        #expect(other.nulls.map(\.support) == count.nulls.map(\.support))
        #expect(other.nulls.map(\.census) == count.nulls.map(\.census))
        // Sixty rewirings leave 1/61 at best, which control over so many tests never lets through.
        let tests = MotifTests(count, null: .degrees, rewirings: 60)
        let enough = try #require(tests.enoughRewirings(rate: 0.05))
        let unreached = tests.tests.count { $0.pValueMore <= 1.0 / 61 }
        func smallest(_ rewirings: Int) -> Double {
            Double(count.tested.count) / Double(unreached * (rewirings + 1))
        }
        #expect(
            tests.qValues.allSatisfy { $0 > 0.05 } && smallest(enough.together) <= 0.05
                && smallest(enough.together - 1) > 0.05)
        #expect(enough.alone == 20 * count.tested.count - 1)
    }

    @Test(arguments: MotifNull.allCases)
    func `a null's census is that of all rewired graphs together`(null: MotifNull) throws {
        let graphs = (0..<3).map { graph(16, seed: UInt64(40 + $0), density: 2) }
        let streams: [UInt64] = [10, 20, 30]
        var options = MotifsOptions()
        options.rewirings = 5
        let count = MotifCount(graphs, streams: streams, options: options, jobs: 2)
        let ordinal = try #require(MotifNull.allCases.firstIndex(of: null))
        var expected = FeatureGraph.censusShapes.map { _ in [Int](repeating: 0, count: options.rewirings) }
        for (graph, stream) in zip(graphs, streams) {
            var generator = SeededNumbers(seed: options.seed, stream: stream + UInt64(ordinal))
            let rewiring = Rewiring(graph, null: null)
            for number in 0..<options.rewirings {
                for (shape, found) in rewiring.next(using: &generator).census().enumerated() {
                    expected[shape][number] += found
                }
            }
        }
        #expect(count.nulls[ordinal].census == expected && expected.allSatisfy { $0.allSatisfy { $0 > 0 } })
    }

    @Test(arguments: MotifNull.allCases)
    func `in graphs that are rewired already one motif in twenty stands out`(null: MotifNull) {
        // What is found is a rewired graph itself, so that p-values are even, up to the steps of counts: where it equals
        // a rewiring's number, chance decides whether it counts as larger.
        var (generator, luck) = (SeededNumbers(seed: 12), SeededNumbers(seed: 13))
        let trials = 400
        var rejected = [0, 0]
        for trial in 0..<trials {
            let start = graph(24, seed: UInt64(1000 + trial), density: 3)
            let found = Rewiring(start, null: null).next(using: &generator)
            let rewiring = Rewiring(found, null: null)
            var nodes = NodeSets(rowCount: found.features.count, nodeCount: found.features.count)
            for node in found.features.indices { nodes.insert(node, to: node) }
            // Chosen without looking at what was found: any two nodes that may be linked, and the graph's triangles.
            let pairs = found.features.indices.flatMap { source in found.features.indices.map { (source, $0) } }
                .filter { found.allows($0.0, $0.1) }
            let pair = pairs[trial % pairs.count]
            let sign = trial % 3 == 0 ? EdgeSign.negative : .positive
            func numbers(_ graph: FeatureGraph) -> [Int] {
                let motif = PlacedMotif(
                    kind: .edge, first: pair.0, second: pair.1, third: pair.1, signs: (sign, .positive, .positive))
                let isLinked = graph.has(motif, nodes)
                return [isLinked ? 1 : 0, graph.census()[0]]
            }
            let observed = numbers(found)
            let nulls = (0..<79).map { _ in numbers(rewiring.next(using: &generator)) }
            for kind in 0..<2 {
                let larger = nulls.count { $0[kind] > observed[kind] }
                let equal = nulls.count { $0[kind] == observed[kind] }
                // Rank among 80 of which equals are in random order: even over 1…80, so at most 4 in one of twenty.
                if larger + 1 + luck.below(equal + 1) <= 4 { rejected[kind] += 1 }
            }
        }
        let (mean, deviation) = (0.05 * Double(trials), (0.05 * 0.95 * Double(trials)).squareRoot())
        for count in rejected { #expect(abs(Double(count) - mean) <= 4 * deviation, "\(rejected) of \(trials)") }
    }

    @Test func `a rewiring's numbers give mean, deviation and p-values`() {
        let test = MotifTest(5, null: [1, 2, 3, 5, 6, 1])
        #expect(agree(test.expected, 3) && agree(test.deviation, (22.0 / 6).squareRoot()))
        #expect(agree(test.pValueMore, 3.0 / 7) && agree(test.pValueFewer, 6.0 / 7))
        #expect(agree(test.zScore!, 2 / (22.0 / 6).squareRoot()) && MotifTest(3, null: [2, 2]).zScore == nil)
    }

    @Test func `support is the number of pruned graphs, whatever their order`() throws {
        let (fixture, other) = (try QueryFixture(count: 10), try QueryFixture(count: 10, shuffledBy: 3))
        var options = MotifsOptions()
        options.rewirings = 3
        options.testedLimit = 30
        let report = try fixture.reader.motifs(options: options)
        #expect(try report == other.reader.motifs(options: options))
        let graphs = fixture.oracle.prompts.map {
            FeatureGraph($0.graph!.pruned(nodeThreshold: 0.8, edgeThreshold: 0.98), signed: true).motifs()
        }
        for row in report.motifs {
            let motif = Motif(
                kind: row.kind, first: row.features[0], second: row.features[1], third: row.features.last!,
                signs: try #require(row.signs).map { $0 > 0 ? .positive : .negative })
            #expect(row.support == graphs.count { $0.contains(motif) })
        }
        #expect(
            report.limitations.count == 2 && report.limitations[0].hasPrefix("3 rewirings that keep degrees are too"))
        options.signed = false
        let unsigned = try fixture.reader.motifs(options: options)
        #expect(unsigned.motifs.allSatisfy { $0.signs == nil } && unsigned.found["edge"]! <= report.found["edge"]!)
        #expect(report.found["edge"] == Set(graphs.joined()).count { $0.kind == .edge })
        withExtendedLifetime((fixture, other)) {}
    }
}
