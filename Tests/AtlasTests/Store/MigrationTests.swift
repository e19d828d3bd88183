import AtlasQuery
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Atlases of earlier schemas are brought up to date without losing anything.
struct MigrationTests {
    /// What later schemas added.
    private static let laterTables = [
        "custom_targets", "supernode_members", "supernodes", "supernode_search", "baselines", "neuron_basis",
        "feature_negative_tails", "feature_negative_examples", "feature_negative_bands", "logit_driver_negative_tails",
        "measured_effects", "node_effects", "effect_derivation", "logit_effect_statistics", "logit_driver_effects",
        "prompt_digests", "table_digests", "edge_heads", "derivation_extent", "token_statistics", "posting_runs",
        "effect_totals", "effect_prompts", "logit_coverage", "label_contexts", "shards", "saved_runs",
    ]
    /// What later schemas replaced.
    private static let laterViews = ["features", "drivers"]

    /// Every table's rows, in the order of their text.
    private func content(_ db: Database) throws -> [String: [Row]] {
        let tables = try String.fetchAll(
            db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'")
        return try Dictionary(
            uniqueKeysWithValues: tables.map { ($0, try Row.fetchAll(db, sql: "SELECT * FROM \($0) ORDER BY 1, 2")) })
    }

    private func schema(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT name || coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE '%grdb%' ORDER BY 1")
    }

    /// Takes an atlas back to the first schema, which is checked to be the one that its migration makes.
    private func makeFirst(_ test: TemporaryAtlas) throws {
        let first = try DatabaseQueue()
        try first.write { db in try db.execute(sql: AtlasMigrator.versions[0].sql) }
        try test.atlas.database.write { db in
            for table in Self.laterTables { try db.execute(sql: "DROP TABLE \(table)") }
            for view in Self.laterViews {
                try db.execute(sql: "DROP VIEW \(view)")
                let released = try first.read { db in
                    try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [view])!
                }
                try db.execute(sql: released)
            }
            try db.execute(
                sql: "DELETE FROM grdb_migrations WHERE identifier <> ?", arguments: [AtlasMigrator.versions[0].name])
            #expect(try schema(db) == first.read(schema))
        }
        try test.atlas.close()
    }

    @Test func `an atlas of the first schema keeps its facts, and takes new ones`() throws {
        let facts = RandomFacts.prompts(5)
        let test = try TemporaryAtlas([Array(facts[..<4])])
        let before = try test.atlas.read("reading", content)
        try makeFirst(test)
        let atlas = try Atlas.open(test.path, mode: .readWrite)
        var after = try atlas.read("reading", content)
        #expect(after.removeValue(forKey: "prompt_digests")?.count == 4)
        #expect(after.removeValue(forKey: "table_digests")?.count == TableDigests.all.count)
        for table in Self.laterTables where table != "supernode_search" && !table.hasSuffix("_digests") {
            #expect(after.removeValue(forKey: table) == [])
        }
        #expect(after == before.filter { !Self.laterTables.contains($0.key) })
        let reader = AtlasReader(atlas)
        #expect(try reader.graph(ofPrompt: 2).targets == facts[1].graph?.targets)
        let writer = AtlasWriter(atlas)
        try writer.commit([facts[4]], run: try writer.beginRun(corpus: "later"))
        try AtlasDerivation(atlas).rebuild()
        #expect(try reader.verify().problems == [])
    }

    @Test func `what an earlier program derived is told to be old, and gets negative sides when it is derived again`()
        throws
    {
        let test = try TemporaryAtlas([RandomFacts.prompts(12, signed: true)])
        try AtlasDerivation(test.atlas).rebuild()
        let count = "SELECT count(*) FROM feature_negative_tails"
        let expected = try test.atlas.read("counting") { db in try Int.fetchOne(db, sql: count) }
        try makeFirst(test)
        let atlas = try Atlas.open(test.path, mode: .readWrite)
        let feature = try #require(try AtlasReader(atlas).firedFeatures().last)
        #expect(try AtlasReader(atlas).feature(feature).negative == nil)
        #expect(try AtlasDerivation(atlas).isStale())
        try AtlasDerivation(atlas).rebuild()
        #expect(try !AtlasDerivation(atlas).isStale())
        #expect(try atlas.read("counting") { db in try Int.fetchOne(db, sql: count) } == expected && expected! > 20)
    }

