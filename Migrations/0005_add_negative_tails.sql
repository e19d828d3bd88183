-- Features whose activations have two signs: what is negative is a tail of its own, told beside the positive one.

-- The negative side of a feature that has one; zero and what is positive are the other. A feature without negative
-- activations has no row here.
CREATE TABLE feature_negative_tails (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    negative_tokens INTEGER NOT NULL CHECK (negative_tokens > 0),   -- positions where its activation is negative
    negative_prompts INTEGER NOT NULL CHECK (negative_prompts > 0), -- prompts with such a position
    minimum REAL NOT NULL CHECK (minimum < 0),                      -- its most negative activation
    histogram BLOB NOT NULL,                                        -- block 7: counts by size in 50 equal bins over (0, -minimum]
    label TEXT NOT NULL,                                            -- a name made by rule, e.g.  on " Dallas" → " Austin"
    PRIMARY KEY (layer, feature_index)
) STRICT, WITHOUT ROWID;

-- Where a feature is most negative, as feature_examples.
CREATE TABLE feature_negative_examples (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 5),             -- 0: most negative; k: from [k/5, (k-1)/5) of the minimum
    rank INTEGER NOT NULL CHECK (rank > 0),                         -- place in the band, from 1
    prompt_id INTEGER NOT NULL,                                     -- prompts.id, at most once a band
    position INTEGER NOT NULL,                                      -- its most negative position, the first of equals
    activation REAL NOT NULL CHECK (activation < 0),                -- the activation there
    PRIMARY KEY (layer, feature_index, band, rank)
) STRICT, WITHOUT ROWID;

-- How many prompts each interval of the negative side was sampled from; one without prompts has no row.
CREATE TABLE feature_negative_bands (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    band INTEGER NOT NULL CHECK (band BETWEEN 1 AND 5),             -- the interval, as in feature_negative_examples
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0),         -- prompts whose most negative activation lies in it
    PRIMARY KEY (layer, feature_index, band)
) STRICT, WITHOUT ROWID;

-- The part of logit_drivers that comes from places where the driving feature's activation is negative. A feature that is
-- nowhere negative in these prompts has no row here.
CREATE TABLE logit_driver_negative_tails (
    token INTEGER NOT NULL,                                         -- the explained token
    node INTEGER NOT NULL,                                          -- node key of the feature
    prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0),        -- prompts where such places have influence on the logit
    influence_sum REAL NOT NULL,                                    -- sum over prompts of probability x their influence
    direct_sum REAL NOT NULL,                                       -- sum over prompts of their direct edges' weight
    direct_support INTEGER NOT NULL,                                -- prompts with a direct edge from such a place
    PRIMARY KEY (token, node)
) STRICT, WITHOUT ROWID;

-- One row a feature that ever fired.
DROP VIEW features;
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
DROP VIEW drivers;
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
    CASE WHEN x.direct_support > 0 THEN x.direct_sum / x.direct_support ELSE 0.0 END AS negative_direct_effect
FROM logit_drivers r
JOIN logit_statistics t ON t.token = r.token
JOIN vocabulary v ON v.token = r.token
LEFT JOIN vocabulary n ON n.token = CASE WHEN r.node >> 40 = 2 THEN r.node & 0xFFFFFFFFFF END
LEFT JOIN labels l ON r.node >> 40 = 0 AND l.layer = r.node >> 24 AND l.feature_index = r.node & 0xFFFFFF
LEFT JOIN automatic_labels a ON r.node >> 40 = 0 AND a.layer = r.node >> 24 AND a.feature_index = r.node & 0xFFFFFF
LEFT JOIN logit_driver_negative_tails x ON x.token = r.token AND x.node = r.node;

-- What was derived knows of no negative side: it stays until it is derived again, and is told to be old until then.
UPDATE derivation SET token_effect_count = -1;
