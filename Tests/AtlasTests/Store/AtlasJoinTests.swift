import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Parts put together: the same whatever their order and grouping, and all of them or none.
struct AtlasJoinTests {
    private let facts = RandomFacts.withEffects(RandomFacts.prompts(48, signed: true))

    /// What every question is answered from, by content, so that ids do not matter; sums to twelve places.
    private func content(_ atlas: Atlas) throws -> [String] {
        try atlas.read("reading") { db in
            var lines: [String] = []
            for table in TableDigests.derived
            where !["derivation", "derivation_extent", "feature_postings", "posting_runs", "logit_coverage"]
                .contains(table) && !table.hasSuffix("examples")
            {
                lines += try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { row in
                    "\(table): "
                        + row.databaseValues.map { value in
                            guard case .double(let number) = value.storage else { return "\(value)" }
                            return String(format: "%.9g", abs(number) < 1e-9 ? 0 : number)
                        }.joined(separator: " ")
                }
            }
            for table in ["feature_examples", "feature_negative_examples"] {
                lines += try Row.fetchAll(
                    db,
                    sql: """
                        SELECT e.layer, e.feature_index, e.band, e.rank, p.text, e.position, e.activation
                        FROM \(table) e JOIN prompts p ON p.id = e.prompt_id
                        """
                ).map { "\(table): \($0.databaseValues)" }
            }
            return lines.sorted()
        }
    }

    /// Atlases of consecutive shares of the facts, in a folder of their own.
    private func parts(_ count: Int) throws -> [TemporaryAtlas] {
        let size = facts.count / count
        return try (0..<count).map { part in
            let test = try TemporaryAtlas([Array(facts[part * size..<(part + 1) * size])])
            try AtlasDerivation(test.atlas).rebuild()
            return test
        }
    }

    private func join(_ parts: [String], into whole: String) throws -> Atlas {
        try AtlasJoin(parts: parts, whole: whole).run()
        return try Atlas.open(whole, mode: .readWrite)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("join-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `the order and grouping of parts make no difference, nor does a part that comes again`() throws {
        let straight = try TemporaryAtlas([facts])
        try AtlasDerivation(straight.atlas).rebuild()
        let expected = try content(straight.atlas)
        let parts = try parts(4).map { ($0, $0.path) }
        let paths = parts.map(\.1)
        try withFolder { folder in
            let left = try join(Array(paths[..<2]), into: folder + "/left.atlas")
            #expect(try content(join([paths[2]], into: left.path)).count > 1000)
            #expect(try content(join([paths[3], paths[0]], into: left.path)) == expected)
            let right = try join([paths[3], paths[2]], into: folder + "/right.atlas")
            #expect(try content(join([left.path], into: right.path)) == expected)
            let all = try join(paths.reversed(), into: folder + "/all.atlas")
            #expect(try content(all) == expected)
            for atlas in [left, right, all] {
                #expect(try AtlasReader(atlas).verify(derivingAnew: true).problems == [])
            }

            let digests = "SELECT * FROM table_digests ORDER BY name"
            let before = try all.read("reading") { db in try Row.fetchAll(db, sql: digests) }
            let again = try AtlasJoin(parts: paths, whole: all.path).run()
            #expect(again.map(\.added) == [AtlasMerge.Additions](repeating: .init(), count: 4))
            #expect(try all.read("reading") { db in try Row.fetchAll(db, sql: digests) } == before)
        }
    }

    @Test func `each part is told with what it alone added`() throws {
        var second = Array(facts[5..<20])
        // A text of its own that has no graph.
        second[10].graph = nil
        let parts = [
            try TemporaryAtlas([Array(facts[0..<10])]), try TemporaryAtlas([second]),
            try TemporaryAtlas([Array(facts[18..<30])]),
        ]
        let whole = try TemporaryAtlas([Array(facts[0..<3])])
        try whole.atlas.close()
        let added = try AtlasJoin(parts: parts.map(\.path), whole: whole.path).run()
        #expect(added.map(\.added.prompts) == [7, 10, 10] && added.map(\.added.graphs) == [7, 9, 10])
    }

    @Test func `a part that is damaged, of other thresholds or named twice leaves the whole as it was`() throws {
        let whole = try TemporaryAtlas([Array(facts[..<30])])
        try AtlasDerivation(whole.atlas).rebuild()
        let digests = "SELECT * FROM table_digests ORDER BY name"
        let before = try whole.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) }
        let sound = try TemporaryAtlas([Array(facts[30..<40])])
        let damaged = try TemporaryAtlas([Array(facts[40...])])
        try damaged.atlas.database.write { db in
            try db.execute(sql: "UPDATE graphs SET replacement_score = 0.123 WHERE id = 2")
        }
        var coarse = Array(facts[40...])
        for place in coarse.indices {
            coarse[place].graph = coarse[place].graph.map { graph in
                SparseGraph(
                    tokens: graph.tokens, targets: graph.targets, nodes: graph.nodes,
                    targetInfluence: graph.targetInfluence, edges: graph.edges, scores: graph.scores,
                    activeFeatureCount: graph.activeFeatureCount, selectedFeatureCount: graph.selectedFeatureCount,
                    largestViolation: graph.largestViolation, nodeThreshold: 0.5, edgeThreshold: 0.6)
            }
        }
        let other = try TemporaryAtlas([coarse])
        for (bad, sentence) in [
            (damaged.path, "not what was stored there"), (other.path, "stored with other thresholds"),
            (sound.path, "found the same file"), (whole.path, "found the same file"),
        ] {
            let error = #expect(throws: AtlasError.self) {
                try AtlasJoin(parts: [sound.path, bad], whole: whole.path).run()
            }
            let text = try #require(error).description
            #expect(text.contains(sentence) && text.contains(bad), "\(text)")
            #expect(try whole.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) } == before)
        }
        var mixed = try AtlasJoin(parts: [sound.path, other.path], whole: whole.path)
        mixed.mixesThresholds = true
        #expect(try mixed.run().map(\.added.prompts) == [10, 8])
        #expect(try AtlasReader(whole.atlas).verify(derivingAnew: true).problems == [])
    }

    @Test func `a merge on a full disk leaves the whole as it was, and able to go on`() throws {
        let whole = try TemporaryAtlas([Array(facts[..<30])])
        try AtlasDerivation(whole.atlas).rebuild()
        let part = try TemporaryAtlas([Array(facts[30...])])
        let digests = "SELECT * FROM table_digests ORDER BY name"
        let before = try whole.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) }
        let pages = try whole.atlas.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
            return pages
        }
        #expect(throws: AtlasError.self) { try AtlasMerge(into: whole.atlas).merge(part.atlas, derives: true) }
        #expect(try whole.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) } == before)
        try whole.atlas.database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 100_000)")
        }
        #expect(try AtlasMerge(into: whole.atlas).merge(part.atlas, derives: true).prompts == 18)
        #expect(try AtlasReader(whole.atlas).verify(derivingAnew: true).problems == [])
    }

    @Test func `indexing that never ended is told`() throws {
        let part = try TemporaryAtlas([Array(facts[..<3])])
        let writer = AtlasWriter(part.atlas)
        try writer.commit([facts[4]], run: try writer.beginRun(corpus: "half"))
        let join = try AtlasJoin(parts: [part.path], whole: part.path + ".whole")
        #expect(try join.unfinished().contains { $0.corpus == "half" && $0.part == part.path })
        let run = try writer.beginRun(corpus: "half")
        try writer.finishRun(run)
        #expect(try !join.unfinished().contains { $0.corpus == "half" })
    }
}
