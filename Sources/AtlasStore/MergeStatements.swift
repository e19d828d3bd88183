/// The statements of a merge: `main` is the atlas that grows, `shard` the other one.
enum MergeStatements {
    /// Takes facts over, in order.
    static let copying = [
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
        WHERE answer IS NULL AND content_hash IN (SELECT content_hash FROM shard.prompts WHERE answer IS NOT NULL)
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
    /// Takes over what people write.
    static let naming = [
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
        """
        INSERT OR IGNORE INTO main.saved_runs (name, text, state, updated_at)
        SELECT name, text, state, updated_at FROM shard.saved_runs ORDER BY id
        """,
    ]
}
