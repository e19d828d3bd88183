import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Heads of edges beside their graphs.
struct EdgeHeadStoreTests {
    private let facts = RandomFacts.withHeads(RandomFacts.withEffects(RandomFacts.prompts(8)))

    /// Heads as they come back: rounded.
    private func rounded(_ heads: EdgeHeads) -> EdgeHeads {
        let round = HeadBlock.rounded
        var result = EdgeHeads(
            headCount: heads.headCount,
            patterns: heads.patterns.map {
                HeadPattern(
                    previous: round($0.previous), same: round($0.same), first: round($0.first),
                    distance: round($0.distance), entropy: round($0.entropy))
            })
        for edge in 0..<heads.edgeCount {
            result.append(
                heads[edge].map {
                    EdgeHeads.Loading(layer: $0.layer, head: $0.head, loading: HeadBlock.rounded($0.loading))
                }, rest: HeadBlock.rounded(heads.rests[edge]))
        }
        return result
    }

    @Test func `heads come back within their rounding`() throws {
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        #expect(try reader.verify().problems == [])
        for own in facts {
            let heads = try #require(own.graph?.heads)
            let found = try #require(try reader.graph(ofPrompt: try reader.promptID(own.text)).heads)
            #expect(found == rounded(heads))
            for (before, after) in zip(heads.loadings, found.loadings) {
                #expect(abs(before.loading - after.loading) <= before.loading.magnitude / 128)
            }
        }
        let information = try reader.information()
        #expect(information.headedGraphCount == 8 && (information.headBytesPerEdge ?? 0) > 1)
    }

    @Test func `a graph pruned anew keeps the heads of its edges`() throws {
        let graph = try #require(facts[0].graph)
        let pruned = graph.pruned(nodeThreshold: 0.4, edgeThreshold: 0.5)
        let (before, after) = (try #require(graph.heads), try #require(pruned.heads))
        #expect(pruned.edges.count < graph.edges.count && after.edgeCount == pruned.edges.count)
        for (place, edge) in pruned.edges.enumerated() {
            let own = try #require(
                graph.edges.firstIndex {
                    graph.nodes[$0.target].id == pruned.nodes[edge.target].id
                        && graph.nodes[$0.source].id == pruned.nodes[edge.source].id
                })
            #expect(Array(after[place]) == Array(before[own]) && after.rests[place] == before.rests[own])
        }
    }

    @Test func `a merge brings heads along, also to graphs that are there without`() throws {
        let part = try TemporaryAtlas([facts])
        let whole = try TemporaryAtlas([Array(RandomFacts.prompts(8)[..<4])])
        try AtlasMerge(into: whole.atlas).merge(part.atlas)
        let (expected, found) = (AtlasReader(part.atlas), AtlasReader(whole.atlas))
        for own in facts {
            #expect(
                try found.graph(ofPrompt: found.promptID(own.text)).heads
                    == expected.graph(ofPrompt: expected.promptID(own.text)).heads)
        }
        #expect(try found.verify().problems == [])
    }

    @Test func `a repair keeps heads, and sets prompts aside whose heads changed`() throws {
        let test = try TemporaryAtlas([facts])
        try test.atlas.database.write { db in
            try db.execute(
                sql: """
                    UPDATE edge_heads SET heads = (SELECT heads FROM edge_heads WHERE graph_id = 3) WHERE graph_id = 2
                    """)
        }
        #expect(try !AtlasReader(test.atlas).verify().problems.isEmpty)
        try test.atlas.close()
        let report = try AtlasRepair.run(test.path)
        #expect(report.setAside.map(\.id) == [2])
        let reader = AtlasReader(try Atlas.open(test.path, mode: .readOnly))
        #expect(try reader.verify().problems == [])
        #expect(try reader.information().headedGraphCount == 7)
    }

    @Test func `heads of another graph are refused`() throws {
        let test = try TemporaryAtlas()
        let writer = AtlasWriter(test.atlas)
        var odd = facts[0]
        odd.graph?.heads = facts[1].graph?.heads
        let run = try writer.beginRun(corpus: "odd")
        let error = #expect(throws: AtlasError.self) { try writer.commit([odd], run: run) }
        #expect("\(try #require(error))".contains("heads of"))
    }
}
