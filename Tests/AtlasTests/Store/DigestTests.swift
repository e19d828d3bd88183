import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Whatever changes in a stored atlas is found.
struct DigestTests {
    @Test func `a row's hash is SipHash-2-4 as it was published`() {
        var hash = RowHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        hash.append(0x0706_0504_0302_0100)
        #expect(hash.finished() == 0x93F5_F579_9A93_2462)
    }

    @Test func `the digest of the schema is that of what the migrations make`() throws {
        let made = try DatabaseQueue()
        try AtlasMigrator.migrate(made)
        #expect(try made.read(AtlasSchema.digest) == AtlasSchema.digest)
    }

    @Test func `an atlas with a row in every table is sound`() throws {
        let full = try FullAtlas()
        #expect(try full.reader.verify().problems == [])
        let empty = try full.test.atlas.read("counting") { db in
            try FullAtlas.columns(db).map(\.table).filter {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") == 0
            }
        }
        #expect(Set(empty) == [])
    }

    @Test func `one changed value is found, in every column of every table`() throws {
        let full = try FullAtlas()
        let columns = try full.test.atlas.read("listing", FullAtlas.columns)
        #expect(columns.count > 150)
        for (table, column, type) in columns {
            if Self.changesNoAnswer(table) { continue }
            let problems = try full.problems { db in
                let changed =
                    switch type {
                    case "INTEGER": "\(column) + 1000003"
                    case "REAL": "\(column) * 1.5 + 0.25"
                    case "TEXT": "\(column) || 'x'"
                    default:
                        """
                        CASE typeof(\(column)) WHEN 'blob' THEN CAST(substr(\(column), 1, length(\(column)) - 1)
                            || CASE hex(substr(\(column), -1)) WHEN '00' THEN x'01' ELSE x'00' END AS BLOB)
                            WHEN 'text' THEN \(column) || 'x' ELSE \(column) + 1000003 END
                        """
                    }
                let first = "(SELECT min(\(column)) FROM \(table))"
                try db.execute(sql: "UPDATE OR REPLACE \(table) SET \(column) = \(changed) WHERE \(column) = \(first)")
                if db.changesCount == 0 {
                    try db.execute(sql: "UPDATE OR REPLACE \(table) SET \(column) = \(changed)")
                }
                #expect(db.changesCount > 0, "\(table).\(column)")
            }
            #expect(!problems.isEmpty, "\(table).\(column)")
        }
    }

    @Test func `a row removed, added or put in another's place is found`() throws {
        let full = try FullAtlas()
        let tables = try Set(full.test.atlas.read("listing", FullAtlas.columns).map(\.table))
        for table in tables.sorted() where !Self.changesNoAnswer(table) {
            let columns = try full.test.atlas.read("listing", FullAtlas.columns).filter { $0.table == table }
            let names = columns.map(\.column).joined(separator: ", ")
            let problems = try full.problems { db in
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE (\(names)) IS (SELECT \(names) FROM \(table) LIMIT 1)")
                #expect(db.changesCount > 0)
            }
            #expect(!problems.isEmpty, "\(table)")
        }
        for sql in [
            "INSERT INTO tags VALUES (2, 'new', 'tag')", "INSERT INTO labels VALUES (0, 0, 'a', '', '2026')",
            "INSERT INTO memberships VALUES (1, 3, 'other')", "INSERT INTO corpora (name) VALUES ('another')",
            "INSERT INTO logit_cover VALUES (99, 1, 5, 1, 1)", "DELETE FROM table_digests",
            "INSERT INTO table_digests VALUES ('other', 0, 0)",
            "UPDATE prompts SET predicted_probability = CASE id WHEN 1 THEN 0.25 ELSE 0.5 END",
            "UPDATE graphs SET prompt_id = CASE prompt_id WHEN 1 THEN 102 WHEN 2 THEN 101 ELSE prompt_id END;"
                + "UPDATE graphs SET prompt_id = prompt_id - 100 WHERE prompt_id > 100",
            "UPDATE tags SET value = CASE value WHEN '1' THEN '2' WHEN '2' THEN '1' ELSE value END WHERE name = 'number'",
            "PRAGMA user_version = 7", "DROP INDEX tags_by_value", "DROP TRIGGER labels_are_searchable",
            "CREATE TRIGGER evil AFTER INSERT ON labels BEGIN DELETE FROM prompts; END",
            "INSERT INTO prompt_search (prompt_search, rowid, text)"
                + "SELECT 'delete', id, text FROM prompts WHERE id = 1",
            "DELETE FROM prompt_digests WHERE prompt_id = 2; DELETE FROM tags WHERE prompt_id = 2",
        ] {
            #expect(try !full.problems { db in try db.execute(sql: sql) }.isEmpty, "\(sql)")
        }
    }

