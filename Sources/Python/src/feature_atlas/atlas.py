"""An atlas as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Iterator, List, Tuple, cast

import numpy as np

from . import answers, blocks, schemas
from .batches import BATCH_ROWS, batches, require_rows
from .bits import Integers
from .database import Database
from .errors import AtlasError
from .exports import Exports
from .graph import Graph
from .program import Place, Program, ProgramSettings
from .prompt_tables import (
    activation_table,
    aggregated_table,
    edge_table,
    influence_table,
    node_table,
    repeated,
    token_table,
)
from .questions import Question, Questions
from .stored import Identity, PromptName, Range, StoredGraph, StoredPrompts, bounds
from .table import Categories, Schema, Table, joined, nullable

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Atlas(Questions, Exports):
    """An ``.atlas`` file, opened for reading only.

        with Atlas("my.atlas") as atlas:
            prompts = atlas.prompts().to_pandas()
            graph = atlas.graph("two-step-0003")
            for edges in atlas.iter_edges():
                ...

    Views are :class:`Table`: numpy columns, with ``to_pandas()`` and ``to_arrow()``. Prompts are named by content hash
    in every table, and by id, hash, external id or text where one is asked for. Everything that goes wrong is an
    :class:`AtlasError` of one line.

    The questions (``drivers``, ``circuit``, …) are answered by the ``atlas`` program; see :func:`program.find_program`
    for where it is looked for.

    :param settings: a :class:`program.ProgramSettings`: ``program``, ``model`` with ``transcoders`` or ``neurons=True``
        for questions that need the model, ``timeout``
    """

    def __init__(self, path: Place, **settings: Unpack[ProgramSettings]) -> None:
        #: The program on this atlas.
        self.program = Program(path, **settings)
        self._database = Database(path)
        self.path = self._database.path
        row = self._database.first(
            "SELECT model_name, model_fingerprint, transcoder_name, transcoder_fingerprint, transcoder_kind, "
            "layer_count, features_per_layer, model_width, vocabulary_size FROM atlas"
        )
        if row is None:
            self.close()
            raise AtlasError(f"{self.path}: expected a replacement model in the table atlas, found none")
        #: The replacement model that the atlas is about.
        self.identity = Identity(*row)
        self._stored = StoredPrompts(self._database, self.identity)

    def __enter__(self) -> Atlas:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def __repr__(self) -> str:
        return f"<Atlas {self.path}: {self.identity.model_name}, {self.identity.transcoder_name}>"

    def snapshot(self) -> ContextManager[None]:
        """``with atlas.snapshot():`` reads the atlas as it stands now, whatever others write meanwhile."""
        return self._database.snapshot()

    # Views that are whole tables.

    def prompts(self) -> Table:
        """The distinct texts, what the model said, and how well its graph explains it."""
        return self._whole(self.iter_prompts(), schemas.PROMPTS)

    def tokens(self) -> Table:
        """Each prompt's tokens."""
        return self._whole(self.iter_tokens(), schemas.TOKENS)

    def tags(self) -> Table:
        """What the corpora say about prompts."""
        return self._whole(self.iter_tags(), schemas.TAGS)

    def features(self) -> Table:
        """Every feature that ever fired."""
        return self._whole(self.iter_features(), schemas.FEATURES)

    def examples(self) -> Table:
        """Where features fire most, and samples from five intervals."""
        return self._whole(self.iter_examples(), schemas.EXAMPLES)

    def labels(self) -> Table:
        """What features are called, by people and by rule."""
        return self._whole(self.iter_labels(), schemas.LABELS)

    def aggregated_edges(self) -> Table:
        """Edges over all prompts, positions taken together."""
        return self._whole(self.iter_aggregated_edges(), schemas.AGGREGATED_EDGES)

    def logit_drivers(self) -> Table:
        """What drives each explained token's logit."""
        return self._whole(self.iter_logit_drivers(), schemas.LOGIT_DRIVERS)

    # One prompt.

    def activations(self, prompt: PromptName) -> Table:
        """Every active feature at every position of a prompt."""
        return self._of_prompt(schemas.ACTIVATIONS, prompt)

    def nodes(self, prompt: PromptName) -> Table:
        """The kept nodes of a prompt's graph."""
        return self._of_prompt(schemas.NODES, prompt)

    def edges(self, prompt: PromptName) -> Table:
        """The kept edges of a prompt's graph."""
        return self._of_prompt(schemas.EDGES, prompt)

    def influence(self, prompt: PromptName) -> Table:
        """Each kept node's influence on each explained logit, without zeros; see also ``Graph.influence``."""
        return self._of_prompt(schemas.INFLUENCE, prompt)

    def graph(self, prompt: PromptName) -> Graph:
        """A prompt's stored graph."""
        stored = self._stored.graph(prompt)
        return Graph(
            prompt=stored.hash,
            text=stored.text,
            tokens=stored.tokens.tolist(),
            token_texts=[self._stored.text(int(token)) or "" for token in stored.tokens],
            targets=stored.targets,
            nodes=node_table(stored, self._stored.text),
            edges=edge_table(stored),
            influence=self._stored.influence(stored),
            replacement_score=stored.scores[0],
            completeness_score=stored.scores[1],
            node_threshold=stored.scores[2],
            edge_threshold=stored.scores[3],
            source=self,
        )

    def effects(self, prompt: PromptName) -> Table:
        """What each node of a prompt's graph does to the answer and its lead, where that is stored."""
        stored = self._stored.graph(prompt)
        row = self._database.first(
            "SELECT e.answer_token, e.total, e.gradient, m.effects FROM node_effects e LEFT JOIN measured_effects m "
            "ON m.graph_id = e.graph_id WHERE e.graph_id = ?",
            (stored.id,),
        )
        if row is None:
            raise AtlasError(f"{self.path}: prompt {stored.hash[:12]}…: its effects were not computed")
        last = len(stored.tokens) - 1
        answer = next((t.ordinal for t in stored.targets if t.token == row[0] and t.position == last), None)
        count = len(stored.nodes.kind)
        unpack = self._database.unpack
        total, gradient = (
            unpack(f"node_effects.{name}", stored.id, blocks.effects, block, len(stored.targets), count, answer)
            for name, block in (("total", row[1]), ("gradient", row[2]))
        )
        there = np.zeros(count, dtype=bool)
        columns = [np.zeros(count, dtype=np.float32) for _ in range(3)]
        if row[3] is not None:
            found = unpack("measured_effects.effects", stored.id, blocks.measured, row[3], count)
            there[found.node] = True
            for column, values in zip(columns, (found.gap, found.answer, found.divergence)):
                column[found.node] = values
        return Table(
            schemas.EFFECTS,
            {
                "prompt": repeated(stored.hash, count),
                "node": np.arange(count, dtype=np.int32),
                "gap": gradient.gap,
                "answer": gradient.answer,
                "gap_by_paths": total.gap,
                "answer_by_paths": total.answer,
                "measured_gap": nullable(columns[0], there, "float32"),
                "measured_answer": nullable(columns[1], there, "float32"),
                "measured_divergence": nullable(columns[2], there, "float32"),
            },
        )

    def edge_heads(self, prompt: PromptName) -> Table:
        """The attention heads that hold most of each edge of a prompt's graph, where that is stored."""
        stored = self._stored.graph(prompt)
        block, _ = self._stored.heads(stored)
        layers = self.identity.layer_count
        found = self._database.unpack(
            "edge_heads.heads", stored.id, blocks.heads, block, len(stored.edges.weight), layers
        )
        return Table(
            schemas.HEADS,
            {
                "prompt": repeated(stored.hash, len(found.edge)),
                "edge": found.edge.astype(np.int32),
                "source": stored.edges.source[found.edge].astype(np.int32),
                "target": stored.edges.target[found.edge].astype(np.int32),
                "layer": found.layer.astype(np.int32),
                "head": found.head.astype(np.int32),
                "loading": found.loading,
            },
        )

    def head_patterns(self, prompt: PromptName) -> Table:
        """Where every head looks in a prompt, where that is stored."""
        stored = self._stored.graph(prompt)
        _, block = self._stored.heads(stored)
        found = self._database.unpack("edge_heads.patterns", stored.id, blocks.patterns, block)
        heads = max(1, len(found.previous) // self.identity.layer_count)
        layer, head = np.divmod(np.arange(len(found.previous)), heads)
        return Table(
            schemas.HEAD_PATTERNS,
            {
                "prompt": repeated(stored.hash, len(layer)),
                "layer": layer.astype(np.int32),
                "head": head.astype(np.int32),
                **found._asdict(),
            },
        )

    # One feature.

    def feature_activations(self, layer: int, feature_index: int) -> Table:
        """Every place where one feature fires, by prompt and position."""
        key = self._feature_key(layer, feature_index)
        prompts: List[Integers] = []
        positions: List[Integers] = []
        values: List[Any] = []
        for block, entries in self._database.rows(
            "SELECT block, entries FROM feature_postings WHERE last_feature >= ? AND first_feature <= ? "
            "ORDER BY +block",
            (key, key),
        ):
            found = self._database.unpack("feature_postings.entries", block, blocks.postings, entries)
            own = slice(*np.searchsorted(found.feature, [key, key + 1]))
            prompts.append(found.prompt_id[own])
            positions.append(found.position[own])
            values.append(found.activation[own])
        if not prompts:
            return Table.of_rows(schemas.POSTINGS, [])
        ids, places = np.unique(np.concatenate(prompts), return_inverse=True)
        hashes = {}
        for start in range(0, len(ids), 500):
            some = [int(value) for value in ids[start : start + 500]]
            marks = ",".join("?" * len(some))
            sql = f"SELECT id, lower(hex(content_hash)) FROM prompts WHERE id IN ({marks})"
            hashes.update(dict(self._database.rows(sql, tuple(some))))
        if len(hashes) != len(ids):
            raise AtlasError(f"{self.path}: feature_postings: an entry's prompt is not stored; run atlas derive")
        names = [hashes[int(value)] for value in ids]
        by_name = np.argsort(np.array(names))
        rank = np.empty(len(names), dtype=np.int32)
        rank[by_name] = np.arange(len(names), dtype=np.int32)
        codes = rank[places.reshape(-1)]
        position = np.concatenate(positions)
        order = np.lexsort((position, codes))
        return Table(
            schemas.POSTINGS,
            {
                "prompt": Categories(codes[order], [names[place] for place in by_name]),
                "position": position[order].astype(np.int32),
                "activation": np.concatenate(values)[order],
            },
        )

    def histogram(self, layer: int, feature_index: int) -> Integers:
        """How many of a feature's positive activations lie in each of 50 equal bins over (0, maximum]."""
        self._feature_key(layer, feature_index)
        row = self._database.first(
            "SELECT histogram FROM feature_statistics WHERE layer = ? AND feature_index = ?", (layer, feature_index)
        )
        if row is None:
            return np.zeros(50, dtype=np.int64)
        return self._database.unpack("feature_statistics.histogram", feature_index, blocks.histogram, row[0])

    # Everything, in batches.

    def iter_prompts(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """``prompts()`` in batches, ascending by content hash."""
        where, values = bounds(within)
        return self._query(
            schemas.PROMPTS,
            "SELECT lower(hex(p.content_hash)), o.text, o.corpora, o.external_ids, o.token_count, o.counted_tokens, "
            "o.activation_count, o.predicted_token, o.predicted_text, o.predicted_probability, o.answer, "
            "o.answer_token, o.answer_probability, o.is_right, o.replacement_score, o.completeness_score, "
            "g.active_feature_count, g.selected_feature_count, g.largest_violation, g.node_threshold, "
            "g.edge_threshold, o.node_count, o.edge_count FROM prompts p CROSS JOIN prompt_overview o ON o.id = p.id "
            f"LEFT JOIN graphs g ON g.prompt_id = p.id WHERE {where} ORDER BY p.content_hash",
            values,
            batch_rows,
        )

    def iter_tokens(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """``tokens()`` in batches."""
        return batches(schemas.TOKENS, self._token_tables(within), batch_rows)

    def iter_tags(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """``tags()`` in batches."""
        where, values = bounds(within)
        return self._query(
            schemas.TAGS,
            "SELECT lower(hex(p.content_hash)), t.name, t.value FROM prompts p CROSS JOIN tags t ON t.prompt_id = p.id "
            f"WHERE {where} ORDER BY p.content_hash, t.name, t.value",
            values,
            batch_rows,
        )

    def iter_features(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``features()`` in batches."""
        names = ", ".join(schemas.FEATURES.names)
        return self._query(
            schemas.FEATURES, f"SELECT {names} FROM features ORDER BY layer, feature_index", (), batch_rows
        )

    def iter_examples(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``examples()`` in batches."""

        def sides() -> Iterator[Table]:
            for side, table in (("positive", "feature_examples"), ("negative", "feature_negative_examples")):
                yield from self._query(
                    schemas.EXAMPLES,
                    f"SELECT e.layer, e.feature_index, '{side}', e.band, e.rank, lower(hex(p.content_hash)), "
                    f"e.position, e.activation FROM {table} e CROSS JOIN prompts p ON p.id = e.prompt_id "
                    "ORDER BY e.layer, e.feature_index, e.band, e.rank",
                    (),
                    batch_rows,
                )

        return batches(schemas.EXAMPLES, sides(), batch_rows)

    def iter_labels(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``labels()`` in batches."""
        return self._query(
            schemas.LABELS,
            "SELECT layer, feature_index, 0, label, note, updated_at FROM labels UNION ALL "
            "SELECT layer, feature_index, 1, label, '', NULL FROM automatic_labels ORDER BY 1, 2, 3",
            (),
            batch_rows,
        )

    def iter_aggregated_edges(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``aggregated_edges()`` in batches."""
        # Only the view's numbers are asked for, so that SQLite leaves its joins out; keys are spelled out here.
        numbers = schemas.AGGREGATED_EDGES.names[16:]
        labels: Dict[int, Tuple[str, bool]] = {}
        for layer, index, automatic, label in self._database.rows(
            "SELECT layer, feature_index, 1, label FROM automatic_labels UNION ALL "
            "SELECT layer, feature_index, 0, label FROM labels ORDER BY 3 DESC"
        ):
            labels[layer << 24 | index] = (label, bool(automatic))
        require_rows(batch_rows)
        rows: List[Tuple[Any, ...]] = []
        sql = f"SELECT source, target, {', '.join(numbers)} FROM edges ORDER BY target, source"
        for row in self._database.rows(sql):
            rows.append(row)
            if len(rows) == batch_rows:
                yield aggregated_table(rows, self._stored.text, labels)
                rows = []
        if rows:
            yield aggregated_table(rows, self._stored.text, labels)

    def iter_logit_drivers(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``logit_drivers()`` in batches."""
        names = ", ".join(schemas.LOGIT_DRIVERS.names)
        return self._query(schemas.LOGIT_DRIVERS, f"SELECT {names} FROM drivers ORDER BY token, node", (), batch_rows)

    def iter_activations(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """Every active feature of all prompts, in batches."""
        return batches(schemas.ACTIVATIONS, self._activation_tables(within), batch_rows)

    def iter_nodes(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The kept nodes of all graphs, in batches."""
        tables = (node_table(graph, self._stored.text) for graph in self._stored.graphs(within, edges=False))
        return batches(schemas.NODES, tables, batch_rows)

    def iter_influence(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The influence of all graphs' nodes on what they explain, without zeros, in batches."""
        return batches(
            schemas.INFLUENCE, map(self._influence_table, self._stored.graphs(within, edges=False)), batch_rows
        )

    def iter_edges(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The kept edges of all graphs, in batches of ``batch_rows``: as much memory as one batch and one graph."""
        return batches(schemas.EDGES, map(edge_table, self._stored.graphs(within)), batch_rows)

    def stream(self, name: str, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The batches of a table of :data:`schemas.EXPORTED`; ``within`` is for those that belong to prompts."""
        if name not in schemas.EXPORTED:
            raise AtlasError(f"no table {name!r}; there are {', '.join(schemas.EXPORTED)}")
        function: Callable[..., Iterator[Table]] = getattr(self, f"iter_{name}")
        return function(batch_rows, within) if name in schemas.BY_PROMPT else function(batch_rows)

    def prompt_id(self, prompt: PromptName) -> int:
        """The id in this file of a prompt that is named by id, hash, external id or text."""
        row = self._database.first("SELECT id FROM prompts WHERE content_hash = ?", (self._stored.digest(prompt),))
        assert row is not None
        return int(row[0])

    def information(self) -> answers.Information:
        """What the atlas is about, and how much it holds, as the program tells it."""
        return cast(answers.Information, self.program.json(["info", self.path, "--json"]))

    def _answer(self, question: Question) -> Any:
        return self.program.answer(question)

    # Reading.

    def _query(self, schema: Schema, sql: str, values: Tuple[Any, ...], batch_rows: int) -> Iterator[Table]:
        require_rows(batch_rows)
        rows: List[Tuple[Any, ...]] = []
        for row in self._database.rows(sql, values):
            rows.append(row)
            if len(rows) == batch_rows:
                yield Table.of_rows(schema, rows)
                rows = []
        if rows:
            yield Table.of_rows(schema, rows)

    def _whole(self, batches: Iterator[Table], schema: Schema) -> Table:
        return joined(schema, list(batches))

    def _of_prompt(self, schema: Schema, prompt: PromptName) -> Table:
        found = self._stored.digest(prompt)
        if schema is schemas.ACTIVATIONS:
            tables = list(self._activation_tables(Range(found, found + b"\0")))
            return joined(schema, tables)
        stored = self._stored.graph(prompt)
        if schema is schemas.NODES:
            return node_table(stored, self._stored.text)
        return edge_table(stored) if schema is schemas.EDGES else self._influence_table(stored)

    def _token_tables(self, within: Range) -> Iterator[Table]:
        for hashes, held in self._stored.token_lists(within):
            yield token_table(hashes, held, self._stored.text)

    def _activation_tables(self, within: Range) -> Iterator[Table]:
        for hashes, held in self._stored.activations(within):
            yield activation_table(hashes, held)

    def _influence_table(self, stored: StoredGraph) -> Table:
        return influence_table(stored, self._stored.influence(stored))

    def _feature_key(self, layer: int, feature_index: int) -> int:
        layers, indices = self.identity.layer_count, self.identity.features_per_layer
        if not (0 <= layer < layers and 0 <= feature_index < indices):
            raise AtlasError(
                f"there is no feature {layer}/{feature_index}: layers are 0 to {layers - 1}, indices 0 to {indices - 1}"
            )
        return layer << 24 | feature_index
