/// The statements that take a shard's facts over into an assembled atlas: `main` is the atlas, `shard` the shard, none of
/// whose texts are in `main`. Ids are moved by the shard's offsets, packed columns of single prompts stay where they are.
struct AssemblyStatements {
    /// What comes before every other: how runs are numbered.
    private static let runs = """
        CREATE TEMP TABLE used_runs AS SELECT id, id + (SELECT coalesce(max(id), 0) FROM main.runs) AS new_id
        FROM shard.runs WHERE id IN (SELECT run_id FROM shard.prompts UNION SELECT run_id FROM shard.graphs)
        """
    private static let packed = "x''"

    private let shard: StoredShard

    init(_ shard: StoredShard) { self.shard = shard }

    /// All of them, in order.
    var all: [String] { shared + ofPrompts + ofGraphs + ofPostings + MergeStatements.naming + clearing }

    /// What belongs to no prompt.
    private var shared: [String] {
        [
            """
            INSERT INTO main.vocabulary (token, text) SELECT token, text FROM shard.vocabulary
            WHERE token NOT IN (SELECT token FROM main.vocabulary)
            """,
            "INSERT OR IGNORE INTO main.corpora (name) SELECT name FROM shard.corpora ORDER BY id", Self.runs,
            """
            INSERT INTO main.runs (id, corpus_id, started_at, finished_at, program_version, options)
            SELECT u.new_id, m.id, r.started_at, r.finished_at, r.program_version, r.options
            FROM used_runs u JOIN shard.runs r ON r.id = u.id JOIN shard.corpora c ON c.id = r.corpus_id
            JOIN main.corpora m ON m.name = c.name ORDER BY u.id
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
    }

    private var ofPrompts: [String] {
        [
            """
            INSERT INTO main.prompts (id, content_hash, text, token_count, counted_tokens, activation_count,
                predicted_token, predicted_probability, answer, answer_token, answer_probability, run_id, tokens,
                activations)
            SELECT s.id + \(shard.promptOffset), s.content_hash, s.text, s.token_count, s.counted_tokens,
                s.activation_count, s.predicted_token, s.predicted_probability, s.answer, s.answer_token,
                s.answer_probability, u.new_id, s.tokens, \(Self.packed)
            FROM shard.prompts s JOIN used_runs u ON u.id = s.run_id ORDER BY s.id
            """,
            """
            INSERT INTO main.memberships (corpus_id, prompt_id, external_id)
            SELECT m.id, o.prompt_id + \(shard.promptOffset), o.external_id FROM shard.memberships o
            JOIN shard.corpora c ON c.id = o.corpus_id JOIN main.corpora m ON m.name = c.name
            """,
            """
            INSERT INTO main.tags (prompt_id, name, value)
            SELECT prompt_id + \(shard.promptOffset), name, value FROM shard.tags
            """,
        ]
    }

    private var ofGraphs: [String] {
        [
            """
            INSERT INTO main.graphs (id, prompt_id, run_id, replacement_score, completeness_score,
                active_feature_count, selected_feature_count, largest_violation, node_threshold, edge_threshold,
                node_count, edge_count, nodes, edges, target_influence)
            SELECT g.id + \(shard.graphOffset), g.prompt_id + \(shard.promptOffset), u.new_id, g.replacement_score,
                g.completeness_score, g.active_feature_count, g.selected_feature_count, g.largest_violation,
                g.node_threshold, g.edge_threshold, g.node_count, g.edge_count, \(Self.packed), \(Self.packed),
                \(Self.packed)
            FROM shard.graphs g JOIN used_runs u ON u.id = g.run_id ORDER BY g.id
            """,
            """
            INSERT INTO main.logit_targets (graph_id, ordinal, token, probability, position)
            SELECT graph_id + \(shard.graphOffset), ordinal, token, probability, position FROM shard.logit_targets
            """,
            """
            INSERT INTO main.custom_targets (graph_id, ordinal, kind, description, definition, weight, position)
            SELECT graph_id + \(shard.graphOffset), ordinal, kind, description, definition, weight, position
            FROM shard.custom_targets
            """,
            """
            INSERT INTO main.node_effects (graph_id, answer_token, rival_token, gap, answer_logit, total, gradient)
            SELECT graph_id + \(shard.graphOffset), answer_token, rival_token, gap, answer_logit, \(Self.packed),
                \(Self.packed) FROM shard.node_effects
            """,
            """
            INSERT INTO main.measured_effects (graph_id, node_count, effects)
            SELECT graph_id + \(shard.graphOffset), node_count, \(Self.packed) FROM shard.measured_effects
            """,
            """
            INSERT INTO main.edge_heads (graph_id, head_count, entry_count, heads, patterns)
            SELECT graph_id + \(shard.graphOffset), head_count, entry_count, \(Self.packed), \(Self.packed)
            FROM shard.edge_heads
            """,
        ]
    }

    private var ofPostings: [String] {
        [
            """
            INSERT INTO main.feature_postings (block, first_feature, last_feature, entry_count, entries)
            SELECT block + \(shard.blockOffset), first_feature, last_feature, entry_count, \(Self.packed)
            FROM shard.feature_postings
            """,
            """
            INSERT INTO main.posting_runs (first_block, entry_count, earlier_prompt)
            SELECT first_block + \(shard.blockOffset), entry_count, earlier_prompt + \(shard.promptOffset)
            FROM shard.posting_runs
            """,
        ]
    }

    private var clearing: [String] { ["DROP TABLE temp.used_runs", "DROP TABLE temp.fresh_supernodes"] }
}
