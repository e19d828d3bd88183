import Foundation
import GRDB

/// Takes the facts of another atlas of the same replacement model over into this one.
///
///     let added = try AtlasMerge(into: whole).merge(shard, derives: true)
///
/// So a corpus can be indexed in parts, on several machines, and answered as a whole: what is derived afterwards is what
/// one run over all of it gives. Blocks are copied as they are. Of a text that both have, only what is missing is added;
/// where both name a feature, a supernode or a kept run, this atlas's stays. Merging the same atlas again changes nothing; the
/// order of merges changes ids and whose name stays, nothing else. The cost goes with what the other atlas holds.
public struct AtlasMerge: Sendable {
    /// What a merge added.
    public struct Additions: Equatable, Sendable {
        /// Texts that were not stored before.
        public var prompts = 0
        /// Graphs that were not stored before.
        public var graphs = 0
        /// Labels, supernodes and kept runs that were not there before.
        public var names = 0
    }

    /// The atlas that grows, opened for writing.
    public let atlas: Atlas

    /// Merges into an atlas that was opened for writing.
    public init(into atlas: Atlas) {
        self.atlas = atlas
    }

    private static let temporary = ["fresh_prompts", "fresh_graphs", "used_runs", "fresh_supernodes"]
    /// Tables that may be long in the atlas that grows, and only get rows: their digests are those of what is missing.
    private static let growing = [
        "vocabulary": "token NOT IN (SELECT token FROM main.vocabulary)",
        "token_effects": """
        NOT EXISTS (SELECT 1 FROM main.token_effects m WHERE m.kind = s.kind AND m.layer = s.layer
            AND m.feature_index = s.feature_index AND m.rank = s.rank)
        """,
    ]

    /// Throws where two paths name one file, directly or through links: an atlas cannot be taken over into itself.
    public static func requireOther(_ part: String, than whole: String) throws(AtlasError) {
        var states = (stat(), stat())
        guard stat(part, &states.0) == 0, stat(whole, &states.1) == 0 else { return }
        guard states.0.st_dev != states.1.st_dev || states.0.st_ino != states.1.st_ino else {
            throw .database(
                path: whole, operation: "merging \(part)", reason: "expected another atlas, found the same file")
        }
    }

    /// Adds what `shard` holds, in one transaction: all of it, or after an error nothing.
    ///
    /// - Parameters:
    ///   - mixesThresholds: whether graphs that were stored with other thresholds are taken over
    ///   - derives: whether what is derived is brought up to date too, in the same transaction
    ///   - progress: told of the stages of that
    /// - Throws: `AtlasError` for this atlas itself, for one of another model and for graphs stored with other thresholds;
    ///   what the file refuses.
    @discardableResult
    public func merge(
        _ shard: Atlas, mixesThresholds: Bool = false, derives: Bool = false,
        progress: (AtlasDerivation.Stage) -> Void = { _ in }
    ) throws(AtlasError) -> Additions {
        try Self.requireOther(shard.path, than: atlas.path)
        try atlas.requireOwnFacts("merging \(shard.path)")
        try shard.requireOwnFacts("merging")
        try atlas.identity.requireSame(as: shard.identity, path: shard.path)
        return try attaching(shard) { db in
            var additions = Additions()
            try db.inTransaction {
                try Self.requireSameBaselines(db, path: atlas.path)
                if !mixesThresholds { try Self.requireSameThresholds(db, path: shard.path) }
                try Self.requireSound(db, path: shard.path)
                let before = try Self.counts(db)
                try Self.keepingDigests(db) {
                    for statement in MergeStatements.copying + MergeStatements.naming { try db.execute(sql: statement) }
                }
                for table in Self.temporary { try db.execute(sql: "DROP TABLE temp.\(table)") }
                let after = try Self.counts(db)
                additions = Additions(
                    prompts: after[0] - before[0], graphs: after[1] - before[1], names: after[2] - before[2])
                if derives { _ = try AtlasDerivation(atlas).update(db, progress: progress) }
                try atlas.requireInPlace()
                return .commit
            }
            return additions
        }
    }