    /// Takes an atlas back to an earlier schema, whose digests it keeps.
    private func make(_ version: Int, _ test: TemporaryAtlas) throws {
        let earlier = try DatabaseQueue()
        try earlier.write { db in
            for version in AtlasMigrator.versions[..<version] { try db.execute(sql: version.sql) }
        }
        let definitions = "SELECT sql FROM sqlite_schema WHERE name = ?"
        let effects = try earlier.read { db in
            try String.fetchOne(db, sql: definitions, arguments: ["logit_driver_effects"])!
        }
        let drivers = try earlier.read { db in try String.fetchOne(db, sql: definitions, arguments: ["drivers"])! }
        try test.atlas.database.write { db in
            try db.execute(sql: "DROP TABLE shards; DELETE FROM table_digests WHERE name = 'shards'")
            try db.execute(sql: "DROP TABLE saved_runs; DELETE FROM table_digests WHERE name = 'saved_runs'")
            if version < 10 { try db.execute(sql: "DROP VIEW drivers") }
            for table in version > 9
                ? []
                : [
                    "derivation_extent", "token_statistics", "posting_runs", "logit_coverage", "label_contexts",
                    "effect_prompts",
                ]
            {
                try db.execute(sql: "DROP TABLE \(table); DELETE FROM table_digests WHERE name = '\(table)'")
            }
            if version < 10 {
                try db.execute(
                    sql: """
                        ALTER TABLE logit_driver_effects RENAME TO later;
                        \(effects);
                        INSERT INTO logit_driver_effects SELECT l.token, l.node, l.prompt_count, covered_prompts, l.effect_sum,
                            effect_square_sum, positive_prompts, negative_prompts, t.effect_sum - l.effect_sum,
                            (SELECT sum(prompt_count) FROM logit_effect_statistics) - s.prompt_count, measured_sum,
                            measured_prompts
                        FROM later l JOIN effect_totals t ON t.node = l.node
                        JOIN logit_effect_statistics s ON s.token = l.token;
                        DROP TABLE later; DROP TABLE effect_totals;
                        DELETE FROM table_digests WHERE name = 'effect_totals';
                        \(drivers);
                        """)
            }
            if version < 9 { try db.execute(sql: "DROP TABLE edge_heads") }
            try TableDigests.record(["logit_driver_effects"], in: db)
            for version in AtlasMigrator.versions[version...] {
                try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = ?", arguments: [version.name])
            }
            #expect(try schema(db) == earlier.read(schema))
        }
        try test.atlas.close()
    }

    @Test func `an atlas from before sums answers as it did, and adds to them once it is derived again`() throws {
        let facts = RandomFacts.withEffects(RandomFacts.prompts(14, signed: true))
        let test = try TemporaryAtlas([Array(facts[..<12])])
        try AtlasDerivation(test.atlas).rebuild()
        let views = ["drivers", "features", "edges"].map { "SELECT * FROM \($0) ORDER BY 1, 2, 4" }
        // What was measured where the derivative is 0 was left out.
        try test.atlas.write("leaving out") { db in
            try db.execute(sql: "DELETE FROM logit_driver_effects WHERE prompt_count = 0")
        }
        let before = try test.atlas.read("reading") { db in try views.map { try Row.fetchAll(db, sql: $0) } }
        try make(9, test)
        let atlas = try Atlas.open(test.path, mode: .readWrite)
        let after = try atlas.read("reading") { db in try views.map { try Row.fetchAll(db, sql: $0) } }
        #expect(after.map(\.count) == before.map(\.count))
        // Of other answers' leads the sum was stored, and is now a difference.
        for (one, other) in zip(after.joined(), before.joined()) {
            for (value, expected) in zip(one.databaseValues, other.databaseValues) where value != expected {
                let (value, expected) = try (
                    #require(Double.fromDatabaseValue(value)), #require(Double.fromDatabaseValue(expected))
                )
                #expect(abs(value - expected) < 1e-12)
            }
        }
        #expect(try AtlasReader(atlas).verify().problems == [])
        #expect(try !AtlasDerivation(atlas).isStale())
        #expect(try AtlasDerivation(atlas).update() == .rebuilt)
        let writer = AtlasWriter(atlas)
        try writer.commit(Array(facts[12...]), run: try writer.beginRun(corpus: "later"))
        #expect(try AtlasDerivation(atlas).update() == .added)
        #expect(try AtlasReader(atlas).verify().problems == [])
    }

