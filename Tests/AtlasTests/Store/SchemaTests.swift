import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// The data dictionary and the migrations say the same.
struct SchemaTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func schema(of database: any DatabaseReader) throws -> [String] {
        try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_schema
                    WHERE name NOT LIKE '%grdb_migrations%' ORDER BY 1
                    """)
        }
    }

    @Test func `the migrations make the schema that the dictionary describes`() throws {
        let described = try DatabaseQueue()
        try described.write { db in
            for name in ["facts", "derived", "views"] {
                let file = Self.root.appendingPathComponent("Schema/\(name).sql")
                try db.execute(sql: String(contentsOf: file, encoding: .utf8))
            }
        }
        let migrated = try DatabaseQueue()
        try AtlasMigrator.migrate(migrated)
        #expect(try schema(of: migrated) == schema(of: described))
    }

    @Test func `every column of every table has a comment`() throws {
        for name in ["facts", "derived"] {
            let text = try String(contentsOf: Self.root.appendingPathComponent("Schema/\(name).sql"), encoding: .utf8)
            let database = try DatabaseQueue()
            try database.write { db in
                let facts = Self.root.appendingPathComponent("Schema/facts.sql")
                if name == "derived" { try db.execute(sql: String(contentsOf: facts, encoding: .utf8)) }
                try db.execute(sql: text)
            }
            let columns = try database.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT s.name AS "table", c.name AS "column" FROM sqlite_schema s, pragma_table_info(s.name) c
                        WHERE s.type = 'table' AND s.sql LIKE '%STRICT%'
                        """
                ).filter { row in text.contains("CREATE TABLE \(row["table"] as String) (") }
            }
            #expect(columns.count > 20)
            for row in columns {
                let (table, column): (String, String) = (row["table"], row["column"])
                let body = text.components(separatedBy: "CREATE TABLE \(table) (")[1].components(separatedBy: "STRICT")[
                    0]
                let lines = body.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                let start = try #require(lines.firstIndex { $0.hasPrefix("\(column) ") }, "\(table).\(column)")
                // A definition may go on for a line; the comment ends it.
                let definition = lines[start...].prefix(2).joined(separator: " ")
                #expect(definition.contains("-- "), "\(table).\(column)")
            }
        }
    }
}
