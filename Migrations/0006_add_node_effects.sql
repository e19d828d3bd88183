-- What nodes do to what is explained, as signed numbers beside their influence.

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
