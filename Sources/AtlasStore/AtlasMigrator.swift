import Foundation
import GRDB

/// Brings an atlas file to the schema of this program, one numbered SQL file of `Migrations/` at a time.
///
/// All that a file lacks and the record of it are one transaction, so one that is interrupted leaves the old schema. A
/// released migration is never edited.
enum AtlasMigrator {
    /// The number that `PRAGMA application_id` answers for an atlas: 'FATL'.
    static let applicationID = 0x4641_544C

    /// The name of the newest schema that this program knows.
    static var newestVersion: String { versions.last!.name }

    /// The version that added digests of what is stored.
    private static let firstWithDigests = "0008_add_digests"

    /// The version that changed derived tables which have digests.
    private static let firstWithSums = "0010_add_up_statistics"

    /// The version that added a table of facts which has a digest.
    private static let firstWithShards = "0011_create_shards"
    /// The version that added runs which people keep: a table with a digest.
    private static let firstWithSavedRuns = "0012_create_saved_runs"

    /// The numbered migrations in order, without their file extension.
    static var versions: [(name: String, sql: String)] {
        EmbeddedMigrations.files.filter { $0.name.hasSuffix(".sql") }
            .map { (name: String($0.name.dropLast(4)), sql: $0.text) }
            .sorted { $0.name < $1.name }
    }

    /// Applies the migrations that the file does not have yet.
    static func migrate(_ database: any DatabaseWriter) throws {
        try database.writeWithoutTransaction { db in
            // SQLite's procedure for changes of a schema: foreign keys off outside of the transaction, checked in it.
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? db.execute(sql: "PRAGMA foreign_keys = ON") }
            try db.inTransaction(.immediate) {
                // GRDB's own table, with which a file is known to its migrator.
                try db.execute(
                    sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
                // Another program may have come first.
                let applied = try migrator().appliedIdentifiers(db)
                for version in versions where !applied.contains(version.name) {
                    try db.execute(sql: version.sql)
                    try db.execute(
                        sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [version.name])
                }
                // A file that has digests keeps them: what was damaged before stays damaged.
                if !applied.contains(firstWithDigests) { try DigestRecording.recordAll(db) }
                // What is derived has a new shape: a rebuild finds what was wrong before.
                if !applied.contains(firstWithSums) { try TableDigests.record(TableDigests.derived, in: db) }
                if !applied.contains(firstWithShards) { try TableDigests.record(["shards"], in: db) }
                if !applied.contains(firstWithSavedRuns) { try TableDigests.record(["saved_runs"], in: db) }
                try db.checkForeignKeys()
                return .commit
            }
        }
    }

    /// Throws unless the file is an atlas of a version that this program knows, with the schema of that version.
    ///
    /// - Returns: whether all migrations have been applied.
    static func check(_ db: Database, path: String) throws -> Bool {
        let found = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard found == applicationID else {
            throw AtlasError.notAnAtlas(path: path, found: "a SQLite file with application id \(found)")
        }
        let migrator = migrator()
        let known = Set(versions.map(\.name))
        let applied = try migrator.appliedIdentifiers(db)
        let unknown = applied.subtracting(known)
        if let newest = unknown.max() {
            throw AtlasError.newerVersion(path: path, found: newest, known: newestVersion)
        }
        let isComplete = try migrator.hasCompletedMigrations(db)
        if isComplete {
            try AtlasSchema.require(db, path: path)
        } else {
            try AtlasSchema.require(db, path: path, after: applied)
        }
        return isComplete
    }

    private static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for version in versions {
            migrator.registerMigration(version.name) { db in try db.execute(sql: version.sql) }
        }
        return migrator
    }
}
