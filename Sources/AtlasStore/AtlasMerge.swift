import Foundation
import GRDB

/// Takes the facts of another atlas of the same replacement model over into this one.
///
///     let added = try AtlasMerge(into: whole).merge(shard)
///     try AtlasDerivation(whole).rebuild()
///
/// So a corpus can be indexed in parts, on several machines, and answered as a whole: what is derived afterwards is what
/// one run over all of it gives. Blocks are copied as they are. Of a text that both have, only what is missing is added;
/// where both name a feature or a supernode, this atlas's name stays. Merging the same atlas again changes nothing.
public struct AtlasMerge: Sendable {
    /// What a merge added.
    public struct Additions: Equatable, Sendable {
        /// Texts that were not stored before.
        public var prompts = 0
        /// Graphs that were not stored before.
        public var graphs = 0
        /// Labels and supernodes that were not there before.
        public var names = 0
    }

    /// The atlas that grows, opened for writing.
    public let atlas: Atlas

    /// Merges into an atlas that was opened for writing.
    public init(into atlas: Atlas) {
        self.atlas = atlas
    }

    /// The statements, in order; `shard` is the other atlas.
    private static let copying = [
        // Of one model both have all tokens, of an imported one those that they have seen.
        """
        INSERT INTO main.vocabulary (token, text) SELECT token, text FROM shard.vocabulary
        WHERE token NOT IN (SELECT token FROM main.vocabulary)
        """,
        "INSERT OR IGNORE INTO main.corpora (name) SELECT name FROM shard.corpora ORDER BY id",
        """
        CREATE TEMP TABLE fresh_prompts AS SELECT s.id FROM shard.prompts s
        WHERE NOT EXISTS (SELECT 1 FROM main.prompts p WHERE p.content_hash = s.content_hash)
        """,
        """
        CREATE TEMP TABLE fresh_graphs AS SELECT g.id FROM shard.graphs g JOIN shard.prompts s ON s.id = g.prompt_id
        WHERE NOT EXISTS (
            SELECT 1 FROM main.graphs o JOIN main.prompts p ON p.id = o.prompt_id
            WHERE p.content_hash = s.content_hash)
        """,
        """
        CREATE TEMP TABLE used_runs AS SELECT id, id + (SELECT coalesce(max(id), 0) FROM main.runs) AS new_id
        FROM shard.runs WHERE id IN (
            SELECT run_id FROM shard.prompts WHERE id IN fresh_prompts
            UNION SELECT run_id FROM shard.graphs WHERE id IN fresh_graphs)
        """,
        """
        INSERT INTO main.runs (id, corpus_id, started_at, finished_at, program_version, options)
        SELECT u.new_id, m.id, r.started_at, r.finished_at, r.program_version, r.options
        FROM used_runs u JOIN shard.runs r ON r.id = u.id JOIN shard.corpora c ON c.id = r.corpus_id
        JOIN main.corpora m ON m.name = c.name ORDER BY u.id
        """,
        """
        INSERT INTO main.prompts (content_hash, text, token_count, counted_tokens, activation_count, predicted_token,
            predicted_probability, answer, answer_token, answer_probability, run_id, tokens, activations)
        SELECT s.content_hash, s.text, s.token_count, s.counted_tokens, s.activation_count, s.predicted_token,
            s.predicted_probability, s.answer, s.answer_token, s.answer_probability, u.new_id, s.tokens, s.activations
        FROM shard.prompts s JOIN used_runs u ON u.id = s.run_id WHERE s.id IN fresh_prompts ORDER BY s.id
        """,
        """
        UPDATE main.prompts SET (answer, answer_token, answer_probability) = (
            SELECT s.answer, s.answer_token, s.answer_probability FROM shard.prompts s
            WHERE s.content_hash = main.prompts.content_hash)
        WHERE answer IS NULL AND EXISTS (
            SELECT 1 FROM shard.prompts s WHERE s.content_hash = main.prompts.content_hash AND s.answer IS NOT NULL)
        """,
        """
        INSERT OR IGNORE INTO main.memberships (corpus_id, prompt_id, external_id)
        SELECT m.id, p.id, o.external_id FROM shard.memberships o
        JOIN shard.corpora c ON c.id = o.corpus_id JOIN main.corpora m ON m.name = c.name
        JOIN shard.prompts s ON s.id = o.prompt_id JOIN main.prompts p ON p.content_hash = s.content_hash
        """,
        """
        INSERT OR IGNORE INTO main.tags (prompt_id, name, value)
        SELECT p.id, t.name, t.value FROM shard.tags t
        JOIN shard.prompts s ON s.id = t.prompt_id JOIN main.prompts p ON p.content_hash = s.content_hash
        """,
        """
        INSERT INTO main.graphs (prompt_id, run_id, replacement_score, completeness_score, active_feature_count,
            selected_feature_count, largest_violation, node_threshold, edge_threshold, node_count, edge_count, nodes,
            edges, target_influence)
        SELECT p.id, u.new_id, g.replacement_score, g.completeness_score, g.active_feature_count,
            g.selected_feature_count, g.largest_violation, g.node_threshold, g.edge_threshold, g.node_count,
            g.edge_count, g.nodes, g.edges, g.target_influence
        FROM shard.graphs g JOIN used_runs u ON u.id = g.run_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash WHERE g.id IN fresh_graphs ORDER BY g.id
        """,
        """
        INSERT INTO main.logit_targets (graph_id, ordinal, token, probability, position)
        SELECT n.id, t.ordinal, t.token, t.probability, t.position FROM shard.logit_targets t
        JOIN shard.graphs g ON g.id = t.graph_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash JOIN main.graphs n ON n.prompt_id = p.id
        WHERE t.graph_id IN fresh_graphs
        """,
        """
        INSERT INTO main.custom_targets (graph_id, ordinal, kind, description, definition, weight, position)
        SELECT n.id, t.ordinal, t.kind, t.description, t.definition, t.weight, t.position FROM shard.custom_targets t
        JOIN shard.graphs g ON g.id = t.graph_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash JOIN main.graphs n ON n.prompt_id = p.id
        WHERE t.graph_id IN fresh_graphs
        """,
        """
        INSERT OR IGNORE INTO main.node_effects (graph_id, answer_token, rival_token, gap, answer_logit, total, gradient)
        SELECT n.id, e.answer_token, e.rival_token, e.gap, e.answer_logit, e.total, e.gradient FROM shard.node_effects e
        JOIN shard.graphs g ON g.id = e.graph_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash JOIN main.graphs n ON n.prompt_id = p.id
        WHERE n.nodes = g.nodes AND n.edges = g.edges
        """,
        """
        INSERT OR IGNORE INTO main.measured_effects (graph_id, node_count, effects)
        SELECT n.id, m.node_count, m.effects FROM shard.measured_effects m
        JOIN shard.graphs g ON g.id = m.graph_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash JOIN main.graphs n ON n.prompt_id = p.id
        JOIN main.node_effects e ON e.graph_id = n.id JOIN shard.node_effects o ON o.graph_id = g.id
        WHERE n.nodes = g.nodes AND n.edges = g.edges AND e.answer_token = o.answer_token AND e.rival_token = o.rival_token
        """,
        """
        INSERT OR IGNORE INTO main.edge_heads (graph_id, head_count, entry_count, heads, patterns)
        SELECT n.id, h.head_count, h.entry_count, h.heads, h.patterns FROM shard.edge_heads h
        JOIN shard.graphs g ON g.id = h.graph_id JOIN shard.prompts s ON s.id = g.prompt_id
        JOIN main.prompts p ON p.content_hash = s.content_hash JOIN main.graphs n ON n.prompt_id = p.id
        WHERE n.nodes = g.nodes AND n.edges = g.edges
        """,
        """
        INSERT OR IGNORE INTO main.baselines (group_name, token_count, averaged, means)
        SELECT group_name, token_count, averaged, means FROM shard.baselines
        """,
        """
        INSERT OR IGNORE INTO main.token_effects (kind, layer, feature_index, rank, token, value)
        SELECT kind, layer, feature_index, rank, token, value FROM shard.token_effects
        """,
    ]
    private static let naming = [
        """
        INSERT OR IGNORE INTO main.labels (layer, feature_index, label, note, updated_at)
        SELECT layer, feature_index, label, note, updated_at FROM shard.labels
        """,
        """
        CREATE TEMP TABLE fresh_supernodes AS SELECT id, name FROM shard.supernodes
        WHERE name NOT IN (SELECT name FROM main.supernodes)
        """,
        """
        INSERT INTO main.supernodes (name, note, updated_at)
        SELECT name, note, updated_at FROM shard.supernodes WHERE id IN (SELECT id FROM fresh_supernodes) ORDER BY id
        """,
        """
        INSERT INTO main.supernode_members (supernode_id, layer, feature_index)
        SELECT n.id, m.layer, m.feature_index FROM shard.supernode_members m
        JOIN fresh_supernodes f ON f.id = m.supernode_id JOIN main.supernodes n ON n.name = f.name
        """,
    ]
    private static let temporary = ["fresh_prompts", "fresh_graphs", "used_runs", "fresh_supernodes"]

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
    /// - Throws: `AtlasError` for this atlas itself and for one of another model; what the file refuses.
    @discardableResult
    public func merge(_ shard: Atlas) throws(AtlasError) -> Additions {
        try Self.requireOther(shard.path, than: atlas.path)
        try atlas.identity.requireSame(as: shard.identity, path: shard.path)
        return try atlas.whileInPlace("merging \(shard.path)") {
            try atlas.database.writeWithoutTransaction { db in
                try db.execute(sql: "ATTACH DATABASE ? AS shard", arguments: [shard.path])
                defer { try? db.execute(sql: "DETACH DATABASE shard") }
                // Attached by its name: that is still the file which was looked at.
                try shard.requireInPlace()
                var additions = Additions()
                try db.inTransaction {
                    try Self.requireSameBaselines(db, path: atlas.path)
                    try Self.requireSound(db, path: shard.path)
                    let before = try Self.counts(db)
                    try Self.keepingDigests(db) {
                        for statement in Self.copying + Self.naming { try db.execute(sql: statement) }
                    }
                    for table in Self.temporary { try db.execute(sql: "DROP TABLE temp.\(table)") }
                    let after = try Self.counts(db)
                    additions = Additions(
                        prompts: after[0] - before[0], graphs: after[1] - before[1], names: after[2] - before[2])
                    try atlas.requireInPlace()
                    return .commit
                }
                return additions
            }
        }
    }

    /// Throws where both hold a baseline for the same prompts and not the same one: numbers measured from two baselines
    /// cannot stand in one atlas.
    private static func requireSameBaselines(_ db: Database, path: String) throws {
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

    /// Throws where the other atlas is not what was stored there: damage is not to be taken over.
    private static func requireSound(_ db: Database, path: String) throws {
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
        let tables = ["vocabulary", "corpora", "runs", "baselines", "token_effects"] + TableDigests.names
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
                """)!
        return [row[0], row[1], row[2]]
    }
}
