-- Facts: what was observed. Rows are added and never rewritten (labels, which people write, excepted).
-- Packed columns are described in blocks.md. Positions, layers, features and tokens count from 0.

PRAGMA application_id = 1178686540; -- 'FATL': tells a Feature Atlas from any other SQLite file

-- The one replacement model (language model and transcoder set) that everything here is about.
CREATE TABLE atlas (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has one row
    model_name TEXT NOT NULL,                                       -- the language model's name, as people say it
    model_fingerprint TEXT NOT NULL,                                -- digest of its configuration and weights
    transcoder_name TEXT NOT NULL,                                  -- the transcoder set's name
    transcoder_fingerprint TEXT NOT NULL,                           -- digest of its configuration and weights
    transcoder_kind TEXT NOT NULL
        CHECK (transcoder_kind IN ('per-layer', 'cross-layer')),    -- what a feature's decoder writes to
    layer_count INTEGER NOT NULL CHECK (layer_count BETWEEN 1 AND 65536),           -- transcoder layers
    features_per_layer INTEGER NOT NULL CHECK (features_per_layer BETWEEN 1 AND 16777216), -- encoder rows a layer
    model_width INTEGER NOT NULL CHECK (model_width > 0),           -- width of the residual stream
    vocabulary_size INTEGER NOT NULL CHECK (vocabulary_size > 0),   -- rows of vocabulary
    created_at TEXT NOT NULL,                                       -- UTC, ISO 8601
    program_version TEXT NOT NULL                                   -- the program that created the file
) STRICT;

-- The tokenizer's vocabulary, so that a reader needs no model.
CREATE TABLE vocabulary (
    token INTEGER PRIMARY KEY CHECK (token >= 0),                   -- the token's id
    text TEXT NOT NULL                                              -- what it decodes to alone
) STRICT;
CREATE INDEX vocabulary_by_text ON vocabulary (text);

-- The named collections of prompts that were indexed.
CREATE TABLE corpora (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    name TEXT NOT NULL UNIQUE CHECK (name <> '')                    -- the name it was indexed under
) STRICT;

-- Each time a corpus was indexed, and what was asked for.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    corpus_id INTEGER NOT NULL REFERENCES corpora (id),             -- the corpus indexed
    started_at TEXT NOT NULL,                                       -- UTC, ISO 8601
    finished_at TEXT,                                               -- UTC, ISO 8601; NULL: interrupted or running
    program_version TEXT NOT NULL,                                  -- the program that ran
    options TEXT NOT NULL CHECK (json_valid(options))               -- thresholds and limits asked for, JSON object
) STRICT;
CREATE INDEX runs_by_corpus ON runs (corpus_id);

-- The distinct texts that were indexed, with every active feature at every position.
CREATE TABLE prompts (
    id INTEGER PRIMARY KEY,                                         -- this file's own number; depends on the order
    content_hash BLOB NOT NULL UNIQUE CHECK (length(content_hash) = 32), -- SHA-256 of the text's UTF-8; orders prompts
    text TEXT NOT NULL,                                             -- the text as given, without special tokens
    token_count INTEGER NOT NULL CHECK (token_count >= 0),          -- tokens, with the beginning-of-sequence token
    counted_tokens INTEGER NOT NULL
        CHECK (counted_tokens BETWEEN 0 AND token_count),           -- positions that count for density: not zeroed
    activation_count INTEGER NOT NULL CHECK (activation_count >= 0), -- entries of activations
    predicted_token INTEGER NOT NULL REFERENCES vocabulary (token), -- the model's most likely next token
    predicted_probability REAL NOT NULL
        CHECK (predicted_probability BETWEEN 0 AND 1.000001),       -- its probability
    answer TEXT,                                                    -- the right continuation, where the corpus tells it
    answer_token INTEGER REFERENCES vocabulary (token),             -- the answer's first token
    answer_probability REAL
        CHECK (answer_probability BETWEEN 0 AND 1.000001),          -- the model's probability for answer_token
    run_id INTEGER NOT NULL REFERENCES runs (id),                   -- the run that stored it
    tokens BLOB NOT NULL,                                           -- block 1: token ids by position
    activations BLOB NOT NULL                                       -- block 2: active features by layer and position
) STRICT;
CREATE INDEX prompts_by_run ON prompts (run_id);
CREATE INDEX prompts_by_predicted_token ON prompts (predicted_token);
CREATE INDEX prompts_by_answer_token ON prompts (answer_token);

