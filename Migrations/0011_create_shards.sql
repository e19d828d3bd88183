-- Atlases that answer for others: an assembled atlas holds what is known of all shards, and fetches packed columns of single
-- prompts from the shards' own files. Its activations, graphs, effects, heads and postings are empty.

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
