"""Writing the tables of one shard from its atlas."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Sequence, Tuple

import numpy as np

from .. import blocks
from ..atlas import Atlas
from ..errors import AtlasError
from ..stored import Range, StoredGraph
from ..table import _package
from . import shard_schemas
from .shard_queries import GRAPH_COLUMNS, GRAPH_FACTS, PROMPT_FACTS, SQL, TARGET_COLUMNS

#: Rows that are held together, which are a row group.
ROWS_TOGETHER = 65_536
#: The share of features' influence on a logit from which one covers a prompt, as the derivation has it.
LEAST_SHARE = 0.05

Row = Tuple[Any, ...]


def write_shard_tables(atlas: Atlas, folder: Path, shard: int) -> Dict[str, int]:
    """Writes every table of :mod:`shard_schemas` as ``folder/NAME.parquet`` and tells the rows of each.

    :param atlas: one whose statistics are derived
    :param shard: its number, from 1
    """
    if atlas._database.first("SELECT 1 FROM derivation") is None:
        raise AtlasError(f"{atlas.path}: statistics are not derived; atlas derive {atlas.path} does that")
    folder.mkdir(parents=True, exist_ok=True)
    source = _ShardRows(atlas, shard)
    with atlas.snapshot():
        return {name: _write(folder / f"{name}.parquet", name, source.rows(name)) for name in shard_schemas.TABLES}


def arrow_schema(name: str) -> Any:
    """A table's columns as Arrow has them."""
    arrow = _package("pyarrow", "arrow")
    types = {
        "int32": arrow.int32(), "int64": arrow.int64(), "float32": arrow.float32(), "float64": arrow.float64(),
        "bool": arrow.bool_(), "string": arrow.string(), "binary": arrow.binary(),
        "list<int32>": arrow.list_(arrow.int32()),
    }  # fmt: skip
    return arrow.schema([(column.name, types[column.type]) for column in shard_schemas.TABLES[name].columns])


def _write_columns(writer: Any, batches: List[Any]) -> int:
    """Writes batches as one row group."""
    if not batches:
        return 0
    arrow = _package("pyarrow", "arrow")
    table = arrow.Table.from_batches(batches)
    writer.write_table(table, row_group_size=len(table))
    batches.clear()
    return len(table)


def _write(path: Path, name: str, batches: Iterable[Any]) -> int:
    arrow, parquet = _package("pyarrow", "arrow"), _package("pyarrow.parquet", "arrow")
    schema = arrow_schema(name)
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        held: List[Row] = []

        def flush() -> None:
            nonlocal count
            columns = list(zip(*held)) if held else [() for _ in schema]
            arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema), row_group_size=max(1, len(held)))
            count += len(held)
            held.clear()

        columns: List[Any] = []
        for batch in batches:
            if isinstance(batch, arrow.RecordBatch):
                columns.append(batch)
                if sum(map(len, columns)) >= ROWS_TOGETHER:
                    count += _write_columns(writer, columns)
            else:
                held.extend(batch)
                if len(held) >= ROWS_TOGETHER:
                    flush()
        count += _write_columns(writer, columns)
        if held or count == 0:
            flush()
    return count


