-- Views: the derived numbers as people ask for them. The library reads the same views, so the numbers are the same.

-- One row a feature that ever fired.
CREATE VIEW features AS
SELECT
    s.layer,                                                        -- the feature's layer
    s.feature_index,                                                -- the feature's row in that layer's encoder
    coalesce(l.label, a.label) AS label,                            -- a person's name for it, else the automatic one
    l.label IS NULL AND a.label IS NOT NULL AS label_is_automatic,  -- 1: no person named it
    s.active_tokens,                                                -- positions it fires at
    d.counted_tokens,                                               -- of so many
    CAST(s.active_tokens AS REAL) / d.counted_tokens AS density,
    s.active_prompts,                                               -- prompts it fires in
    d.prompt_count AS counted_prompts,                              -- of so many
    CAST(s.active_prompts AS REAL) / d.prompt_count AS prompt_density,
    s.maximum,                                                      -- its largest activation
    s.activation_sum / s.active_tokens AS mean,                     -- its mean activation where it fires
    coalesce(n.negative_tokens, 0) AS negative_tokens,              -- of active_tokens, those where it is negative
    coalesce(n.negative_prompts, 0) AS negative_prompts,            -- prompts with such a token
    n.minimum,                                                      -- its most negative activation; NULL: never negative
    n.label AS negative_label                                       -- the automatic name of its negative side
FROM feature_statistics s
CROSS JOIN derivation d
LEFT JOIN labels l ON l.layer = s.layer AND l.feature_index = s.feature_index
LEFT JOIN automatic_labels a ON a.layer = s.layer AND a.feature_index = s.feature_index
LEFT JOIN feature_negative_tails n ON n.layer = s.layer AND n.feature_index = s.feature_index;

-- Node keys of stored edges and drivers spelled out. One row a (token, node): what drives the token's logit.
CREATE VIEW drivers AS
SELECT
    r.token,                                                        -- the explained token
    v.text AS token_text,                                           -- its text
    t.prompt_count,                                                 -- prompts in which it is a target
    r.node,                                                         -- node key of the driver
    CASE r.node >> 40 WHEN 0 THEN 'feature' WHEN 1 THEN 'error' ELSE 'token' END AS kind,
    CASE WHEN r.node >> 40 < 2 THEN r.node >> 24 & 0xFFFF END AS layer,
    CASE WHEN r.node >> 40 = 0 THEN r.node & 0xFFFFFF END AS feature_index,
    CASE WHEN r.node >> 40 = 2 THEN r.node & 0xFFFFFFFFFF END AS node_token,
    n.text AS node_text,                                            -- a token node's text
    coalesce(l.label, a.label) AS label,                            -- a feature's label
    l.label IS NULL AND a.label IS NOT NULL AS label_is_automatic,
    r.influence_sum / t.prompt_count AS influence,                  -- mean over prompts of probability x influence
    CASE WHEN r.direct_support > 0 THEN r.direct_sum / r.direct_support ELSE 0.0 END AS direct_effect,
    CASE WHEN r.direct_support > 0 THEN sqrt(max(0.0, r.direct_square_sum / r.direct_support
        - (r.direct_sum / r.direct_support) * (r.direct_sum / r.direct_support))) ELSE 0.0 END AS direct_spread,
    r.prompt_count AS support,                                      -- prompts where it has influence on the logit
    r.direct_support,                                               -- prompts with a direct edge
    CAST(r.covered_prompts AS REAL) / t.prompt_count AS coverage,   -- share of prompts where it holds 5 % or more
    CASE WHEN r.direct_support > 0
        THEN abs(r.positive_prompts - r.negative_prompts) * 1.0 / r.direct_support ELSE 0.0 END AS sign_consistency,
    coalesce(x.prompt_count, 0) AS negative_support,                -- prompts where it has influence while it is negative
    coalesce(x.influence_sum, 0.0) / t.prompt_count AS negative_influence, -- of influence, the part from there
    coalesce(x.direct_support, 0) AS negative_direct_support,       -- prompts with a direct edge from there
    CASE WHEN x.direct_support > 0 THEN x.direct_sum / x.direct_support ELSE 0.0 END AS negative_direct_effect,
    coalesce(f.known_prompts, 0) AS known_prompts,                  -- of prompt_count, those with effects
    coalesce(f.prompt_count, 0) AS effect_prompts,                  -- prompts with effects that the token is the answer of
    coalesce(e.prompt_count, 0) AS effect_support,                  -- of these, where the node has one
    CASE WHEN f.prompt_count > 0 THEN coalesce(e.effect_sum, 0.0) / f.prompt_count END
        AS effect,                                                  -- mean over these prompts of its effect on the lead
    CASE WHEN f.prompt_count > 0 THEN sqrt(max(0.0, coalesce(e.effect_square_sum, 0.0) / f.prompt_count
        - coalesce(e.effect_sum, 0.0) / f.prompt_count * coalesce(e.effect_sum, 0.0) / f.prompt_count)) END
        AS effect_spread,                                           -- standard deviation over the same prompts
    CASE WHEN e.prompt_count > 0 THEN max(e.positive_prompts, e.negative_prompts) * 1.0 / e.prompt_count END
        AS effect_consistency,                                      -- share of effects with the more frequent sign
    CASE WHEN e.measured_prompts > 0 THEN e.measured_sum / e.measured_prompts END AS measured_effect,
    coalesce(e.measured_prompts, 0) AS measured_support,            -- prompts where silencing it was measured
    CASE WHEN o.prompt_count > f.prompt_count THEN e.effect_sum / f.prompt_count
        - (w.effect_sum - e.effect_sum) / (o.prompt_count - f.prompt_count) END
        AS specificity,                                             -- effect less that on the leads of other answers
    CASE WHEN f.prompt_count > 0 THEN coalesce(e.covered_prompts, 0) * 1.0 / f.prompt_count END
        AS effect_coverage                                          -- share of prompts where it holds 5 % or more
