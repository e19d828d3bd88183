"""What the tables of a shard are read by."""

#: The plain columns of a graph.
GRAPH_COLUMNS = (
    "replacement_score", "completeness_score", "active_feature_count", "selected_feature_count", "largest_violation",
    "node_threshold", "edge_threshold", "node_count", "edge_count",
)  # fmt: skip
#: The columns of targets beside their graph.
TARGET_COLUMNS = {
    "logit_targets": "ordinal, token, probability, position",
    "custom_targets": "ordinal, kind, description, definition, weight, position",
}
#: Each prompt with what is known of it.
PROMPT_FACTS = """
    SELECT p.content_hash, p.id, p.text, p.token_count, p.counted_tokens, p.activation_count, p.predicted_token,
        p.predicted_probability, p.answer, p.answer_token, p.answer_probability, p.tokens, g.edge_count
    FROM prompts p LEFT JOIN graphs g ON g.prompt_id = p.id ORDER BY p.content_hash
    """
#: Each prompt's graph with its packed columns.
GRAPH_FACTS = f"""
    SELECT p.id, g.id, p.tokens, p.activations, {", ".join("g." + name for name in GRAPH_COLUMNS)},
        g.nodes, g.edges, g.target_influence, e.answer_token, e.rival_token, e.gap, e.answer_logit, e.total,
        e.gradient, m.node_count, m.effects
    FROM prompts p LEFT JOIN graphs g ON g.prompt_id = p.id LEFT JOIN node_effects e ON e.graph_id = g.id
        LEFT JOIN measured_effects m ON m.graph_id = g.id
    ORDER BY p.content_hash
    """
#: The rows of tables that are read as they are stored.
SQL = {
    "feature_sums": """
        SELECT s.layer, s.feature_index, s.active_tokens, s.active_prompts, s.maximum, s.activation_sum,
            s.activation_square_sum, coalesce(n.negative_tokens, 0), coalesce(n.negative_prompts, 0), n.minimum
        FROM feature_statistics s
        LEFT JOIN feature_negative_tails n ON n.layer = s.layer AND n.feature_index = s.feature_index
        """,
    "edge_sums": """
        SELECT source, target, support, occurrences, positive_prompts, negative_prompts, weight_sum, weight_square_sum,
            share_sum, absolute_weight, same_position_weight
        FROM aggregated_edges ORDER BY target, source
        """,
    "driver_sums": """
        SELECT d.token, d.node, d.prompt_count, d.covered_prompts, d.influence_sum, d.direct_sum, d.direct_square_sum,
            d.direct_support, d.positive_prompts, d.negative_prompts, t.prompt_count, t.influence_sum, t.direct_sum,
            t.direct_support
        FROM logit_drivers d LEFT JOIN logit_driver_negative_tails t ON t.token = d.token AND t.node = d.node
        ORDER BY d.token, d.node
        """,
    "effect_sums": """
        SELECT token, node, prompt_count, covered_prompts, effect_sum, effect_square_sum, positive_prompts,
            negative_prompts, measured_sum, measured_prompts
        FROM logit_driver_effects ORDER BY token, node
        """,
    "token_effects": "SELECT kind, layer, feature_index, rank, token, value FROM token_effects",
}