class _ShardRows:
    """The rows of each table, some at once."""

    def __init__(self, atlas: Atlas, shard: int) -> None:
        self._atlas = atlas
        self._database = atlas._database
        self._shard = shard
        ids = [row[0] for row in self._database.rows("SELECT id FROM prompts ORDER BY content_hash")]
        self._ordinals = {prompt: place for place, prompt in enumerate(ids)}

    def rows(self, name: str) -> Iterator[Any]:
        """A table's rows, some at once: tuples, or batches of Arrow's."""
        method = getattr(self, f"_{name}", None)
        if method is not None:
            yield from method()
        else:
            yield from self._batched(SQL[name])

    def _batched(self, sql: str) -> Iterator[Sequence[Row]]:
        held: List[Row] = []
        for row in self._database.rows(sql):
            held.append(row)
            if len(held) == 4096:
                yield held
                held = []
        yield held

    def _of_prompts(self, sql: str) -> Iterator[Sequence[Row]]:
        """Rows that begin with a prompt's id, which becomes shard and ordinal."""
        for batch in self._batched(sql):
            yield [(self._shard, self._ordinals[row[0]], *row[1:]) for row in batch]

    def _prompt_facts(self) -> Iterator[Sequence[Row]]:
        for batch in self._batched(PROMPT_FACTS):
            rows = []
            for digest, prompt, *facts, block, edges in batch:
                tokens = self._atlas._stored.tokens(prompt, facts[1], block).tolist()
                prefix = int.from_bytes(digest[:8], "big", signed=True)
                rows.append((self._shard, self._ordinals[prompt], digest.hex(), prefix, prompt, *facts, tokens, edges))
            yield rows

    def _graph_facts(self) -> Iterator[Sequence[Row]]:
        targets: Dict[int, Dict[str, List[Row]]] = defaultdict(lambda: {"logit_targets": [], "custom_targets": []})
        for table, columns in TARGET_COLUMNS.items():
            for graph, *target in self._database.rows(f"SELECT graph_id, {columns} FROM {table} ORDER BY 1, 2"):
                targets[graph][table].append(tuple(target))
        for batch in self._batched(GRAPH_FACTS):
            rows = []
            for row in batch:
                prompt, graph, tokens, activations = row[:4]
                plain, packed = row[4 : 4 + len(GRAPH_COLUMNS)], row[4 + len(GRAPH_COLUMNS) :]
                nodes, edges, influence, answer, rival, gap, logit, total, gradient, measured_count, measured = packed
                has = graph is not None
                rows.append(
                    (
                        self._shard, self._ordinals[prompt], tokens, activations, json.dumps(plain) if has else None,
                        nodes, edges, influence, json.dumps(targets[graph]) if has else None,
                        None if answer is None else json.dumps([[answer, rival, gap, logit], measured_count]),
                        total, gradient, measured,
                    )
                )  # fmt: skip
            yield rows

    def _explained(self) -> Iterator[Sequence[Row]]:
        return self._of_prompts(
            "SELECT g.prompt_id, t.token, max(t.probability) FROM logit_targets t JOIN graphs g ON g.id = t.graph_id "
            "GROUP BY g.prompt_id, t.token"
        )

    def _firings(self) -> Iterator[Any]:
        arrow = _package("pyarrow", "arrow")
        schema = arrow_schema("firings")
        # Ids are the file's own and begin at 1, so that places by id fit in a list.
        ordinals = np.zeros(max(self._ordinals, default=0) + 1, dtype=np.int32)
        ordinals[list(self._ordinals)] = list(self._ordinals.values())
        for block, entries in self._database.rows("SELECT block, entries FROM feature_postings ORDER BY block"):
            found = self._database.unpack("feature_postings.entries", block, blocks.postings, entries)
            shards = np.full(len(found.position), self._shard)
            columns: Tuple[Any, ...] = (
                found.feature >> 24, found.feature & 0xFFFFFF, shards, ordinals[found.prompt_id], found.position,
                found.activation,
            )  # fmt: skip
            numpy_types = [np.float32 if str(field.type) == "float" else np.int32 for field in schema]
            arrays = [arrow.array(column.astype(kind)) for column, kind in zip(columns, numpy_types)]
            yield arrow.RecordBatch.from_arrays(arrays, schema=schema)

    def _feature_tops(self) -> Iterator[Sequence[Row]]:
        for side, table in ((1, "feature_examples"), (-1, "feature_negative_examples")):
            sql = f"SELECT prompt_id, layer, feature_index, position, activation FROM {table} WHERE band = 0"
            for batch in self._batched(sql):
                yield [
                    (side, layer, index, self._shard, self._ordinals[prompt], position, activation)
                    for prompt, layer, index, position, activation in batch
                ]

    def _token_sums(self) -> Iterator[Sequence[Row]]:
        containing: Dict[int, int] = defaultdict(int)
        for _, lists in self._atlas._stored.token_lists(Range()):
            for tokens in lists:
                for token in np.unique(tokens).tolist():
                    containing[token] += 1
        explained = {row[0]: row[1:] for row in self._database.rows("SELECT * FROM logit_statistics")}
        known = {row[0]: row[1:] for row in self._database.rows("SELECT * FROM logit_effect_statistics")}
        yield [
            (token, containing.get(token, 0), *explained.get(token, (0, 0.0)), *known.get(token, (0, 0)))
            for token in sorted({*containing, *explained, *known})
        ]

    def _cover_parts(self) -> Iterator[Sequence[Row]]:
        gaps = {
            row[0]: row[1:] for row in self._database.rows("SELECT graph_id, answer_token, gradient FROM node_effects")
        }
        ordinals = {row[0]: self._ordinals[row[1]] for row in self._database.rows("SELECT id, prompt_id FROM graphs")}
        for graph in self._atlas._stored.graphs(Range(), edges=False):
            place = (self._shard, ordinals[graph.id])
            rows = [(False, token, node, *place, value) for token, node, value in self._covered_by_influence(graph)]
            if graph.id in gaps:
                rows += [(True, *part[:2], *place, part[2]) for part in self._covered_by_effect(graph, *gaps[graph.id])]
            yield rows

    def _features(self, graph: StoredGraph) -> Tuple[Any, Any]:
        nodes = graph.nodes
        places = np.flatnonzero(nodes.kind == 0)
        return places, (nodes.layer[places] << 24) | nodes.number[places]

    def _covered_by_influence(self, graph: StoredGraph) -> Iterator[Tuple[int, int, float]]:
        places, keys = self._features(graph)
        influence = self._atlas._stored.influence(graph)
        sums: Dict[int, Dict[int, float]] = {}
        for target in graph.targets:
            if target.token is None:
                continue
            own = sums.setdefault(target.token, {})
            # The probability as the derivation takes it.
            probability = float(np.float32(target.probability))
            for key, value in zip(keys.tolist(), influence[target.ordinal][places].tolist()):
                if value != 0:
                    own[key] = own.get(key, 0.0) + probability * value
        for token, own in sums.items():
            least = LEAST_SHARE * sum(own.values())
            yield from ((token, key, value) for key, value in own.items() if value > 0 and value >= least)

    def _covered_by_effect(self, graph: StoredGraph, answer: int, block: bytes) -> Iterator[Tuple[int, int, float]]:
        places, keys = self._features(graph)
        last = len(graph.tokens) - 1
        shared = next((t.ordinal for t in graph.targets if t.token == answer and t.position == last), None)
        effects = self._database.unpack(
            "node_effects.gradient", graph.id, blocks.effects, block, len(graph.targets), len(graph.nodes.kind), shared
        )
        sums: Dict[int, float] = {}
        for key, value in zip(keys.tolist(), effects.gap[places].tolist()):
            if value != 0:
                sums[key] = sums.get(key, 0.0) + value
        least = LEAST_SHARE * sum(value for _, value in sorted(sums.items()) if value > 0)
        for key, value in sums.items():
            rounded = float(np.float32(value))
            if rounded > 0 and rounded >= least:
                yield answer, key, rounded