FROM logit_drivers r
JOIN logit_statistics t ON t.token = r.token
JOIN vocabulary v ON v.token = r.token
LEFT JOIN vocabulary n ON n.token = CASE WHEN r.node >> 40 = 2 THEN r.node & 0xFFFFFFFFFF END
LEFT JOIN labels l ON r.node >> 40 = 0 AND l.layer = r.node >> 24 AND l.feature_index = r.node & 0xFFFFFF
LEFT JOIN automatic_labels a ON r.node >> 40 = 0 AND a.layer = r.node >> 24 AND a.feature_index = r.node & 0xFFFFFF
LEFT JOIN logit_driver_negative_tails x ON x.token = r.token AND x.node = r.node
LEFT JOIN logit_effect_statistics f ON f.token = r.token
LEFT JOIN logit_driver_effects e ON e.token = r.token AND e.node = r.node
LEFT JOIN effect_totals w ON w.node = r.node
LEFT JOIN effect_prompts o ON o.id = 1;

-- One row an aggregated edge, both ends spelled out.
CREATE VIEW edges AS
SELECT
    e.source,                                                       -- node key of what affects
    CASE e.source >> 40 WHEN 0 THEN 'feature' WHEN 1 THEN 'error' WHEN 2 THEN 'token' ELSE 'logit' END AS source_kind,
    CASE WHEN e.source >> 40 < 2 THEN e.source >> 24 & 0xFFFF END AS source_layer,
    CASE WHEN e.source >> 40 = 0 THEN e.source & 0xFFFFFF END AS source_index,
    CASE WHEN e.source >> 40 > 1 THEN e.source & 0xFFFFFFFFFF END AS source_token,
    sv.text AS source_text,                                         -- a token's text
    coalesce(sl.label, sa.label) AS source_label,                   -- a feature's label
    sl.label IS NULL AND sa.label IS NOT NULL AS source_label_is_automatic,
    e.target,                                                       -- node key of what is affected
    CASE e.target >> 40 WHEN 0 THEN 'feature' WHEN 1 THEN 'error' WHEN 2 THEN 'token' ELSE 'logit' END AS target_kind,
    CASE WHEN e.target >> 40 < 2 THEN e.target >> 24 & 0xFFFF END AS target_layer,
    CASE WHEN e.target >> 40 = 0 THEN e.target & 0xFFFFFF END AS target_index,
    CASE WHEN e.target >> 40 > 1 THEN e.target & 0xFFFFFFFFFF END AS target_token,
    tv.text AS target_text,                                         -- a logit's token's text
    coalesce(tl.label, ta.label) AS target_label,                   -- a feature's label
    tl.label IS NULL AND ta.label IS NOT NULL AS target_label_is_automatic,
    e.support,                                                      -- prompts with such an edge
    e.occurrences,                                                  -- such edges
    e.weight_sum / e.support AS mean,                               -- mean weight over the supporting prompts
    sqrt(max(0.0, e.weight_square_sum / e.support
        - (e.weight_sum / e.support) * (e.weight_sum / e.support))) AS spread, -- its standard deviation
    e.share_sum / e.support AS mean_share,                          -- mean share of the target's absolute input
    abs(e.positive_prompts - e.negative_prompts) * 1.0 / e.support AS sign_consistency, -- 1: the sign never changes
    CASE WHEN e.absolute_weight > 0
        THEN e.same_position_weight / e.absolute_weight ELSE 0.0 END AS same_position_share
