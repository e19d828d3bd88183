import GRDB

/// The digests of tables whose rows belong to no prompt, kept in `table_digests` by everything that writes them.
enum TableDigests {
    /// Facts that belong to no prompt.
    static let facts = [
        "atlas", "vocabulary", "neuron_basis", "baselines", "corpora", "runs", "token_effects", "shards",
    ]
    /// What people write.
    static let names = ["labels", "supernodes", "supernode_members", "saved_runs"]
    /// What is rebuilt from the facts.
    static let derived = [
        "derivation", "feature_statistics", "feature_postings", "feature_examples", "feature_bands",
        "feature_negative_tails", "feature_negative_examples", "feature_negative_bands", "aggregated_edges",
        "logit_drivers", "logit_driver_negative_tails", "logit_statistics", "logit_cover", "automatic_labels",
        "logit_driver_effects", "logit_effect_statistics", "effect_derivation", "derivation_extent", "token_statistics",
        "posting_runs", "effect_totals", "effect_prompts", "logit_coverage", "label_contexts",
    ]
    /// All tables that have a digest.
    static let all = facts + names + derived + ["prompt_digests"]

    /// Keeps the digests of the rows that `body` adds, changes or removes.
    ///
    /// - Parameter rows: the rows that there are and that there will be, by conditions that do not depend on what changes
    static func keeping(_ rows: [StoredRows], in db: Database, _ body: () throws -> Void) throws {
        let before = try rows.map { try $0.digest(db) }
        try body()
        for (rows, old) in zip(rows, before) { try add(rows.digest(db) - old, to: rows.table, in: db) }
    }

    /// Adds to a table's digest.
    static func add(_ change: Digest, to table: String, in db: Database) throws {
        guard change != Digest(), let stored = try read(table, in: db) else { return }
        try write(stored + change, of: table, in: db)
    }

    /// What is recorded of a table; `nil` where nothing is.
    static func read(_ table: String, in db: Database, schema: String = "main") throws -> Digest? {
        let row = try Row.fetchOne(
            db, sql: "SELECT row_count, digest FROM \(schema).table_digests WHERE name = ?", arguments: [table])
        guard let row, let count = Int.fromDatabaseValue(row[0]), let sum = Int64.fromDatabaseValue(row[1]) else {
            return nil
        }
        return Digest(rowCount: count, sum: UInt64(bitPattern: sum))
    }

    /// Records the digests of tables as they stand.
    static func record(_ tables: [String], in db: Database) throws {
        for table in tables { try write(StoredRows(allOf: table).digest(db), of: table, in: db) }
    }

    /// Records a digest.
    static func write(_ digest: Digest, of table: String, in db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO table_digests (name, row_count, digest) VALUES (?, ?, ?)")
            .execute(arguments: [table, digest.rowCount, Int64(bitPattern: digest.sum)])
    }
}