-- Which corpora contain a text, and what they call it.
CREATE TABLE memberships (
    corpus_id INTEGER NOT NULL REFERENCES corpora (id),             -- a corpus that contains the text
    prompt_id INTEGER NOT NULL REFERENCES prompts (id),             -- the text
    external_id TEXT NOT NULL,                                      -- the corpus's own id for it; '': it gives none
    PRIMARY KEY (corpus_id, prompt_id, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_prompt ON memberships (prompt_id);
CREATE INDEX memberships_by_external_id ON memberships (external_id, prompt_id);

-- What the corpora say about a text; a text in two corpora has the tags of both.
CREATE TABLE tags (
    prompt_id INTEGER NOT NULL REFERENCES prompts (id),             -- the text
    name TEXT NOT NULL CHECK (name <> ''),                          -- what is said, e.g. 'family'
    value TEXT NOT NULL,                                            -- e.g. 'addition'
    PRIMARY KEY (prompt_id, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_value ON tags (name, value, prompt_id);

-- One attribution graph a prompt: the nodes and edges that survived the storing thresholds, scores from before them.
CREATE TABLE graphs (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    prompt_id INTEGER NOT NULL UNIQUE REFERENCES prompts (id),      -- the text it explains
    run_id INTEGER NOT NULL REFERENCES runs (id),                   -- the run that stored it
    replacement_score REAL NOT NULL,                                -- tokens' share of the influence of tokens and errors
    completeness_score REAL NOT NULL,                               -- influence-weighted share of inputs not from errors
    active_feature_count INTEGER NOT NULL CHECK (active_feature_count >= 0), -- features active in the prompt
    selected_feature_count INTEGER NOT NULL CHECK (selected_feature_count >= 0), -- of these, attributed
    largest_violation REAL NOT NULL,                                -- worst relative error of sum of inputs = pre-activation
    node_threshold REAL NOT NULL CHECK (node_threshold BETWEEN 0 AND 1), -- share of influence whose nodes were kept
    edge_threshold REAL NOT NULL CHECK (edge_threshold BETWEEN 0 AND 1), -- share of edge scores whose edges were kept
    node_count INTEGER NOT NULL CHECK (node_count >= 0),            -- entries of nodes
    edge_count INTEGER NOT NULL CHECK (edge_count >= 0),            -- entries of edges
    nodes BLOB NOT NULL,                                            -- block 3: kept nodes in graph order
    edges BLOB NOT NULL,                                            -- block 4: kept edges by target, then source
    target_influence BLOB NOT NULL                                  -- block 5: each node's influence on each target
) STRICT;
CREATE INDEX graphs_by_run ON graphs (run_id);

-- The tokens whose logits a graph explains.
CREATE TABLE logit_targets (
    graph_id INTEGER NOT NULL REFERENCES graphs (id),               -- the graph
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),                  -- place in the graph's list, most likely first
    token INTEGER NOT NULL REFERENCES vocabulary (token),           -- the explained token
    probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1.000001), -- the model's probability for it
    position INTEGER NOT NULL CHECK (position >= 0),                -- the position whose next token it is
    PRIMARY KEY (graph_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX logit_targets_by_token ON logit_targets (token, graph_id);

-- What a feature's weights alone say: the tokens it promotes and suppresses, and those that excite it.
CREATE TABLE token_effects (
    kind TEXT NOT NULL CHECK (kind IN ('output', 'input')),         -- 'output': effect on a logit; 'input': of a token on it
    layer INTEGER NOT NULL CHECK (layer >= 0),                      -- the feature's layer
    feature_index INTEGER NOT NULL CHECK (feature_index >= 0),      -- the feature's row in that layer's encoder
    rank INTEGER NOT NULL CHECK (rank <> 0),                        -- 1, 2…: largest first; -1, -2…: most negative first
    token INTEGER NOT NULL REFERENCES vocabulary (token),           -- the token
    value REAL NOT NULL,                                            -- logit effect of a unit activation, or excitation
    PRIMARY KEY (kind, layer, feature_index, rank)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_effects_by_token ON token_effects (kind, token, value);

-- What people call a feature. A name belongs to the feature, not to a node of one graph.
CREATE TABLE labels (
    layer INTEGER NOT NULL CHECK (layer >= 0),                      -- the feature's layer
    feature_index INTEGER NOT NULL CHECK (feature_index >= 0),      -- the feature's row in that layer's encoder
    label TEXT NOT NULL CHECK (label <> ''),                        -- its name
    note TEXT NOT NULL DEFAULT '',                                  -- anything longer
    updated_at TEXT NOT NULL,                                       -- UTC, ISO 8601
    PRIMARY KEY (layer, feature_index)
) STRICT, WITHOUT ROWID;

-- Full text of the prompts, kept by a trigger.
CREATE VIRTUAL TABLE prompt_search USING fts5 (text, content = 'prompts', content_rowid = 'id', tokenize = 'unicode61');
CREATE TRIGGER prompts_are_searchable AFTER INSERT ON prompts BEGIN
    INSERT INTO prompt_search (rowid, text) VALUES (new.id, new.text);
END;

-- Derived: rebuilt from the facts in one transaction, the same for the same facts however they came in.
-- "Canonical order" is the order of prompts.content_hash: sums run in it and ties are broken by it.
--
-- A node key packs a graph node without its position into one integer:
--     feature  layer << 24 | feature_index          error  1 << 40 | layer << 24
--     token    2 << 40 | token                      logit  3 << 40 | token

-- What the derived tables were made from; they are stale when the facts have grown since.
CREATE TABLE derivation (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has at most one row
    prompt_count INTEGER NOT NULL,                                  -- prompts then
    graph_count INTEGER NOT NULL,                                   -- graphs then
    token_effect_count INTEGER NOT NULL,                            -- rows of token_effects then
    counted_tokens INTEGER NOT NULL,                                -- sum of prompts.counted_tokens
    derived_at TEXT NOT NULL                                        -- UTC, ISO 8601
) STRICT;

-- How often and how strongly each feature that ever fired fires.
CREATE TABLE feature_statistics (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    active_tokens INTEGER NOT NULL CHECK (active_tokens > 0),       -- positions it fires at
    active_prompts INTEGER NOT NULL CHECK (active_prompts > 0),     -- prompts it fires in
    maximum REAL NOT NULL,                                          -- its largest activation
    activation_sum REAL NOT NULL,                                   -- sum of its activations
    activation_square_sum REAL NOT NULL,                            -- sum of their squares
    histogram BLOB NOT NULL,                                        -- block 7: counts in 50 equal bins over (0, maximum]
    PRIMARY KEY (layer, feature_index)
) STRICT, WITHOUT ROWID;

-- The activations again, inverted: blocks sorted by feature, prompt and position.
CREATE TABLE feature_postings (
    block INTEGER PRIMARY KEY,                                      -- place in the sorted sequence, from 0
    first_feature INTEGER NOT NULL,                                 -- node key of the first entry's feature
    last_feature INTEGER NOT NULL,                                  -- node key of the last entry's feature
    entry_count INTEGER NOT NULL CHECK (entry_count > 0),           -- entries, at most 4096
    entries BLOB NOT NULL                                           -- block 6: feature, prompt, position, activation
) STRICT;
CREATE INDEX feature_postings_by_feature ON feature_postings (last_feature, first_feature);

-- Where a feature fires: its strongest prompts, and samples from five intervals of equal width. No foreign key: checking
-- it would read a page of prompts for each of millions of rows that were made from prompts a moment ago; verifying an
-- atlas checks it instead.
CREATE TABLE feature_examples (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    band INTEGER NOT NULL CHECK (band BETWEEN 0 AND 5),             -- 0: strongest; k: from ((k-1)/5, k/5] of the maximum
    rank INTEGER NOT NULL CHECK (rank > 0),                         -- place in the band, from 1
    prompt_id INTEGER NOT NULL,                                     -- prompts.id, at most once a band
    position INTEGER NOT NULL,                                      -- its strongest position, the first of equals
    activation REAL NOT NULL,                                       -- the activation there
    PRIMARY KEY (layer, feature_index, band, rank)
) STRICT, WITHOUT ROWID;

-- How many prompts each interval was sampled from; an interval without prompts has no row.
CREATE TABLE feature_bands (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    band INTEGER NOT NULL CHECK (band BETWEEN 1 AND 5),             -- the interval, as in feature_examples
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0),         -- prompts whose strongest activation lies in it
    PRIMARY KEY (layer, feature_index, band)
) STRICT, WITHOUT ROWID;

-- Stored edges over all prompts, positions collapsed: a prompt's edges between the same two node keys are added up.
CREATE TABLE aggregated_edges (
    source INTEGER NOT NULL,                                        -- node key of what affects
    target INTEGER NOT NULL,                                        -- node key of what is affected
    support INTEGER NOT NULL CHECK (support > 0),                   -- prompts with at least one such edge
    occurrences INTEGER NOT NULL CHECK (occurrences >= support),    -- such edges
    positive_prompts INTEGER NOT NULL,                              -- prompts whose weights add up to more than 0
    negative_prompts INTEGER NOT NULL,                              -- prompts whose weights add up to less than 0
    weight_sum REAL NOT NULL,                                       -- sum over prompts of the prompt's weight
    weight_square_sum REAL NOT NULL,                                -- sum over prompts of its square
    share_sum REAL NOT NULL,                                        -- sum over prompts of |weights| / the targets' input sums
    absolute_weight REAL NOT NULL,                                  -- sum of |weight| over the edges
    same_position_weight REAL NOT NULL,                             -- of these, where source and target share a position
    PRIMARY KEY (target, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX aggregated_edges_by_source ON aggregated_edges (source, target);

-- What each token's logit owes to each node, over the prompts in which the token is a target.
CREATE TABLE logit_drivers (
    token INTEGER NOT NULL,                                         -- the explained token
    node INTEGER NOT NULL,                                          -- node key of a feature, error or token
    prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0),        -- prompts where it has influence on the logit
    covered_prompts INTEGER NOT NULL,                               -- a feature: prompts where it holds at least 5 % of the
                                                                    -- features' influence on the logit; others: 0
    influence_sum REAL NOT NULL,                                    -- sum over prompts of probability x influence
    direct_sum REAL NOT NULL,                                       -- sum over prompts of the direct edge's weight
    direct_square_sum REAL NOT NULL,                                -- sum over prompts of its square
    direct_support INTEGER NOT NULL,                                -- prompts with a direct edge
    positive_prompts INTEGER NOT NULL,                              -- of these, with a weight above 0
    negative_prompts INTEGER NOT NULL,                              -- of these, with a weight below 0
    PRIMARY KEY (token, node)
) STRICT, WITHOUT ROWID;

-- How often each token is a target, and how likely the model found it.
CREATE TABLE logit_statistics (
    token INTEGER PRIMARY KEY,                                      -- the explained token
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0),         -- prompts in which it is a target
    probability_sum REAL NOT NULL                                   -- sum over them of its probability
) STRICT;

-- For each explained token a small set of features that together covers its prompts, chosen greedily.
CREATE TABLE logit_cover (
    token INTEGER NOT NULL,                                         -- the explained token
    rank INTEGER NOT NULL CHECK (rank > 0),                         -- order of choice, from 1
    node INTEGER NOT NULL,                                          -- node key of the chosen feature
    newly_covered INTEGER NOT NULL CHECK (newly_covered > 0),       -- prompts that no earlier choice covers
    covered INTEGER NOT NULL,                                       -- prompts covered so far
    PRIMARY KEY (token, rank)
) STRICT, WITHOUT ROWID;

-- A name made by rule from a feature's strongest tokens and promoted tokens, until a person gives a better one.
CREATE TABLE automatic_labels (
    layer INTEGER NOT NULL,                                         -- the feature's layer
    feature_index INTEGER NOT NULL,                                 -- the feature's row in that layer's encoder
    label TEXT NOT NULL,                                            -- e.g.  on " Dallas" → " Austin"
    PRIMARY KEY (layer, feature_index)
) STRICT, WITHOUT ROWID;

-- Full text of the labels; rowid = 2 x feature's node key, + 1 for an automatic label. Triggers keep the labels of
-- people; the derivation writes the automatic ones at once (a trigger a row would flush the index at every row).
CREATE VIRTUAL TABLE label_search USING fts5 (label, note, tokenize = 'unicode61');
CREATE TRIGGER labels_are_searchable AFTER INSERT ON labels BEGIN
    INSERT INTO label_search (rowid, label, note)
    VALUES ((new.layer << 24 | new.feature_index) * 2, new.label, new.note);
END;
CREATE TRIGGER changed_labels_are_searchable AFTER UPDATE ON labels BEGIN
    UPDATE label_search SET label = new.label, note = new.note
    WHERE rowid = (new.layer << 24 | new.feature_index) * 2;
END;
CREATE TRIGGER removed_labels_are_forgotten AFTER DELETE ON labels BEGIN
    DELETE FROM label_search WHERE rowid = (old.layer << 24 | old.feature_index) * 2;
END;

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
    s.activation_sum / s.active_tokens AS mean                      -- its mean activation where it fires
FROM feature_statistics s
CROSS JOIN derivation d
LEFT JOIN labels l ON l.layer = s.layer AND l.feature_index = s.feature_index
LEFT JOIN automatic_labels a ON a.layer = s.layer AND a.feature_index = s.feature_index;

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
        THEN abs(r.positive_prompts - r.negative_prompts) * 1.0 / r.direct_support ELSE 0.0 END AS sign_consistency
FROM logit_drivers r
JOIN logit_statistics t ON t.token = r.token
JOIN vocabulary v ON v.token = r.token
LEFT JOIN vocabulary n ON n.token = CASE WHEN r.node >> 40 = 2 THEN r.node & 0xFFFFFFFFFF END
LEFT JOIN labels l ON r.node >> 40 = 0 AND l.layer = r.node >> 24 AND l.feature_index = r.node & 0xFFFFFF
LEFT JOIN automatic_labels a ON r.node >> 40 = 0 AND a.layer = r.node >> 24 AND a.feature_index = r.node & 0xFFFFFF;

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
