import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// The same facts derive to the same rows, however they came in.
struct DerivationInvarianceTests {
    /// Every derived row as text, prompts named by their text instead of this file's ids.
    private func derivedRows(_ atlas: Atlas) throws -> [String] {
        try atlas.read("dumping") { db in
            var lines: [String] = []
            for table in [
                "feature_statistics", "feature_bands", "aggregated_edges", "logit_drivers", "logit_statistics",
                "logit_cover", "automatic_labels", "feature_negative_tails", "feature_negative_bands",
                "logit_driver_negative_tails",
            ] {
                lines += try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table): \($0.databaseValues)" }
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
            let texts = try Row.fetchAll(db, sql: "SELECT id, text FROM prompts")
                .reduce(into: [Int64: String]()) { $0[$1["id"]] = $1["text"] }
            for row in try Row.fetchAll(db, sql: "SELECT entries FROM feature_postings") {
                lines += try PostingBlock.decode(row["entries"]).map {
                    "posting: \($0.feature) \(texts[$0.prompt]!) \($0.position) \($0.activation)"
                }
            }
            return lines.sorted()
        }
    }

    private let effects = [
        FeatureTokenEffects(
            feature: .init(layer: 0, index: 1), promoted: [.init(token: 3, value: 2)], suppressed: [], excitedBy: [])
    ]

    @Test func `order, batches, repetition and interruption leave no trace`() throws {
        let facts = RandomFacts.prompts(30, signed: true)
        let straight = try TemporaryAtlas([facts])
        try AtlasWriter(straight.atlas).writeTokenEffects(effects)
        try AtlasDerivation(straight.atlas).rebuild()

        var generator = SeededNumbers(seed: 23)
        let shuffled = facts.shuffled(using: &generator)
        var bare = shuffled[5]
        bare.graph = nil
        let crooked = try TemporaryAtlas([[bare], Array(shuffled[0..<7])])
        try AtlasDerivation(crooked.atlas).rebuild()
        try AtlasWriter(crooked.atlas).writeTokenEffects(effects)
        let writer = AtlasWriter(crooked.atlas)
        let run = try writer.beginRun(corpus: "toy corpus")
        for facts in shuffled[4...] { try writer.commit([facts], run: run) }
        try AtlasDerivation(crooked.atlas).rebuild()

        let expected = try derivedRows(straight.atlas)
        #expect(expected.count > 1000)
        #expect(try derivedRows(crooked.atlas) == expected)
    }

    @Test func `an atlas merged from parts derives to what one run gives`() throws {
        let facts = RandomFacts.prompts(30, signed: true)
        let straight = try TemporaryAtlas([facts])
        try AtlasWriter(straight.atlas).writeTokenEffects(effects)
        try AtlasDerivation(straight.atlas).rebuild()

        // The parts overlap, and one has a text without its graph.
        var bare = facts[25]
        bare.graph = nil
        let parts = [try TemporaryAtlas([[bare], Array(facts[12...20])]), try TemporaryAtlas([Array(facts[18...])])]
        try AtlasWriter(parts[1].atlas).writeTokenEffects(effects)
        let whole = try TemporaryAtlas([Array(facts[..<15])])
        for part in parts { try AtlasMerge(into: whole.atlas).merge(part.atlas) }
        try AtlasDerivation(whole.atlas).rebuild()
        #expect(try derivedRows(whole.atlas) == derivedRows(straight.atlas))
        #expect(try AtlasReader(whole.atlas).verify().problems == [])

        let again = try AtlasMerge(into: whole.atlas).merge(parts[0].atlas)
        #expect(again == AtlasMerge.Additions())
        #expect(try AtlasDerivation(whole.atlas).isStale() == false)
    }

