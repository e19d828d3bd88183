-- Statistics that new prompts can be added to, instead of being rebuilt.

-- How far the derived tables reach, so that what came in since can be added to them. No row: an earlier program derived
-- them; they are rebuilt before anything is added.
CREATE TABLE derivation_extent (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has at most one row
    last_prompt INTEGER NOT NULL,                                   -- largest prompts.id then; 0: none
    last_graph INTEGER NOT NULL                                     -- largest graphs.id then; 0: none
) STRICT;

-- How many prompts contain each token.
CREATE TABLE token_statistics (
    token INTEGER PRIMARY KEY,                                      -- the token
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0)          -- prompts that contain it
) STRICT;

-- The runs of feature_postings.
CREATE TABLE posting_runs (
    first_block INTEGER PRIMARY KEY,                                -- its first block; the last ends before the next run's
    entry_count INTEGER NOT NULL CHECK (entry_count > 0),           -- entries of its blocks
    earlier_prompt INTEGER NOT NULL                                 -- largest prompts.id of the runs before; 0: none
) STRICT;

-- What a node does to other answers' leads follows from its total, so that a new prompt changes one row, not all.
DROP VIEW drivers;
ALTER TABLE logit_driver_effects RENAME TO earlier_driver_effects;

-- What each node does to each token's lead over its strongest rival, by the underlying model's derivative, added up over the
-- prompts with effects that the token is the answer of; a node's positions are taken together.
CREATE TABLE logit_driver_effects (
    token INTEGER NOT NULL,                                         -- the answer
    node INTEGER NOT NULL,                                          -- node key of a feature, error or token
    prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0),        -- prompts where it has an effect on the lead
    covered_prompts INTEGER NOT NULL,                               -- a feature: prompts where it holds at least 5 % of
                                                                    -- what features add to the lead; others: 0
    effect_sum REAL NOT NULL,                                       -- sum over prompts of its effect
    effect_square_sum REAL NOT NULL,                                -- sum over prompts of its square
    positive_prompts INTEGER NOT NULL,                              -- prompts where it speaks for the token
    negative_prompts INTEGER NOT NULL,                              -- prompts where it speaks against it
    measured_sum REAL NOT NULL,                                     -- sum over prompts of what silencing it took away, measured
    measured_prompts INTEGER NOT NULL,                              -- prompts where that was measured
    PRIMARY KEY (token, node)
) STRICT, WITHOUT ROWID;

INSERT INTO logit_driver_effects SELECT token, node, prompt_count, covered_prompts, effect_sum, effect_square_sum,
    positive_prompts, negative_prompts, measured_sum, measured_prompts FROM earlier_driver_effects;

-- What each node does to the leads of all answers.
CREATE TABLE effect_totals (
    node INTEGER PRIMARY KEY,                                       -- node key of a feature, error or token
    effect_sum REAL NOT NULL                                        -- sum over prompts of its effect on their answer's lead
) STRICT;

INSERT INTO effect_totals SELECT node, sum(effect_sum) FROM logit_driver_effects GROUP BY node;

-- In how many prompts that is. No row: none.
CREATE TABLE effect_prompts (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has at most one row
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0)          -- prompts with effects, each with one answer
) STRICT;

INSERT INTO effect_prompts SELECT 1, sum(prompt_count) FROM logit_effect_statistics HAVING sum(prompt_count) > 0;

-- The prompts that a feature covers, from which covering sets are chosen.
CREATE TABLE logit_coverage (
    by_effect INTEGER NOT NULL CHECK (by_effect IN (0, 1)),         -- 0: by influence; 1: by effects
    token INTEGER NOT NULL,                                         -- the explained token
    node INTEGER NOT NULL,                                          -- node key of the feature
    held REAL NOT NULL,                                             -- sum over these prompts of influence, or of effects
    graphs BLOB NOT NULL,                                           -- their graphs.id, ascending: gaps, as varints
    PRIMARY KEY (by_effect, token, node)
) STRICT, WITHOUT ROWID;

-- What an automatic label could name as coming before the feature: which of it the label does name depends on how often
-- each token occurs in all prompts, and is looked at again when that changes.
CREATE TABLE label_contexts (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    tail INTEGER NOT NULL CHECK (tail IN (0, 1)),                   -- 1: the negative side
    tokens BLOB NOT NULL,                                           -- each token as 4 bytes, lowest first, and the share of
                                                                    -- the examples' activation that it stands before, as 8
    PRIMARY KEY (layer, feature_index, tail)
) STRICT, WITHOUT ROWID;

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

DROP TABLE earlier_driver_effects;
