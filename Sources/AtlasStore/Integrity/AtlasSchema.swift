import GRDB

/// Whether a file has the tables, checks, triggers and views that this program makes.
///
/// A file with a weakened schema could hold values of any kind, so it is refused when it is opened: what the columns promise
/// is then what SQLite held them to when it wrote them.
enum AtlasSchema {
    /// The digest of the newest schema; a test holds it to the migrations.
    static let digest: UInt64 = 0x64DA_0E94_2EAF_6430

    /// The objects of a schema, but those that SQLite and its full-text search make for themselves, and statistics.
    private static let objects = """
        SELECT type, name, tbl_name, sql FROM sqlite_schema
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite@_stat_' ESCAPE '@' AND NOT (type = 'table' AND (
            name GLOB 'prompt_search_*' OR name GLOB 'label_search_*' OR name GLOB 'supernode_search_*'
            OR name = 'grdb_migrations'))
        """

    /// The digest of a file's schema.
    static func digest(_ db: Database) throws -> UInt64 {
        try StoredRows(of: "sqlite_schema", sql: objects, []).digest(db).sum
    }

    /// Throws unless the file has the schema of all migrations.
    static func require(_ db: Database, path: String) throws {
        guard try digest(db) != digest else { return }
        throw AtlasError.otherSchema(path: path, what: try differences(db).first ?? "its tables differ")
    }

    /// Throws unless the file, of an earlier schema, has what the migrations applied to it make.
    static func require(_ db: Database, path: String, after migrations: Set<String>) throws {
        let differences = try differences(db, after: migrations)
        if let first = differences.first { throw AtlasError.otherSchema(path: path, what: first) }
    }

    /// What differs from the schema that some migrations make, one phrase each.
    static func differences(_ db: Database, after migrations: Set<String>? = nil) throws -> [String] {
        if try migrations == nil && digest(db) == digest { return [] }
        let made = try DatabaseQueue()
        try made.write { db in
            for version in AtlasMigrator.versions where migrations?.contains(version.name) ?? true {
                try db.execute(sql: version.sql)
            }
        }
        let expected = try made.read(definitions)
        let found = try definitions(db)
        return Set(expected.keys).union(found.keys).sorted().compactMap { name in
            switch (expected[name], found[name]) {
            case (nil, _): "\(name), which no atlas has"
            case (_, nil): "no \(name)"
            case (let one, let other): one == other ? nil : "another \(name)"
            }
        }
    }

    /// Each object's definition, by its kind and name.
    private static func definitions(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(db, sql: objects)
        let texts = rows.map { row in (0..<4).map { String.fromDatabaseValue(row[$0]) ?? "no text" } }
        return Dictionary(
            texts.map { (key: "\($0[0]) \($0[1])", value: $0.joined(separator: "\n")) },
            uniquingKeysWith: { $0 + "\n" + $1 })
    }
}
