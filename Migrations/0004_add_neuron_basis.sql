-- Neurons of the model itself as features: how they are chosen, and what their activations are measured from.

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
