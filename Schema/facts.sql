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

-- How neurons become features. No row: the features are transcoders'.
CREATE TABLE neuron_basis (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has one row at most
    settings TEXT NOT NULL CHECK (json_valid(settings))             -- limits and kind of baseline, JSON object
) STRICT;

-- The mean activations that contributions are measured from. Rows are added and never rewritten.
CREATE TABLE baselines (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    group_name TEXT NOT NULL,                                       -- the prompts' value of the grouping tag; '': any or none
    token_count INTEGER NOT NULL CHECK (token_count >= 0),          -- the prompts' tokens; 0: one mean for every position
    averaged INTEGER NOT NULL CHECK (averaged >= 0),                -- prompts in the mean, or tokens where that is over tokens
    means BLOB,                                                     -- block 8: by layer, position, neuron; NULL: too few prompts
    UNIQUE (group_name, token_count)
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

-- What a graph explains that is no single token: sets of tokens, differences, directions, features.
CREATE TABLE custom_targets (
    graph_id INTEGER NOT NULL REFERENCES graphs (id),               -- the graph
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),                  -- place in the graph's list, shared with logit_targets
    kind TEXT NOT NULL CHECK (kind IN ('set', 'difference', 'direction', 'feature')), -- what it is
    description TEXT NOT NULL CHECK (description <> ''),            -- what people read, e.g. '" Austin" - " Dallas"'
    definition TEXT NOT NULL CHECK (json_valid(definition)),        -- all of it, a direction's vector too, JSON object
    weight REAL NOT NULL CHECK (weight >= 0),                       -- what stands in for a probability among the targets
    position INTEGER NOT NULL CHECK (position >= 0),                -- the position where it is read
    PRIMARY KEY (graph_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What each node of a graph does to its targets, to the answer and to the gap between the answer and its strongest rival:
-- signed, to first order. No row: not computed.
CREATE TABLE node_effects (
    graph_id INTEGER PRIMARY KEY REFERENCES graphs (id),            -- the graph
    answer_token INTEGER NOT NULL REFERENCES vocabulary (token),    -- the right answer's first token, else the likeliest
    rival_token INTEGER NOT NULL REFERENCES vocabulary (token)
        CHECK (rival_token <> answer_token),                        -- the most likely token beside it
    gap REAL NOT NULL,                                              -- answer's logit less the rival's, after any soft-cap
    answer_logit REAL NOT NULL,                                     -- answer's logit less the mean, after any soft-cap
    total BLOB NOT NULL,                                            -- block 9: along all paths of the graph before pruning
    gradient BLOB NOT NULL                                          -- block 9: by the underlying model's derivative,
                                                                    -- patterns held, MLPs and norms followed
) STRICT;

-- What silencing a graph's strongest nodes did, measured: each contribution taken away alone (a feature at 0, a neuron at
-- its baseline) with attention patterns held, MLPs and norms recomputed. No row: not measured.
CREATE TABLE measured_effects (
    graph_id INTEGER PRIMARY KEY REFERENCES node_effects (graph_id), -- the graph
    node_count INTEGER NOT NULL CHECK (node_count > 0),             -- nodes measured, those with the largest |gradient on gap|
    effects BLOB NOT NULL                                           -- block 10: on answer's logit and gap, and divergence
) STRICT;

-- Through which attention heads the edges of a graph go: of each edge the heads that hold most of it; and where
-- the model's heads look. No row: not computed.
CREATE TABLE edge_heads (
    graph_id INTEGER PRIMARY KEY REFERENCES graphs (id),            -- the graph
    head_count INTEGER NOT NULL CHECK (head_count > 0),             -- the model's heads a layer
    entry_count INTEGER NOT NULL CHECK (entry_count >= 0),          -- heads kept over all edges
    heads BLOB NOT NULL,                                            -- block 11: main heads by edge, and what is left
    patterns BLOB NOT NULL                                          -- block 12: where every head looks in the prompt
) STRICT;

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

-- What people call several features together.
CREATE TABLE supernodes (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),                   -- its name
    note TEXT NOT NULL DEFAULT '',                                  -- anything longer
    updated_at TEXT NOT NULL                                        -- UTC, ISO 8601
) STRICT;

