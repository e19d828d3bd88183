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
        let edges = (0..<nodeCount).flatMap { source in (0..<nodeCount).map { (source: source, target: $0) } }
            .filter { bare.allows($0.source, $0.target) && generator.below(density) == 0 }
        return FeatureGraph(features: bare.features, positions: bare.positions, edges: edges)
    }

    private func has(_ graph: FeatureGraph, _ source: Int, _ target: Int) -> Bool {
        graph.edges.contains { $0.source == source && $0.target == target }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `motifs are what triples of nodes show`(seed: UInt64) {
        let graph = graph(18, seed: seed)
        var expected = Set<Motif>()
        let nodes = graph.features.indices
        func add(_ kind: MotifKind, _ first: Int, _ second: Int, _ third: Int) {
            expected.insert(
                Motif(
                    kind: kind, first: graph.features[first], second: graph.features[second],
                    third: graph.features[third]))
        }
        for a in nodes {
            for b in nodes where has(graph, a, b) { add(.edge, a, b, b) }
            for b in nodes where a != b {
                for c in nodes where c != a && c != b {
                    if has(graph, a, b), has(graph, b, c) {
                        add(.chain, a, b, c)
                        if has(graph, a, c) { add(.triangle, a, b, c) }
                    }
                    let isOrdered = graph.features[a] < graph.features[b]
                    if isOrdered, has(graph, a, c), has(graph, b, c) { add(.fanIn, a, b, c) }
                    if isOrdered, has(graph, c, a), has(graph, c, b) { add(.fanOut, c, a, b) }
                }
            }
        }
        #expect(graph.motifs() == expected)
        let sets = graph.nodesByFeature()
        for motif in expected {
            #expect(graph.has(motif.kind, sets[motif.first]!, sets[motif.second]!, sets[motif.third]!))
        }
        var missing = 0
        for first in sets.keys {
            for second in sets.keys {
                for third in sets.keys {
                    for kind in [MotifKind.chain, .triangle] {
                        let motif = Motif(kind: kind, first: first, second: second, third: third)
                        guard !expected.contains(motif) else { continue }
                        missing += graph.has(kind, sets[first]!, sets[second]!, sets[third]!) ? 1 : 0
                    }
                }
            }
        }
        #expect(missing == 0)
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

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `rewiring keeps every node's inputs and outputs in number, and the order of layers`(seed: UInt64) {
        let graph = graph(30, seed: seed)
        var rewired = graph
        var generator = SeededNumbers(seed: seed)
        rewired.rewire(tries: 1000, using: &generator)
        #expect(rewired.inputs.map(\.members.count) == graph.inputs.map(\.members.count))
        #expect(rewired.outputs.map(\.members.count) == graph.outputs.map(\.members.count))
        #expect(rewired.edges.allSatisfy { rewired.allows($0.source, $0.target) })
        let distinct = Set(rewired.edges.map { [$0.source, $0.target] })
        #expect(distinct.count == graph.edges.count && distinct != Set(graph.edges.map { [$0.source, $0.target] }))
        #expect(distinct.allSatisfy { rewired.outputs[$0[0]].contains($0[1]) && rewired.inputs[$0[1]].contains($0[0]) })
    }

    @Test func `a planted triangle stands out against rewired graphs`() throws {
        let planted = (0..<12).map { number -> FeatureGraph in
            let base = graph(30, seed: UInt64(100 + number), density: 8)
            let features = base.features + [0, 1, 2].map { FeatureID(layer: 2 * $0, index: 50) }
            let positions = base.positions + [0, 1, 2]
            return FeatureGraph(
                features: features, positions: positions, edges: base.edges + [(30, 31), (31, 32), (30, 32)])
        }
        var options = MotifsOptions()
        options.rewirings = 60
        options.testedLimit = 40
        let count = MotifCount(planted, streams: planted.indices.map(UInt64.init), options: options)
        let motif = Motif(
            kind: .triangle, first: FeatureID(layer: 0, index: 50), second: FeatureID(layer: 2, index: 50),
            third: FeatureID(layer: 4, index: 50))
        let place = try #require(count.tested.firstIndex { $0.motif == motif })
        #expect(count.tested[place].support == 12 && count.tested[place].together == 12)
        let test = MotifTest(12, null: count.nullSupport[place])
        #expect(test.pValueMore == 1.0 / 61 && test.expected < 3)
        #expect(count.tested.allSatisfy { $0.support <= $0.together })
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
            FeatureGraph($0.graph!.pruned(nodeThreshold: 0.8, edgeThreshold: 0.98)).motifs()
        }
        for row in report.motifs {
            let motif = Motif(
                kind: row.kind, first: row.features[0], second: row.features[1], third: row.features.last!)
            #expect(row.support == graphs.count { $0.contains(motif) })
        }
        #expect(report.found["edge"] == Set(graphs.joined()).count { $0.kind == .edge })
        withExtendedLifetime((fixture, other)) {}
    }
}