FROM aggregated_edges e
LEFT JOIN vocabulary sv ON sv.token = CASE WHEN e.source >> 40 > 1 THEN e.source & 0xFFFFFFFFFF END
LEFT JOIN vocabulary tv ON tv.token = CASE WHEN e.target >> 40 > 1 THEN e.target & 0xFFFFFFFFFF END
LEFT JOIN labels sl ON e.source >> 40 = 0 AND sl.layer = e.source >> 24 AND sl.feature_index = e.source & 0xFFFFFF
LEFT JOIN labels tl ON e.target >> 40 = 0 AND tl.layer = e.target >> 24 AND tl.feature_index = e.target & 0xFFFFFF
LEFT JOIN automatic_labels sa
    ON e.source >> 40 = 0 AND sa.layer = e.source >> 24 AND sa.feature_index = e.source & 0xFFFFFF
LEFT JOIN automatic_labels ta
    ON e.target >> 40 = 0 AND ta.layer = e.target >> 24 AND ta.feature_index = e.target & 0xFFFFFF;

-- One row a prompt, with what the corpora and the model say about it.
CREATE VIEW prompt_overview AS
SELECT
    p.id,                                                           -- prompts.id
    p.text,
    (SELECT json_group_array(name) FROM (SELECT DISTINCT c.name FROM memberships m JOIN corpora c ON c.id = m.corpus_id
        WHERE m.prompt_id = p.id ORDER BY c.name)) AS corpora,      -- JSON array of names
    (SELECT json_group_array(external_id) FROM (SELECT DISTINCT m.external_id FROM memberships m
        WHERE m.prompt_id = p.id AND m.external_id <> '' ORDER BY m.external_id)) AS external_ids, -- JSON array
    (SELECT json_group_array(json_array(name, value)) FROM (SELECT t.name, t.value FROM tags t
        WHERE t.prompt_id = p.id ORDER BY t.name, t.value)) AS tags, -- JSON array of [name, value]
    p.token_count,
    p.counted_tokens,
    p.activation_count,
    p.predicted_token,
    v.text AS predicted_text,                                       -- the predicted token's text
    p.predicted_probability,
    p.answer,
    p.answer_token,
    p.answer_probability,
    p.answer_token = p.predicted_token AS is_right,                 -- 1: the model's first choice is the answer; NULL: no answer
    g.id AS graph_id,                                               -- graphs.id; NULL: not attributed
    g.replacement_score,
    g.completeness_score,
    g.node_count,
    g.edge_count
FROM prompts p
JOIN vocabulary v ON v.token = p.predicted_token
LEFT JOIN graphs g ON g.prompt_id = p.id;