    @Test func `a merge brings names along, and never replaces one`() throws {
        let part = try TemporaryAtlas([RandomFacts.prompts(3)])
        let (mine, theirs) = (FeatureID(layer: 0, index: 1), FeatureID(layer: 0, index: 2))
        try AtlasWriter(part.atlas).setLabels([("theirs", "", mine), ("theirs", "", theirs)])
        try AtlasWriter(part.atlas).setSupernode("pair", members: [mine, theirs])
        let whole = try TemporaryAtlas()
        try AtlasWriter(whole.atlas).setLabel("mine", of: mine)
        #expect(try AtlasMerge(into: whole.atlas).merge(part.atlas).names == 2)
        #expect(try AtlasReader(whole.atlas).labels().map(\.label) == ["mine", "theirs"])
        #expect(try AtlasReader(whole.atlas).supernode("pair").members == [mine, theirs])
    }

    @Test func `an atlas of another model is not merged`() throws {
        var other = RandomFacts.identity
        other.modelFingerprint = "model-2"
        let part = try TemporaryAtlas([RandomFacts.prompts(3)], identity: other)
        let whole = try TemporaryAtlas()
        #expect(throws: AtlasError.self) { try AtlasMerge(into: whole.atlas).merge(part.atlas) }
    }

    @Test func `deriving twice changes nothing`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(10)])
        try AtlasDerivation(test.atlas).rebuild()
        let once = try derivedRows(test.atlas)
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try derivedRows(test.atlas) == once)
    }

    @Test func `an atlas without facts derives to nothing`() throws {
        let test = try TemporaryAtlas()
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try derivedRows(test.atlas) == [])
        #expect(try AtlasDerivation(test.atlas).isStale() == false)
    }

    @Test func `new facts make the derivation stale until it is rebuilt`() throws {
        let facts = RandomFacts.prompts(3)
        let test = try TemporaryAtlas([[facts[0]]])
        let derivation = AtlasDerivation(test.atlas)
        #expect(try derivation.isStale())
        try derivation.rebuild()
        #expect(try !derivation.isStale())
        let writer = AtlasWriter(test.atlas)
        try writer.commit(facts, run: try writer.beginRun(corpus: "more"))
        #expect(try derivation.isStale())
        try derivation.rebuild()
        try writer.writeTokenEffects(effects)
        #expect(try derivation.isStale())
    }

    @Test func `rebuilding leaves the schema as it was`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(3)])
        let sql = "SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1"
        let before = try test.atlas.read("schema") { db in try String.fetchAll(db, sql: sql) }
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try test.atlas.read("schema") { db in try String.fetchAll(db, sql: sql) } == before)
    }

    @Test func `a full disk leaves the derived tables as they were`() throws {
        let facts = RandomFacts.prompts(40)
        let test = try TemporaryAtlas([Array(facts.prefix(3))])
        try AtlasDerivation(test.atlas).rebuild()
        let before = try derivedRows(test.atlas)
        let writer = AtlasWriter(test.atlas)
        try writer.commit(facts, run: try writer.beginRun(corpus: "more"))
        try test.atlas.database.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count")!
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 1)")
        }
        let error = #expect(throws: AtlasError.self) { try AtlasDerivation(test.atlas).rebuild() }
        guard case .storageFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try derivedRows(test.atlas) == before)
    }

    @Test func `a damaged block is told by table and row`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(3)])
        let damage = [
            ("prompts", "tokens"), ("prompts", "activations"), ("graphs", "nodes"), ("graphs", "edges"),
            ("graphs", "target_influence"),
        ]
        for (table, column) in damage {
            let sound = try test.atlas.write("damaging") { db in
                let sound = try Data.fetchOne(db, sql: "SELECT \(column) FROM \(table) WHERE id = 2")!
                let damaged = sound.prefix(sound.count - 6) + Data(repeating: 7, count: 6)
                try db.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE id = 2", arguments: [damaged])
                return sound
            }
            let error = #expect(throws: AtlasError.self) { try AtlasDerivation(test.atlas).rebuild() }
            guard case .damagedBlock(let name, let row, _, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(name == "\(table).\(column)" && row == 2)
            try test.atlas.write("mending") { db in
                try db.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE id = 2", arguments: [sound])
            }
        }
    }
}