-- The features of a supernode.
CREATE TABLE supernode_members (
    supernode_id INTEGER NOT NULL REFERENCES supernodes (id) ON DELETE CASCADE, -- the supernode
    layer INTEGER NOT NULL CHECK (layer >= 0),                      -- the feature's layer
    feature_index INTEGER NOT NULL CHECK (feature_index >= 0),      -- the feature's row in that layer's encoder
    PRIMARY KEY (supernode_id, layer, feature_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX supernode_members_by_feature ON supernode_members (layer, feature_index);

-- Texts that people run, with what they set in them and how they look at it.
CREATE TABLE saved_runs (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),                   -- its name
    text TEXT NOT NULL CHECK (text <> ''),                          -- the text that is run
    state TEXT NOT NULL CHECK (json_valid(state)),                  -- parameters of the page Run, JSON object of texts
    updated_at TEXT NOT NULL                                        -- UTC, ISO 8601
) STRICT;

-- Full text of the supernodes, kept by triggers.
CREATE VIRTUAL TABLE supernode_search USING fts5 (name, note, tokenize = 'unicode61');
CREATE TRIGGER supernodes_are_searchable AFTER INSERT ON supernodes BEGIN
    INSERT INTO supernode_search (rowid, name, note) VALUES (new.id, new.name, new.note);
END;
CREATE TRIGGER changed_supernodes_are_searchable AFTER UPDATE ON supernodes BEGIN
    UPDATE supernode_search SET name = new.name, note = new.note WHERE rowid = new.id;
END;
CREATE TRIGGER removed_supernodes_are_forgotten AFTER DELETE ON supernodes BEGIN
    DELETE FROM supernode_search WHERE rowid = old.id;
END;

-- Of each prompt, the digests of its rows.
CREATE TABLE prompt_digests (
    prompt_id INTEGER PRIMARY KEY REFERENCES prompts (id),          -- the prompt
    text_digest INTEGER NOT NULL,                                   -- of its row of prompts
    names_digest INTEGER NOT NULL,                                  -- of its rows of memberships and tags
    graph_digest INTEGER NOT NULL,                                  -- of its rows of graphs, logit_targets and custom_targets
    effects_digest INTEGER NOT NULL                                 -- of its rows of node_effects and measured_effects
) STRICT;

-- Of each table whose rows belong to no prompt, and of prompt_digests, the digest of all rows.
CREATE TABLE table_digests (
    name TEXT PRIMARY KEY CHECK (name <> ''),                       -- the table
    row_count INTEGER NOT NULL CHECK (row_count >= 0),              -- its rows
    digest INTEGER NOT NULL                                         -- of its rows
) STRICT, WITHOUT ROWID;

-- The shards of an assembled atlas; none: everything is in this file. An id here is the shard's id and the shard's offset.
CREATE TABLE shards (
    ordinal INTEGER PRIMARY KEY CHECK (ordinal > 0),                -- place among the shards, from 1; offsets ascend with it
    path TEXT NOT NULL UNIQUE CHECK (path <> ''),                   -- its file; from this atlas's folder where it lies there
    prompt_offset INTEGER NOT NULL CHECK (prompt_offset >= 0),      -- prompts.id here less its own
    prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0),        -- its prompts
    graph_offset INTEGER NOT NULL CHECK (graph_offset >= 0),        -- graphs.id here less its own
    graph_count INTEGER NOT NULL CHECK (graph_count >= 0),          -- its graphs
    block_offset INTEGER NOT NULL CHECK (block_offset >= 0),        -- feature_postings.block here less its own
    block_count INTEGER NOT NULL CHECK (block_count >= 0),          -- its blocks of postings
    activation_bytes INTEGER NOT NULL CHECK (activation_bytes >= 0), -- bytes of its prompts.activations
    edge_bytes INTEGER NOT NULL CHECK (edge_bytes >= 0),            -- bytes of its graphs.edges
    head_bytes INTEGER NOT NULL CHECK (head_bytes >= 0),            -- bytes of its edge_heads.heads
    facts_digest INTEGER NOT NULL,                                  -- table_digests.digest of its prompt_digests
    postings_digest INTEGER NOT NULL                                -- table_digests.digest of its feature_postings
) STRICT;
