-- Through which attention heads the edges of a graph go: of each edge the heads that hold most of it; and where
-- the model's heads look. No row: not computed.
CREATE TABLE edge_heads (
    graph_id INTEGER PRIMARY KEY REFERENCES graphs (id),            -- the graph
    head_count INTEGER NOT NULL CHECK (head_count > 0),             -- the model's heads a layer
    entry_count INTEGER NOT NULL CHECK (entry_count >= 0),          -- heads kept over all edges
    heads BLOB NOT NULL,                                            -- block 11: main heads by edge, and what is left
    patterns BLOB NOT NULL                                          -- block 12: where every head looks in the prompt
) STRICT;