    /// What the index of a full text says of its configuration is not what it finds, and one page needs no directory.
    private static func changesNoAnswer(_ table: String) -> Bool {
        table.hasSuffix("_search_config") || table.hasSuffix("_search_idx")
    }

    @Test func `a full-text index that has lost its way to a word is found`() throws {
        // Words enough for an index of several pages.
        var facts = RandomFacts.prompts(60, graphs: false)
        for prompt in facts.indices { for word in 0..<40 { facts[prompt].text += " word\(prompt)x\(word)" } }
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        #expect(try reader.verify().problems == [])
        try test.atlas.database.write { db in try db.execute(sql: "DELETE FROM prompt_search_idx") }
        #expect(try reader.verify().problems.contains { $0.contains("prompt_search: it does not find ") })
    }

    @Test func `writing keeps the digests, and does not cover up what was wrong before`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(
                sql: """
                    UPDATE labels SET note = 'other'; UPDATE tags SET value = 'other' WHERE prompt_id = 1;
                    UPDATE runs SET options = '{"a":1}'; UPDATE token_effects SET value = 9 WHERE rank = 1;
                    UPDATE graphs SET completeness_score = 0.875 WHERE prompt_id = 2
                    """)
        }
        let atlas = try Atlas.open(path, mode: .readWrite)
        let before = try AtlasReader(atlas).verify().problems
        #expect(before.count == 5)
        let writer = AtlasWriter(atlas)
        try writer.setLabel("anew", of: FeatureID(layer: 1, index: 2))
        try writer.setLabel("another", of: FeatureID(layer: 0, index: 2))
        try writer.setLabel(nil, of: FeatureID(layer: 0, index: 2))
        try writer.setSupernode("Texas", members: [FeatureID(layer: 0, index: 1), FeatureID(layer: 0, index: 2)])
        try writer.setSupernode("Utah", members: [FeatureID(layer: 0, index: 1)])
        try writer.removeSupernode("Texas")
        let run = try writer.beginRun(corpus: "second")
        var again = full.facts[1]
        again.tags["new"] = "tag"
        try writer.commit([again] + RandomFacts.prompts(2, seed: 5), run: run)
        try writer.link([.init(text: full.facts[0].text, externalID: "b", tags: ["more": "1"])], run: run)
        try writer.finishRun(run)
        try AtlasDerivation(atlas).rebuild()
        #expect(try AtlasReader(atlas).verify().problems == before)
    }

    @Test func `a merge takes over no damage`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in try db.execute(sql: "UPDATE tags SET value = 'b' WHERE prompt_id = 3") }
        let whole = try TemporaryAtlas([RandomFacts.prompts(2, seed: 9)], identity: FullAtlas.identity)
        let error = #expect(throws: AtlasError.self) {
            try AtlasMerge(into: whole.atlas).merge(Atlas.open(path, mode: .readOnly))
        }
        #expect("\(try #require(error))".contains("prompt 3: its corpora or tags"))
        try AtlasMerge(into: whole.atlas).merge(full.test.atlas)
        try AtlasMerge(into: whole.atlas).merge(full.test.atlas)
        try AtlasDerivation(whole.atlas).rebuild()
        #expect(try AtlasReader(whole.atlas).verify().problems == [])
    }
}
