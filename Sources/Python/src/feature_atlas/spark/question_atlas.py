"""A small atlas with just the rows that one question reads, for the program to answer from.

What is added up over shards stands in its derived tables, and the facts of the prompts that an answer tells of beside
them. So the program itself ranks, prunes and tells, and there is no second implementation of a question.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import lz4.frame

from ..errors import AtlasError
from ..program import Place, Program
from ..questions import Question
from .shard_queries import GRAPH_COLUMNS, TARGET_COLUMNS

#: Tables that say what an atlas is about, which every question needs.
_COMMON = ("atlas", "vocabulary", "grdb_migrations")
#: Derived tables but for the inverted activations, which only tell of the prompts that are there.
_DERIVED = (
    "derivation", "feature_statistics", "feature_examples", "feature_bands", "feature_negative_tails",
    "feature_negative_examples", "feature_negative_bands", "aggregated_edges", "logit_drivers",
    "logit_driver_negative_tails", "logit_statistics", "effect_derivation", "logit_effect_statistics",
    "logit_driver_effects", "effect_totals", "effect_prompts", "logit_cover", "automatic_labels",
)  # fmt: skip


def histogram_block(counts: Sequence[int]) -> bytes:
    """Counts below 2^32 as block 7 of ``Schema/blocks.md``: Rice codes of the largest parameter."""
    parameter = 31
    bits, width = 7 | 1 << 8, 16

    def append(value: int, size: int) -> None:
        nonlocal bits, width
        bits |= value << width
        width += size

    rest = len(counts)
    while True:
        append(rest & 0x7F | (0x80 if rest > 0x7F else 0), 8)
        rest >>= 7
        if not rest:
            break
    append(parameter, 5)
    for count in counts:
        quotient = count >> parameter
        append((1 << quotient) - 1, quotient + 1)
        append(count & (1 << parameter) - 1, parameter)
    return bytes(lz4.frame.compress(bits.to_bytes((width + 7) // 8, "little"), content_checksum=True, store_size=True))


class QuestionAtlas:
    """The file, in a folder that is removed with it.

    :param shard: the atlas of any shard, whose model and schema it takes over
    """

    def __init__(self, shard: str, program: Optional[Place] = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="feature-atlas-question-")
        self._template = Path(self._folder.name) / "empty.atlas"
        self.path = Path(self._folder.name) / "question.atlas"
        self.program = Program(self.path, program=program)
        _make_empty(shard, self._template)
        self._connection: Optional[sqlite3.Connection] = None
        #: Prompts that were put in: their ids by (shard, ordinal), and by id what they are called outside.
        self.ids: Dict[Tuple[int, int], int] = {}
        self.names: Dict[int, Dict[str, Any]] = {}

    def close(self) -> None:
        """Removes it."""
        self._let_go()
        self._folder.cleanup()

    def begin(self) -> None:
        """Starts with an atlas without prompts."""
        self._let_go()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._template, self.path)
        self.ids, self.names = {}, {}

    def tokens(self, text: str) -> List[int]:
        """The tokens that decode to a text."""
        with sqlite3.connect(self._template) as connection:
            return [row[0] for row in connection.execute("SELECT token FROM vocabulary WHERE text = ?", (text,))]

    def vocabulary(self, tokens: Iterable[int]) -> Dict[int, str]:
        """The texts of tokens."""
        with sqlite3.connect(self._template) as connection:
            return {
                token: connection.execute("SELECT text FROM vocabulary WHERE token = ?", (token,)).fetchone()[0]
                for token in set(tokens)
            }

    def add_prompts(self, rows: Iterable[Any]) -> None:
        """Puts prompts with their graphs in, and lets the program invert their activations.

        :param rows: of prompt_facts joined with graph_facts, whose tokens are called ``token_block``
        """
        connection = self._open()
        with connection:
            for row in sorted((row.asDict() for row in rows), key=lambda row: row["prompt"]):
                self._add_prompt(connection, row)
        self._let_go()
        if self.ids:
            self.program.run(["derive", str(self.path), "--quiet"])

    def clear_derived(self) -> None:
        """Takes out what was derived from these prompts alone."""
        connection = self._open()
        with connection:
            for table in _DERIVED:
                connection.execute(f"DELETE FROM {table}")

    def insert(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        """Puts rows into a table; those that are there already stay."""
        marks = ", ".join("?" for _ in columns.split(","))
        with self._open() as connection:
            connection.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", rows)

    def set_histogram(self, table: str, feature: Tuple[int, int], counts: Sequence[int]) -> None:
        """Puts a feature's histogram in the place of an empty one."""
        with self._open() as connection:
            connection.execute(
                f"UPDATE {table} SET histogram = ? WHERE layer = ? AND feature_index = ?",
                (histogram_block(counts), *feature),
            )

    def answer(self, question: Question) -> Any:
        """What the program answers."""
        self._let_go()
        return self.program.answer(question)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self.path)
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.commit()
            self._connection.close()
            self._connection = None

    def _add_prompt(self, connection: sqlite3.Connection, row: Dict[str, Any]) -> None:
        prompt = connection.execute(
            "INSERT INTO prompts (content_hash, text, token_count, counted_tokens, activation_count, predicted_token, "
            "predicted_probability, answer, answer_token, answer_probability, run_id, tokens, activations) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
            (
                bytes.fromhex(row["prompt"]), row["text"], row["token_count"], row["counted_tokens"],
                row["activation_count"], row["predicted_token"], row["predicted_probability"], row["answer"],
                row["answer_token"], row["answer_probability"], bytes(row["token_block"]), bytes(row["activations"]),
            ),
        ).lastrowid  # fmt: skip
        assert prompt is not None
        self.ids[row["shard"], row["ordinal"]] = prompt
        self.names[prompt] = {"promptID": row["prompt_id"], "prompt": row["prompt"], "shard": row["shard"]}
        if row["graph"] is None:
            return
        packed = [bytes(row[name]) for name in ("nodes", "edges", "target_influence")]
        graph = connection.execute(
            f"INSERT INTO graphs (prompt_id, run_id, {', '.join(GRAPH_COLUMNS)}, nodes, edges, target_influence) "
            f"VALUES (?, 1, {', '.join('?' for _ in GRAPH_COLUMNS)}, ?, ?, ?)",
            (prompt, *json.loads(row["graph"]), *packed),
        ).lastrowid
        for table, targets in json.loads(row["targets"]).items():
            columns = TARGET_COLUMNS[table]
            marks = ", ".join("?" for _ in columns.split(","))
            connection.executemany(
                f"INSERT INTO {table} (graph_id, {columns}) VALUES (?, {marks})",
                [(graph, *target) for target in targets],
            )
        if row["effects"] is None:
            return
        plain, measured = json.loads(row["effects"])
        connection.execute(
            "INSERT INTO node_effects (graph_id, answer_token, rival_token, gap, answer_logit, total, gradient) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (graph, *plain, bytes(row["total"]), bytes(row["gradient"])),
        )
        if measured is not None:
            connection.execute(
                "INSERT INTO measured_effects (graph_id, node_count, effects) VALUES (?, ?, ?)",
                (graph, measured, bytes(row["measured"])),
            )


