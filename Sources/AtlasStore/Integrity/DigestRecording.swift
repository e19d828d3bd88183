import GRDB

/// Making the digests of a file that has none: one just created, or one of an earlier schema.
enum DigestRecording {
    /// Makes the digests of everything as it stands; an earlier schema's numbers are taken as they are found.
    ///
    /// Part of the transaction of the migration that added them, so that a file of this schema always has them: where they
    /// are missing, something took them away.
    /// - Complexity: reads every table once
    static func recordAll(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM table_digests; DELETE FROM prompt_digests")
        try TableDigests.record(TableDigests.all, in: db)
        var digests = PromptDigests()
        for prompt in try Int64.fetchAll(db, sql: "SELECT id FROM prompts") { try digests.record(prompt, in: db) }
        try digests.finish(db)
    }
}
