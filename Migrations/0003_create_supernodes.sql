-- Groups of features under a name of their own, which people keep; and the orders in which questions read.

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