def _make_empty(shard: str, path: Path) -> None:
    """Makes an atlas without prompts, of the model and schema of a shard's."""
    try:
        connection = sqlite3.connect(path)
        connection.execute("ATTACH ? AS shard", (f"{os.path.abspath(shard)}",))
        for name in ("application_id", "user_version"):
            connection.execute(f"PRAGMA {name} = {connection.execute(f'PRAGMA shard.{name}').fetchone()[0]}")
        made = connection.execute("SELECT type, name, sql FROM shard.sqlite_schema WHERE sql IS NOT NULL").fetchall()
        virtual = [name for _, name, sql in made if re.match(r"CREATE VIRTUAL", sql)]
        shadows = {f"{name}_{part}" for name in virtual for part in ("data", "idx", "content", "docsize", "config")}
        for kind in ("table", "index", "view", "trigger"):
            for found, name, sql in made:
                if found == kind and name not in shadows and not name.startswith("sqlite_"):
                    connection.execute(sql)
        with connection:
            for table in _COMMON:
                connection.execute(f"INSERT INTO {table} SELECT * FROM shard.{table}")
            connection.execute("INSERT INTO table_digests SELECT * FROM shard.table_digests WHERE name = 'atlas'")
            connection.execute("INSERT INTO corpora (id, name) VALUES (1, 'shards')")
            connection.execute(
                "INSERT INTO runs (id, corpus_id, started_at, finished_at, program_version, options) "
                "VALUES (1, 1, '', '', '', '{}')"
            )
        connection.close()
    except sqlite3.Error as error:
        raise AtlasError(f"{shard}: no atlas for a question could be made of it: {error}") from None
