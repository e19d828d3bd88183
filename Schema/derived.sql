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

-- The activations again, inverted: blocks sorted by feature, prompt and position; in runs, each sorted by itself, of
-- prompts with larger ids than those of the run before.
CREATE TABLE feature_postings (
    block INTEGER PRIMARY KEY,                                      -- place in the sorted sequence, from 0
    first_feature INTEGER NOT NULL,                                 -- node key of the first entry's feature
    last_feature INTEGER NOT NULL,                                  -- node key of the last entry's feature
    entry_count INTEGER NOT NULL CHECK (entry_count > 0),           -- entries, at most 4096
    entries BLOB NOT NULL                                           -- block 6: feature, prompt, position, activation
) STRICT;
CREATE INDEX feature_postings_by_feature ON feature_postings (last_feature, first_feature);

-- The runs of feature_postings.
CREATE TABLE posting_runs (
    first_block INTEGER PRIMARY KEY,                                -- its first block; the last ends before the next run's
    entry_count INTEGER NOT NULL CHECK (entry_count > 0),           -- entries of its blocks
    earlier_prompt INTEGER NOT NULL                                 -- largest prompts.id of the runs before; 0: none
) STRICT;

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

-- How often each token is a target, and how likely the model found it.
CREATE TABLE logit_statistics (
    token INTEGER PRIMARY KEY,                                      -- the explained token
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0),         -- prompts in which it is a target
    probability_sum REAL NOT NULL                                   -- sum over them of its probability
) STRICT;

-- What was known of effects when the tables below were derived. No row: nothing.
CREATE TABLE effect_derivation (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has at most one row
    effect_count INTEGER NOT NULL,                                  -- rows of node_effects then
    measured_count INTEGER NOT NULL                                 -- rows of measured_effects then
) STRICT;

-- In how many graphs with effects each token takes part.
CREATE TABLE logit_effect_statistics (
    token INTEGER PRIMARY KEY,                                      -- the token
    known_prompts INTEGER NOT NULL CHECK (known_prompts >= 0),      -- prompts in which it is a target and effects are known
    prompt_count INTEGER NOT NULL CHECK (prompt_count >= 0)         -- prompts whose gap is its lead: it is the answer
) STRICT;

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

-- What each node does to the leads of all answers.
CREATE TABLE effect_totals (
    node INTEGER PRIMARY KEY,                                       -- node key of a feature, error or token
    effect_sum REAL NOT NULL                                        -- sum over prompts of its effect on their answer's lead
) STRICT;

-- In how many prompts that is. No row: none.
CREATE TABLE effect_prompts (
    id INTEGER PRIMARY KEY CHECK (id = 1),                          -- always 1: the table has at most one row
    prompt_count INTEGER NOT NULL CHECK (prompt_count > 0)          -- prompts with effects, each with one answer
) STRICT;

-- The prompts that a feature covers, from which covering sets are chosen.
CREATE TABLE logit_coverage (
    by_effect INTEGER NOT NULL CHECK (by_effect IN (0, 1)),         -- 0: by influence; 1: by effects
    token INTEGER NOT NULL,                                         -- the explained token
    node INTEGER NOT NULL,                                          -- node key of the feature
    held REAL NOT NULL,                                             -- sum over these prompts of influence, or of effects
    graphs BLOB NOT NULL,                                           -- their graphs.id, ascending: gaps, as varints
    PRIMARY KEY (by_effect, token, node)
) STRICT, WITHOUT ROWID;

-- For each explained token a small set of features that together covers its prompts, chosen greedily: by effects where all
-- its graphs have them, else by influence.
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
