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
                "logit_cover", "automatic_labels",
            ] {
                lines += try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table): \($0.databaseValues)" }
            }
            lines += try Row.fetchAll(
                db,
                sql: """
                    SELECT e.layer, e.feature_index, e.band, e.rank, p.text, e.position, e.activation
                    FROM feature_examples e JOIN prompts p ON p.id = e.prompt_id
                    """
            ).map { "feature_examples: \($0.databaseValues)" }
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
        let facts = RandomFacts.prompts(30)
        let straight = try TemporaryAtlas([facts])
        try AtlasWriter(straight.atlas).writeTokenEffects(effects)
        try AtlasDerivation(straight.atlas).rebuild()

        var generator = SeededGenerator(23)
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
