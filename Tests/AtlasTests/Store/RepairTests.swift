import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// A damaged atlas is made sound: nothing that can be read is lost, what is lost is named and can be indexed again.
struct RepairTests {
    /// Every table's rows but times, in the order of their text.
    private func content(_ path: String) throws -> [String: [String]] {
        let atlas = try Atlas.open(path, mode: .readOnly)
        defer { try? atlas.database.close() }
        return try atlas.read("reading") { db in
            var content: [String: [String]] = [:]
            for (table, columns) in Dictionary(grouping: try FullAtlas.columns(db), by: \.table)
            where !table.contains("_search_") && !["runs", "table_digests", "prompt_digests"].contains(table) {
                let quoted = columns.map(\.column).filter { $0 != "derived_at" }.map { "quote(\($0))" }
                content[table] = try String.fetchAll(
                    db, sql: "SELECT \(quoted.joined(separator: " || ',' || ")) FROM \(table) ORDER BY 1")
            }
            return content
        }
    }

    private func problems(_ path: String) throws -> [String] {
        let atlas = try Atlas.open(path, mode: .readOnly)
        defer { try? atlas.database.close() }
        return try AtlasReader(atlas).verify().problems
    }

    @Test func `a sound atlas is left as it is`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { _ in }
        let report = try AtlasRepair.run(path)
        #expect(report == AtlasRepair.Report(keptPrompts: 6))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: full.test.folder.path).count { $0.contains("repair") }
                == 0)
    }

    @Test func `a damaged prompt is set aside by its text, and is as it was when it is stored again`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(sql: "UPDATE graphs SET completeness_score = 0.123 WHERE prompt_id = 6")
        }
        let report = try AtlasRepair.run(path)
        #expect(report.setAside.map(\.id) == [6] && report.setAside.map(\.text) == [full.facts[5].text])
        #expect(report.isSound && report.keptPrompts == 5 && report.notes == [])
        #expect(try problems(path) == [])
        #expect(try problems(try #require(report.damagedFile)).count == 1)
        let writer = AtlasWriter(try Atlas.open(path, mode: .create(FullAtlas.identity)))
        #expect(try writer.missing(texts: full.facts.map(\.text), needGraphs: true) == [full.facts[5].text])
        try writer.commit([full.facts[5]], run: 1)
        try AtlasDerivation(writer.atlas).rebuild()
        try writer.atlas.close()
        #expect(try content(path) == content(full.test.path))
    }

    @Test func `of two repairs at once one is made and the other refused, or finds a sound atlas`() async throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(sql: "UPDATE graphs SET completeness_score = 0.123 WHERE prompt_id = 6")
        }
        let outcomes = await withTaskGroup(of: Result<AtlasRepair.Report, any Error>.self) { group in
            for _ in 0..<4 { group.addTask { Result { try AtlasRepair.run(path) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let reports = outcomes.compactMap { try? $0.get() }
        #expect(reports.count { $0.damagedFile != nil } == 1)
        #expect(reports.count { !$0.isSound } == 0)
        for case .failure(let error) in outcomes {
            #expect("\(error)".contains("another program is repairing it; wait until it has ended"))
        }
        #expect(try problems(path) == [])
        let left = try FileManager.default.contentsOfDirectory(atPath: full.test.folder.path)
        #expect(left.count { $0.hasPrefix(".feature-atlas-part-") } == 0)
    }

    @Test func `a repair that was interrupted in its last step is made again, with the log`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(sql: "UPDATE graphs SET completeness_score = 0.123 WHERE prompt_id = 6")
        }
        let manager = FileManager.default
        try manager.linkItem(atPath: path, toPath: path + ".damaged")
        try Data().write(to: URL(fileURLWithPath: path + ".damaged-wal"))
        let report = try AtlasRepair.run(path)
        #expect(report.damagedFile == path + ".damaged" && report.isSound)
        #expect(!manager.fileExists(atPath: path + ".damaged-2"))
    }

    @Test func `everything that is derived, indexed or checked is made again as it was`() throws {
        let full = try FullAtlas()
        let before = try content(full.test.path)
        for damage in [
            "DELETE FROM aggregated_edges; UPDATE logit_drivers SET influence_sum = 7", "DELETE FROM table_digests",
            "DROP INDEX tags_by_value; DROP TRIGGER labels_are_searchable", "DELETE FROM prompt_search_data",
            "PRAGMA user_version = 3; DELETE FROM label_search_docsize", "DROP VIEW edges; DROP TABLE feature_examples",
        ] {
            let path = try full.damagedCopy { db in try db.execute(sql: damage) }
            #expect(try AtlasRepair.run(path).isSound, "\(damage)")
            #expect(try content(path) == before, "\(damage)")
        }
    }

    @Test func `names that were changed stay as they can be read, and are told`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(sql: "UPDATE labels SET label = 'the Xallas feature'")
            try db.execute(sql: "INSERT INTO supernode_members VALUES (1, 99, 0)")
        }
        let report = try AtlasRepair.run(path)
        #expect(report.isSound && report.setAside == [])
        #expect(report.notes.contains { $0.hasPrefix("labels: not what was stored; kept") })
        #expect(report.notes.contains { $0.hasPrefix("supernode_members: 1 rows that belong to nothing") })
        #expect(try content(path)["labels"]?[0].contains("the Xallas feature") == true)
    }

    @Test func `what indexing makes again is left out, and the model puts its own description right`() throws {
        let full = try FullAtlas()
        let path = try full.damagedCopy { db in
            try db.execute(
                sql: """
                    UPDATE token_effects SET value = 7; UPDATE baselines SET averaged = 8;
                    UPDATE vocabulary SET text = 'v3' WHERE token = 3; UPDATE atlas SET model_width = 9
                    """)
        }
        let report = try AtlasRepair.run(path)
        #expect(report.remaining.count == 2 && report.notes.count == 4 && report.setAside == [])
        #expect(try content(path)["token_effects"] == [] && content(path)["baselines"] == [])
        let restored = try Atlas.open(path, mode: .create(FullAtlas.identity))
        #expect(restored.identity == FullAtlas.identity)
        try restored.close()
        #expect(try problems(path) == [])
        #expect(try content(path)["vocabulary"] == content(full.test.path)["vocabulary"])
    }

    @Test func `pages that cannot be read cost what stood on them and nothing else`() throws {
        let full = try FullAtlas(count: 40)
        let size = try Data(contentsOf: URL(fileURLWithPath: full.test.path)).count
        let texts = Set(full.facts.map(\.text))
        var (kept, lost) = (0, 0)
        for page in stride(from: 0, to: size / 4096, by: max(1, size / 4096 / 12)) {
            let path = try full.damagedCopy { _ in }
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let start = page == 0 ? 0 : page * 4096
            for place in start..<start + (page == 0 ? 100 : 4096) {
                bytes[place] = UInt8(truncatingIfNeeded: place &* 37)
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            let report: AtlasRepair.Report
            do {
                report = try AtlasRepair.run(path)
            } catch {
                // The page held the schema, or the description of the model.
                #expect("\(error)".contains("index the corpus into a new atlas"), "page \(page): \(error)")
                lost += 1
                continue
            }
            let names = Set(report.setAside.compactMap(\.text))
            let writer = AtlasWriter(try Atlas.open(path, mode: .create(FullAtlas.identity)))
            let missing = try Set(writer.missing(texts: full.facts.map(\.text), needGraphs: true))
            #expect(names.isSubset(of: texts) && names.isSubset(of: missing), "page \(page)")
            #expect(report.keptPrompts + missing.count == texts.count, "page \(page)")
            #expect(try AtlasReader(writer.atlas).verify().problems == [], "page \(page)")
            try writer.atlas.close()
            kept += report.keptPrompts
        }
        #expect(kept > 9 * 36 && lost < 4)
    }
}
