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
