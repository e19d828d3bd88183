-- Digests: what was stored when it was stored, so that a number that changed since is found. They are described in blocks.md.

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
