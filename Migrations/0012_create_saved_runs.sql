-- Texts that people keep with what they set in them: what the page Run shows, under a name.

-- Texts that people run, with what they set in them and how they look at it.
CREATE TABLE saved_runs (
    id INTEGER PRIMARY KEY,                                         -- this file's own number for it
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),                   -- its name
    text TEXT NOT NULL CHECK (text <> ''),                          -- the text that is run
    state TEXT NOT NULL CHECK (json_valid(state)),                  -- parameters of the page Run, JSON object of texts
    updated_at TEXT NOT NULL                                        -- UTC, ISO 8601
) STRICT;
