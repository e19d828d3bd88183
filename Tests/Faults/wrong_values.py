#!/usr/bin/env python3
"""Puts wrong values into every column of every table of an atlas, and asks every damaged copy everything.

    python3 Tests/Faults/wrong_values.py .build/release/AtlasProbe some.atlas

The schema is weakened, the value written, and the schema put back, so that the file looks as it should: what a stranger
could send. No copy may crash or hang the program, and verify must find the change.
"""

import argparse
import math
import os
import shutil
import sqlite3

from bitflips import end, run_cases, undamaged

VALUES = {
    "nothing": None, "a text": "abc", "no text": "", "-1": -1, "huge": 2**62, "as negative": -(2**62), "2^33": 2**33,
    "infinity": math.inf, "a real number": 1e300, "a short blob": b"\x00", "no blob": b"", "a long blob": b"\x04\x22" * 50,
}


def tables(atlas):
    """Each table with its columns, but those that SQLite makes for itself."""
    db = sqlite3.connect(f"file:{atlas}?mode=ro", uri=True)
    names = [row[0] for row in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%VIRTUAL%'")]
    return {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in names}


def weaken(path):
    """Takes STRICT and NOT NULL away; returns the definitions as they were."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    before = db.execute("SELECT rowid, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%STRICT%'").fetchall()
    for rowid, sql in before:
        weak = sql.replace(" NOT NULL", "").replace(") STRICT, WITHOUT ROWID", ") WITHOUT ROWID").replace(") STRICT", ")")
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (weak, rowid))
    db.close()
    return before


def make(atlas, path, case):
    """A copy with one wrong column: in all rows where that can be, else in one."""
    table, column, name, rows = case
    shutil.copy(atlas, path)
    before = weaken(path)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA synchronous = OFF")
    where = "" if rows == "all" else f" WHERE {column} IS (SELECT {column} FROM {table} LIMIT 1)"
    changed = 0
    try:
        changed = db.execute(f"UPDATE {table} SET {column} = ?{where}", (VALUES[name],)).rowcount
    except sqlite3.Error:
        pass
    db.execute("PRAGMA writable_schema = ON")
    for rowid, sql in before:
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?", (sql, rowid))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return changed > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("probe")
    parser.add_argument("atlas")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=60, help="seconds of processor time")
    parser.add_argument("--every", type=int, default=1, help="only every so many cases")
    options = parser.parse_args()
    asked = ("--few", "--write")
    sound = undamaged(options.probe, options.atlas, options.timeout, *asked)
    cases = [
        (table, column, name, rows)
        for table, columns in tables(options.atlas).items() for column in columns for name in VALUES
        for rows in ("all", "one")
    ]
    # Not the same values of every column.
    cases = [case for number, case in enumerate(cases) if (number + number // options.every) % options.every == 0]
    counts, failures = run_cases(
        cases, lambda path, case: make(options.atlas, path, case), options.probe, sound, options.timeout, options.jobs,
        asked)
    # The directory and settings of a full-text index may change without any search finding less.
    failures = [f for f in failures if not (f[1] == "silent" and f[0][0].endswith(("_search_idx", "_search_config")))]
    end(f"{options.atlas}: {sum(counts.values())} wrong columns", counts, failures)


if __name__ == "__main__":
    main()