    /// The texts and the texts with graphs of another atlas that are missing here.
    func missing(from shard: Atlas) throws(AtlasError) -> (prompts: Set<ContentHash>, graphs: Set<ContentHash>) {
        try attaching(shard) { db in
            var missing: (prompts: Set<ContentHash>, graphs: Set<ContentHash>) = ([], [])
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT s.content_hash, p.id IS NULL, o.id IS NOT NULL AND g.id IS NULL FROM shard.prompts s
                    LEFT JOIN shard.graphs o ON o.prompt_id = s.id
                    LEFT JOIN main.prompts p ON p.content_hash = s.content_hash
                    LEFT JOIN main.graphs g ON g.prompt_id = p.id
                    """)
            while let row = try rows.next() {
                let hash = ContentHash(bytes: row[0])
                if row[1] { missing.prompts.insert(hash) }
                if row[2] { missing.graphs.insert(hash) }
            }
            return missing
        }
    }

    /// Runs SQL with another atlas in reach as `shard`, outside of a transaction.
    func attaching<Value>(
        _ shard: Atlas, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try atlas.whileInPlace("merging \(shard.path)") {
            try atlas.database.writeWithoutTransaction { db in
                try db.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [shard.path])
                defer { try? db.execute(sql: "DETACH DATABASE shard") }
                // Attached by its name: that is still the file which was looked at.
                try shard.requireInPlace()
                return try body(db)
            }
        }
    }

    /// Throws where both hold a baseline for the same prompts and not the same one: numbers measured from two baselines
    /// cannot stand in one atlas.
    static func requireSameBaselines(_ db: Database, path: String) throws {
        let differing = try Row.fetchOne(
            db,
            sql: """
                SELECT m.group_name, m.token_count FROM main.baselines m JOIN shard.baselines s
                ON s.group_name = m.group_name AND s.token_count = m.token_count WHERE s.means IS NOT m.means
                """)
        guard let differing else { return }
        let (group, count): (String, Int) = (differing[0], differing[1])
        throw AtlasError.otherReplacementModel(
            path: path, part: "baseline of group \"\(group)\", \(count) tokens",
            expected: "the same in both atlases", found: "two; index both parts into one atlas")
    }

    /// Throws where the other atlas has graphs stored with thresholds that no graph here has: then the same edge would be
    /// kept in some prompts and left out in others.
    static func requireSameThresholds(_ db: Database, path: String) throws {
        guard let own = try Row.fetchOne(db, sql: "SELECT node_threshold, edge_threshold FROM main.graphs LIMIT 1")
        else { return }
        let others = try Row.fetchAll(db, sql: "SELECT DISTINCT node_threshold, edge_threshold FROM shard.graphs")
        for pair in others {
            let isKnown = try Bool.fetchOne(
                db,
                sql: "SELECT EXISTS (SELECT 1 FROM main.graphs WHERE node_threshold = ? AND edge_threshold = ?)",
                arguments: [pair[0] as Double, pair[1] as Double])
            func told(_ row: Row) -> String { "\(row[0] as Double) for nodes, \(row[1] as Double) for edges" }
            guard isKnown == true else {
                throw AtlasError.otherThresholds(path: path, expected: told(own), found: told(pair))
            }
        }
    }

    /// Throws where the other atlas is not what was stored there: damage is not to be taken over.
    static func requireSound(_ db: Database, path: String) throws {
        for table in TableDigests.facts + TableDigests.names + ["prompt_digests"] {
            let found = try StoredRows(allOf: table, schema: "shard").digest(db)
            guard try found == TableDigests.read(table, in: db, schema: "shard") else {
                throw AtlasError.damaged(path: path, what: "table \(table)")
            }
        }
        for prompt in try Int64.fetchAll(db, sql: "SELECT id FROM shard.prompts ORDER BY id") {
            for part in try PromptDigests.damage(of: prompt, in: db, schema: "shard") {
                throw AtlasError.damaged(path: path, what: "prompt \(prompt): \(part.description)")
            }
        }
    }

    /// Keeps the digests of what `body` takes over.
    private static func keepingDigests(_ db: Database, _ body: () throws -> Void) throws {
        let shared = try Int64.fetchAll(
            db,
            sql: "SELECT p.id FROM main.prompts p JOIN shard.prompts s ON s.content_hash = p.content_hash ORDER BY p.id"
        )
        var digests = PromptDigests()
        for (table, isMissing) in growing {
            let missing = StoredRows(of: table, sql: "SELECT s.* FROM shard.\(table) s WHERE \(isMissing)", [])
            try TableDigests.add(missing.digest(db), to: table, in: db)
        }
        let tables = ["corpora", "runs", "baselines"] + TableDigests.names
        try TableDigests.keeping(tables.map { StoredRows(allOf: $0) }, in: db) {
            try digests.keep(PromptDigests.Part.allCases, of: shared, in: db, body)
        }
        let fresh = try Int64.fetchAll(
            db,
            sql: """
                SELECT p.id FROM main.prompts p JOIN shard.prompts s ON s.content_hash = p.content_hash
                WHERE s.id IN fresh_prompts ORDER BY p.id
                """)
        for prompt in fresh { try digests.record(prompt, in: db) }
        try digests.finish(db)
    }

    private static func counts(_ db: Database) throws -> [Int] {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM main.prompts), (SELECT count(*) FROM main.graphs),
                    (SELECT count(*) FROM main.labels) + (SELECT count(*) FROM main.supernodes)
                        + (SELECT count(*) FROM main.saved_runs)
                """)!
        return [row[0], row[1], row[2]]
    }
}
