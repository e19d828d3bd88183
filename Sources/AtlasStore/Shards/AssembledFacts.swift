import Foundation
import GRDB

/// Fills an assembled atlas with what its shards hold, shard after shard.
struct AssembledFacts {
    private let atlas: Atlas
    /// Whether graphs stored with different thresholds may come together.
    private let mixesThresholds: Bool
    /// The shards that are in.
    private(set) var shards: [StoredShard] = []

    /// - Parameter atlas: an atlas without facts, about the shards' replacement model
    init(_ atlas: Atlas, mixesThresholds: Bool) {
        self.atlas = atlas
        self.mixesThresholds = mixesThresholds
    }

    /// Takes a shard over, in one transaction.
    ///
    /// - Throws: `AtlasError` for a shard of another model, that is damaged, that is assembled itself, whose statistics do
    ///   not tell of all its facts, and that has a text which another shard has
    /// - Returns: how many names were not there before
    mutating func take(_ shard: Atlas) throws(AtlasError) -> Int {
        try atlas.identity.requireSame(as: shard.identity, path: shard.path)
        try shard.requireOwnFacts("assembling")
        try Self.requireDerived(shard)
        let (before, mixesThresholds) = (shards, mixesThresholds)
        let (stored, names) = try AtlasMerge(into: atlas).attaching(shard) { db in
            var (stored, names) = (StoredShard(path: shard.path), 0)
            try db.inTransaction {
                try AtlasMerge.requireSameBaselines(db, path: atlas.path)
                if !mixesThresholds { try AtlasMerge.requireSameThresholds(db, path: shard.path) }
                try AtlasMerge.requireSound(db, path: shard.path)
                try Self.requireSoundPostings(db, path: shard.path)
                try Self.requireNewTexts(db, path: shard.path, others: before)
                stored = try Self.described(shard.path, db)
                let countNames = "SELECT (SELECT count(*) FROM labels) + (SELECT count(*) FROM supernodes)"
                let earlier = try Int.fetchOne(db, sql: countNames) ?? 0
                for statement in AssemblyStatements(stored).all { try db.execute(sql: statement) }
                names = try (Int.fetchOne(db, sql: countNames) ?? 0) - earlier
                var digests = PromptDigests()
                let prompts = try Int64.fetchAll(
                    db, sql: "SELECT id FROM main.prompts WHERE id > ? ORDER BY id", arguments: [stored.promptOffset])
                for prompt in prompts { try digests.record(prompt, in: db) }
                try digests.finish(db)
                return .commit
            }
            return (stored, names)
        }
        shards.append(stored)
        return names
    }

    /// Records the shards, and digests of what belongs to no prompt.
    func finish(_ db: Database, as file: String) throws {
        try StoredShard.insert(shards, of: file, in: db)
        try TableDigests.record(TableDigests.facts + TableDigests.names, in: db)
    }

    /// Throws unless a shard's statistics tell of all its facts: they are added up, and its postings are read.
    private static func requireDerived(_ shard: Atlas) throws(AtlasError) {
        let isDerived = try shard.read("looking at statistics") { db in
            try !AtlasDerivation.isStale(db) && DerivationExtent.recorded(db) == DerivationExtent.whole(db)
        }
        guard !isDerived else { return }
        throw .database(
            path: shard.path, operation: "assembling",
            reason: "its statistics do not tell of all its facts; atlas derive \(shard.path) does that")
    }

    /// Throws unless the postings are what was stored; other derived tables are looked at as they are added up.
    private static func requireSoundPostings(_ db: Database, path: String) throws {
        for table in ["feature_postings", "posting_runs", "derivation", "derivation_extent"] {
            guard
                try StoredRows(allOf: table, schema: "shard").digest(db)
                    == TableDigests.read(table, in: db, schema: "shard")
            else { throw AtlasError.damaged(path: path, what: "table \(table)") }
        }
    }

    /// Throws where another shard has one of the texts: its facts would count twice.
    private static func requireNewTexts(_ db: Database, path: String, others: [StoredShard]) throws {
        let shared = try Row.fetchOne(
            db,
            sql: """
                SELECT p.id, p.text FROM shard.prompts s CROSS JOIN main.prompts p ON p.content_hash = s.content_hash
                LIMIT 1
                """)
        guard let shared else { return }
        let (id, text): (Int, String) = (shared[0], shared[1])
        let other = others.last { $0.promptOffset < id }?.path ?? "another shard"
        throw AtlasError.database(
            path: path, operation: "assembling",
            reason: "expected texts that no other shard has, found \(String(text.prefix(60)).debugDescription), which "
                + "\(other) has too; index with --shard, or use atlas merge")
    }

    /// What is recorded of the attached shard, with the offsets that its ids get.
    private static func described(_ path: String, _ db: Database) throws -> StoredShard {
        let row = try StoredRow.fetchExisting(
            db, "counts",
            sql: """
                SELECT (SELECT coalesce(max(id), 0) FROM main.prompts) AS prompt_offset,
                    (SELECT coalesce(max(id), 0) FROM main.graphs) AS graph_offset,
                    (SELECT coalesce(max(block) + 1, 0) FROM main.feature_postings) AS block_offset,
                    (SELECT count(*) FROM shard.prompts) AS prompts, (SELECT count(*) FROM shard.graphs) AS graphs,
                    (SELECT count(*) FROM shard.feature_postings) AS blocks,
                    (SELECT coalesce(max(id), 0) FROM shard.prompts) AS last_prompt,
                    (SELECT coalesce(sum(length(activations)), 0) FROM shard.prompts) AS activation_bytes,
                    (SELECT coalesce(sum(length(edges)), 0) FROM shard.graphs) AS edge_bytes,
                    (SELECT coalesce(sum(length(heads)), 0) FROM shard.edge_heads) AS head_bytes
                """)
        var shard = StoredShard(path: path)
        shard.promptOffset = try row["prompt_offset"]
        shard.promptCount = try row["prompts"]
        shard.graphOffset = try row["graph_offset"]
        shard.graphCount = try row["graphs"]
        shard.blockOffset = try row["block_offset"]
        shard.blockCount = try row["blocks"]
        shard.bytes = try (row["activation_bytes"], row["edge_bytes"], row["head_bytes"])
        guard try shard.promptOffset + (row["last_prompt"] as Int) < 1 << 32 else {
            throw AtlasError.database(
                path: path, operation: "assembling", reason: "an atlas holds prompts with ids below 2^32")
        }
        guard let facts = try TableDigests.read("prompt_digests", in: db, schema: "shard"),
            let postings = try TableDigests.read("feature_postings", in: db, schema: "shard")
        else { throw AtlasError.damaged(path: path, what: "table table_digests") }
        (shard.facts, shard.postings) = (facts, postings.sum)
        return shard
    }
}