    @Test func `an atlas from before shards keeps what was derived, and is still added to`() throws {
        let facts = RandomFacts.withEffects(RandomFacts.prompts(14, signed: true))
        let test = try TemporaryAtlas([Array(facts[..<12])])
        try AtlasDerivation(test.atlas).rebuild()
        let digests = "SELECT * FROM table_digests ORDER BY name"
        let before = try test.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) }
        try make(10, test)
        let atlas = try Atlas.open(test.path, mode: .readWrite)
        #expect(try atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) } == before)
        #expect(atlas.shards == nil)
        #expect(try AtlasReader(atlas).verify().problems == [])
        let writer = AtlasWriter(atlas)
        try writer.commit(Array(facts[12...]), run: try writer.beginRun(corpus: "later"))
        #expect(try AtlasDerivation(atlas).update() == .added)
    }

    @Test func `an atlas from before heads opens without any, keeps its digests, and gets heads`() throws {
        let facts = RandomFacts.withHeads(RandomFacts.withEffects(RandomFacts.prompts(4)))
        let test = try TemporaryAtlas([RandomFacts.withEffects(RandomFacts.prompts(4))])
        let digests = "SELECT * FROM prompt_digests ORDER BY 1"
        let before = try test.atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) }
        try make(8, test)
        let atlas = try Atlas.open(test.path, mode: .readWrite)
        #expect(try atlas.read("reading") { db in try Row.fetchAll(db, sql: digests) } == before)
        let (reader, writer) = (AtlasReader(atlas), AtlasWriter(atlas))
        #expect(try reader.verify().problems == [])
        #expect(try reader.information().headedGraphCount == 0 && reader.information().headBytesPerEdge == nil)
        #expect(try reader.graph(ofPrompt: 1).heads == nil)
        #expect(try writer.graphsLackingHeads().map(\.prompt) == [1, 2, 3, 4])
        try writer.writeHeads(facts.enumerated().map { ($0 + 1, try #require($1.graph)) })
        #expect(try writer.graphsLackingHeads() == [] && reader.information().headedGraphCount == 4)
        #expect(try reader.verify().problems == [])
    }

    @Test func `what was damaged before a migration is damaged after it`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(3)])
        try test.atlas.database.write { db in
            try db.execute(sql: "UPDATE graphs SET replacement_score = 0.123 WHERE id = 2")
        }
        try make(8, test)
        let problems = try AtlasReader(Atlas.open(test.path, mode: .readWrite)).verify().problems
        #expect(problems.count == 1 && problems[0].contains("its graph: not what was stored"))
    }

    @Test func `an atlas of the first schema is told to be older when it is only read`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(1)])
        try makeFirst(test)
        let error = #expect(throws: AtlasError.self) { try Atlas.open(test.path, mode: .readOnly) }
        #expect("\(try #require(error))".contains("its schema is older than \(AtlasMigrator.newestVersion)"))
    }

    @Test func `the first migration is as it was released`() {
        let released = "20eca95c8c2739735ffe935ae429981acbce5bd9fb6b3ca7140301ca3a1cecbd"
        #expect(
            ContentHash(of: AtlasMigrator.versions[0].sql).bytes.map { String(format: "%02x", $0) }.joined() == released
        )
    }
}
