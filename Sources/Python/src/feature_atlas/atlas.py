"""An atlas as tables."""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    ContextManager,
    Dict,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
    Union,
    cast,
)

import numpy as np

from . import answers, blocks, schemas
from .bits import Integers
from .database import Database
from .errors import AtlasError
from .graph import Graph, Target
from .program import Place, Program
from .questions import Question, Questions
from .table import Categories, Schema, Table, joined, nullable, values_of

#: How a prompt is named: its id in the file, its content hash, a corpus's own id for it, or its text.
PromptName = Union[int, str]

KINDS = ["feature", "error", "token", "logit"]
FEATURE, ERROR, TOKEN, LOGIT = range(4)
#: Rows of a batch unless told otherwise.
BATCH_ROWS = 131_072
#: Prompts whose small tables are made in one go.
PROMPTS_TOGETHER = 128


class Identity(NamedTuple):
    """The replacement model that an atlas is about."""

    model_name: str
    model_fingerprint: str
    transcoder_name: str
    transcoder_fingerprint: str
    transcoder_kind: str
    layer_count: int
    features_per_layer: int
    model_width: int
    vocabulary_size: int


class Range(NamedTuple):
    """Content hashes from ``start`` up to, but without, ``stop``; ``None``: all that follow."""

    start: bytes = b""
    stop: Optional[bytes] = None


class Atlas(Questions):
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

    :param model: the language model's folder, for questions that need it
    :param transcoders: the transcoders' folder; ``neurons=True`` in its place for an atlas of neurons
    :param timeout: seconds that a question may take; without end unless given
    """

    def __init__(
        self,
        path: Place,
        *,
        program: Optional[Place] = None,
        model: Optional[Place] = None,
        transcoders: Optional[Place] = None,
        neurons: bool = False,
        timeout: Optional[float] = None,
    ) -> None:
        #: The program on this atlas.
        self.program = Program(path, program, model, transcoders, neurons, timeout)
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
        self._texts: Optional[Dict[int, str]] = None

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
        stored = self._stored(prompt)
        return Graph(
            prompt=stored.hash,
            text=stored.text,
            tokens=stored.tokens.tolist(),
            token_texts=[self._text(int(token)) or "" for token in stored.tokens],
            targets=stored.targets,
            nodes=_node_table(stored, self._text),
            edges=_edge_table(stored),
            influence=self._influence_of(stored),
            replacement_score=stored.scores[0],
            completeness_score=stored.scores[1],
            node_threshold=stored.scores[2],
            edge_threshold=stored.scores[3],
            source=self,
        )

    def effects(self, prompt: PromptName) -> Table:
        """What each node of a prompt's graph does to the answer and its lead, where that is stored."""
        stored = self._stored(prompt)
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
                "prompt": _repeated(stored.hash, count),
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
        stored = self._stored(prompt)
        block, _ = self._head_blocks(stored)
        layers = self.identity.layer_count
        found = self._database.unpack(
            "edge_heads.heads", stored.id, blocks.heads, block, len(stored.edges.weight), layers
        )
        return Table(
            schemas.HEADS,
            {
                "prompt": _repeated(stored.hash, len(found.edge)),
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
        stored = self._stored(prompt)
        _, block = self._head_blocks(stored)
        found = self._database.unpack("edge_heads.patterns", stored.id, blocks.patterns, block)
        heads = max(1, len(found.previous) // self.identity.layer_count)
        layer, head = np.divmod(np.arange(len(found.previous)), heads)
        return Table(
            schemas.HEAD_PATTERNS,
            {
                "prompt": _repeated(stored.hash, len(layer)),
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
            "SELECT block, entries FROM feature_postings WHERE last_feature >= ? AND first_feature <= ? ORDER BY block",
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
        where, values = _bounds(within)
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
        return _batches(schemas.TOKENS, self._token_tables(within), batch_rows)

    def iter_tags(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """``tags()`` in batches."""
        where, values = _bounds(within)
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

        return _batches(schemas.EXAMPLES, sides(), batch_rows)

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
        _require_rows(batch_rows)
        rows: List[Tuple[Any, ...]] = []
        sql = f"SELECT source, target, {', '.join(numbers)} FROM edges ORDER BY target, source"
        for row in self._database.rows(sql):
            rows.append(row)
            if len(rows) == batch_rows:
                yield _aggregated_table(rows, self._text, labels)
                rows = []
        if rows:
            yield _aggregated_table(rows, self._text, labels)

    def iter_logit_drivers(self, batch_rows: int = BATCH_ROWS) -> Iterator[Table]:
        """``logit_drivers()`` in batches."""
        names = ", ".join(schemas.LOGIT_DRIVERS.names)
        return self._query(schemas.LOGIT_DRIVERS, f"SELECT {names} FROM drivers ORDER BY token, node", (), batch_rows)

    def iter_activations(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """Every active feature of all prompts, in batches."""
        return _batches(schemas.ACTIVATIONS, self._activation_tables(within), batch_rows)

    def iter_nodes(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The kept nodes of all graphs, in batches."""
        tables = (_node_table(graph, self._text) for graph in self._graphs(within, edges=False))
        return _batches(schemas.NODES, tables, batch_rows)

    def iter_influence(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The influence of all graphs' nodes on what they explain, without zeros, in batches."""
        return _batches(schemas.INFLUENCE, map(self._influence_table, self._graphs(within, edges=False)), batch_rows)

    def iter_edges(self, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The kept edges of all graphs, in batches of ``batch_rows``: as much memory as one batch and one graph."""
        return _batches(schemas.EDGES, map(_edge_table, self._graphs(within)), batch_rows)

    def stream(self, name: str, batch_rows: int = BATCH_ROWS, within: Range = Range()) -> Iterator[Table]:
        """The batches of a table of :data:`schemas.EXPORTED`; ``within`` is for those that belong to prompts."""
        if name not in schemas.EXPORTED:
            raise AtlasError(f"no table {name!r}; there are {', '.join(schemas.EXPORTED)}")
        function: Callable[..., Iterator[Table]] = getattr(self, f"iter_{name}")
        return function(batch_rows, within) if name in schemas.BY_PROMPT else function(batch_rows)

    def information(self) -> answers.Information:
        """What the atlas is about, and how much it holds, as the program tells it."""
        return cast(answers.Information, self.program.json(["info", self.path, "--json"]))

    def _answer(self, question: Question) -> Any:
        return self.program.answer(question)

    # Reading.

    def _query(self, schema: Schema, sql: str, values: Tuple[Any, ...], batch_rows: int) -> Iterator[Table]:
        _require_rows(batch_rows)
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
        found = self._prompt(prompt)
        if schema is schemas.ACTIVATIONS:
            tables = list(self._activation_tables(Range(found, found + b"\0")))
            return joined(schema, tables)
        stored = self._stored(prompt)
        if schema is schemas.NODES:
            return _node_table(stored, self._text)
        return _edge_table(stored) if schema is schemas.EDGES else self._influence_table(stored)

    def _stored(self, prompt: PromptName) -> _StoredGraph:
        found = self._prompt(prompt)
        for graph in self._graphs(Range(found, found + b"\0")):
            return graph
        raise AtlasError(f"{self.path}: prompt {found.hex()[:12]}…: it was not attributed")

    def prompt_id(self, prompt: PromptName) -> int:
        """The id in this file of a prompt that is named by id, hash, external id or text."""
        row = self._database.first("SELECT id FROM prompts WHERE content_hash = ?", (self._prompt(prompt),))
        assert row is not None
        return int(row[0])

    def _prompt(self, name: PromptName) -> bytes:
        """The content hash of a prompt that is named by id, hash, external id or text."""
        tries: List[Tuple[str, Any]]
        if isinstance(name, (int, np.integer)) and not isinstance(name, bool):
            tries = [("SELECT content_hash FROM prompts WHERE id = ?", int(name))]
        elif isinstance(name, str):
            tries = [
                (
                    "SELECT DISTINCT p.content_hash FROM memberships m JOIN prompts p ON p.id = m.prompt_id "
                    "WHERE m.external_id = ? AND m.external_id <> ''",
                    name,
                ),
                ("SELECT content_hash FROM prompts WHERE text = ?", name),
            ]
            if len(name) == 64 and all(digit in "0123456789abcdefABCDEF" for digit in name):
                tries.insert(0, ("SELECT content_hash FROM prompts WHERE content_hash = ?", bytes.fromhex(name)))
        else:
            raise AtlasError(f"expected a prompt's id, hash, external id or text, found {name!r}")
        for sql, value in tries:
            rows = self._database.all(sql, (value,))
            if len(rows) > 1:
                raise AtlasError(f"{self.path}: {len(rows)} prompts are called {name!r}; name one by its hash")
            if rows:
                return bytes(rows[0][0])
        raise AtlasError(f"{self.path}: expected a prompt's id, hash, external id or text, found {name!r}")

    def _token_tables(self, within: Range) -> Iterator[Table]:
        where, values = _bounds(within)
        sql = f"SELECT id, content_hash, token_count, tokens FROM prompts p WHERE {where} ORDER BY content_hash"
        hashes: List[str] = []
        held: List[Integers] = []

        def table() -> Table:
            counts = [len(tokens) for tokens in held]
            token = np.concatenate(held)
            starts = np.repeat(np.cumsum(counts) - counts, counts)
            texts = [self._text(value) or "" for value in token.tolist()]
            return Table(
                schemas.TOKENS,
                {
                    "prompt": _by_prompt(hashes, counts),
                    "position": (np.arange(len(token)) - starts).astype(np.int32),
                    "token": token,
                    "text": values_of(schemas.TOKENS.columns[3], texts),
                },
            )

        for row, digest, count, block in self._database.rows(sql, values):
            hashes.append(digest.hex())
            held.append(self._tokens(row, count, block))
            if len(held) == PROMPTS_TOGETHER:
                yield table()
                hashes, held = [], []
        if held:
            yield table()

    def _activation_tables(self, within: Range) -> Iterator[Table]:
        where, values = _bounds(within)
        layers, features = self.identity.layer_count, self.identity.features_per_layer
        hashes: List[str] = []
        held: List[blocks.Activations] = []
        sql = (
            "SELECT id, content_hash, token_count, activation_count, activations FROM prompts p "
            f"WHERE {where} ORDER BY content_hash"
        )
        for row, digest, tokens, count, block in self._database.rows(sql, values):
            found = self._database.unpack("prompts.activations", row, blocks.activations, block)
            columns = (found.layer, found.position, found.feature_index)
            for name, column, limit in zip(("layers", "positions", "indices"), columns, (layers, tokens, features)):
                if len(column) and int(column.max()) >= limit:
                    raise self._database.damaged(
                        "prompts.activations", row, f"expected {name} below {limit}, found {int(column.max())}"
                    )
            if len(found.layer) != count:
                raise self._database.damaged(
                    "prompts.activations", row, f"expected {count} activations, found {len(found.layer)}"
                )
            hashes.append(digest.hex())
            held.append(found)
            if len(held) == PROMPTS_TOGETHER:
                yield _activation_table(hashes, held)
                hashes, held = [], []
        if held:
            yield _activation_table(hashes, held)

    def _graphs(self, within: Range, edges: bool = True) -> Iterator[_StoredGraph]:
        """Stored graphs by content hash; without ``edges`` their list of edges is empty."""
        where, values = _bounds(within)
        sql = (
            "SELECT g.id, p.id, p.content_hash, p.text, p.token_count, p.tokens, g.node_count, g.edge_count, g.nodes, "
            f"{'g.edges' if edges else 'NULL'}, g.target_influence, g.replacement_score, g.completeness_score, "
            "g.node_threshold, g.edge_threshold FROM prompts p CROSS JOIN graphs g ON g.prompt_id = p.id "
            f"WHERE {where} ORDER BY p.content_hash"
        )
        for row in self._database.rows(sql, values):
            (graph, prompt, digest, text, token_count, token_block, node_count, edge_count, nodes, links, influence) = (
                row[:11]
            )
            unpack = self._database.unpack
            found = unpack("graphs.nodes", graph, blocks.nodes, nodes)
            tokens = self._tokens(prompt, token_count, token_block)
            targets = self._targets(graph)
            self._check_nodes(graph, found, node_count, len(tokens), len(targets))
            kept = _NO_EDGES
            if edges:
                kept = unpack("graphs.edges", graph, blocks.edges, links, node_count)
                if len(kept.weight) != edge_count:
                    raise self._database.damaged(
                        "graphs.edges", graph, f"expected {edge_count} edges, found {len(kept.weight)}"
                    )
            yield _StoredGraph(graph, digest.hex(), text, tokens, targets, found, kept, influence, tuple(row[11:15]))

    def _check_nodes(self, graph: int, nodes: blocks.Nodes, count: int, positions: int, targets: int) -> None:
        def require(is_sound: bool, expected: str, found: object) -> None:
            if not is_sound:
                raise self._database.damaged("graphs.nodes", graph, f"expected {expected}, found {found}")

        require(len(nodes.kind) == count, f"{count} nodes", len(nodes.kind))
        has_layer = nodes.kind <= ERROR
        for name, column, where, limit in (
            ("layers", nodes.layer, has_layer, self.identity.layer_count),
            ("positions", nodes.position, nodes.kind != LOGIT, positions),
            ("indices", nodes.number, nodes.kind == FEATURE, self.identity.features_per_layer),
            ("logits", nodes.number, nodes.kind == LOGIT, targets),
        ):
            own = column[where]
            if len(own):
                require(int(own.max()) < limit, f"{name} below {limit}", int(own.max()))

    def _targets(self, graph: int) -> List[Target]:
        found = [
            Target(ordinal, self._text(token) or "", probability, position, token)
            for ordinal, token, probability, position in self._database.rows(
                "SELECT ordinal, token, probability, position FROM logit_targets WHERE graph_id = ?", (graph,)
            )
        ]
        found += [
            Target(ordinal, text, weight, position, None, kind)
            for ordinal, text, weight, position, kind in self._database.rows(
                "SELECT ordinal, description, weight, position, kind FROM custom_targets WHERE graph_id = ?", (graph,)
            )
        ]
        found.sort(key=lambda target: target.ordinal)
        if [target.ordinal for target in found] != list(range(len(found))):
            raise AtlasError(f"{self.path}: graph {graph}: expected targets 0 to {len(found) - 1}, found a gap")
        return found

    def _tokens(self, prompt: int, count: int, block: bytes) -> Integers:
        tokens = self._database.unpack("prompts.tokens", prompt, blocks.tokens, block)
        if len(tokens) != count:
            raise self._database.damaged("prompts.tokens", prompt, f"expected {count} tokens, found {len(tokens)}")
        return tokens

    def _text(self, token: int) -> Optional[str]:
        """A token's text; the vocabulary is read once."""
        if self._texts is None:
            self._texts = dict(self._database.rows("SELECT token, text FROM vocabulary"))
        return self._texts.get(token)

    def _influence_of(self, stored: _StoredGraph) -> Any:
        return self._database.unpack(
            "graphs.target_influence",
            stored.id,
            blocks.influence,
            stored.influence,
            len(stored.targets),
            len(stored.nodes.kind),
        )

    def _influence_table(self, stored: _StoredGraph) -> Table:
        values = self._influence_of(stored)
        target, node = np.nonzero(values)
        return Table(
            schemas.INFLUENCE,
            {
                "prompt": _repeated(stored.hash, len(node)),
                "target": target.astype(np.int32),
                "node": node.astype(np.int32),
                "influence": values[target, node],
            },
        )

    def _head_blocks(self, stored: _StoredGraph) -> Tuple[bytes, bytes]:
        row = self._database.first("SELECT heads, patterns FROM edge_heads WHERE graph_id = ?", (stored.id,))
        if row is None:
            raise AtlasError(f"{self.path}: prompt {stored.hash[:12]}…: the heads of its edges were not computed")
        return row[0], row[1]

    def _feature_key(self, layer: int, feature_index: int) -> int:
        layers, indices = self.identity.layer_count, self.identity.features_per_layer
        if not (0 <= layer < layers and 0 <= feature_index < indices):
            raise AtlasError(
                f"there is no feature {layer}/{feature_index}: layers are 0 to {layers - 1}, indices 0 to {indices - 1}"
            )
        return layer << 24 | feature_index


class _StoredGraph(NamedTuple):
    id: int
    hash: str
    text: str
    tokens: Integers
    targets: List[Target]
    nodes: blocks.Nodes
    edges: blocks.Edges
    influence: bytes
    scores: Tuple[Any, ...]


_NO_EDGES = blocks.Edges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def _bounds(within: Range) -> Tuple[str, Tuple[Any, ...]]:
    if within.stop is None:
        return "p.content_hash >= ?", (within.start,)
    return "p.content_hash >= ? AND p.content_hash < ?", (within.start, within.stop)


def _repeated(text: str, count: int) -> Categories:
    return Categories(np.zeros(count, dtype=np.int32), [text])


def _by_prompt(hashes: List[str], counts: Sequence[int]) -> Categories:
    return Categories(np.repeat(np.arange(len(hashes), dtype=np.int32), counts), list(hashes))


def _activation_table(hashes: List[str], held: List[blocks.Activations]) -> Table:
    def column(name: str) -> Any:
        return np.concatenate([getattr(found, name) for found in held])

    return Table(
        schemas.ACTIVATIONS,
        {
            "prompt": _by_prompt(hashes, [len(found.layer) for found in held]),
            "layer": column("layer").astype(np.int32),
            "position": column("position").astype(np.int32),
            "feature_index": column("feature_index").astype(np.int32),
            "activation": column("activation"),
        },
    )


def _aggregated_table(
    rows: List[Tuple[Any, ...]], text: Callable[[int], Optional[str]], labels: Dict[int, Tuple[str, bool]]
) -> Table:
    """Aggregated edges from rows of source, target and numbers: node keys are spelled out."""
    columns: Dict[str, Any] = {}
    for place, name in enumerate(("source", "target")):
        key = np.array([row[place] for row in rows], dtype=np.int64)
        kind = key >> 40
        token = key & 0xFFFFFFFFFF
        known = [labels.get(value) for value in key.tolist()]
        columns[name] = key
        columns[f"{name}_kind"] = Categories(kind.astype(np.int32), KINDS)
        columns[f"{name}_layer"] = nullable(key >> 24 & 0xFFFF, kind <= ERROR, "int32")
        columns[f"{name}_index"] = nullable(key & 0xFFFFFF, kind == FEATURE, "int32")
        columns[f"{name}_token"] = nullable(token, kind >= TOKEN, "int64")
        columns[f"{name}_text"] = _objects(
            [text(value) if has else None for value, has in zip(token.tolist(), (kind >= TOKEN).tolist())]
        )
        columns[f"{name}_label"] = _objects([None if label is None else label[0] for label in known])
        columns[f"{name}_label_is_automatic"] = np.array(
            [label is not None and label[1] for label in known], dtype=bool
        )
    for place, column in enumerate(schemas.AGGREGATED_EDGES.columns[16:]):
        columns[column.name] = values_of(column, [row[place + 2] for row in rows])
    return Table(schemas.AGGREGATED_EDGES, columns)


def _objects(values: List[Optional[str]]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _places(stored: _StoredGraph) -> Tuple[Any, Any, Any]:
    """Of every node: its position, its token id (-1: none), and its index as edges tell it (-1: none)."""
    nodes = stored.nodes
    is_logit, is_token = nodes.kind == LOGIT, nodes.kind == TOKEN
    targets = np.array([(t.position, -1 if t.token is None else t.token) for t in stored.targets], dtype=np.int64)
    targets = targets.reshape(-1, 2)
    position, token = nodes.position.copy(), np.full(len(nodes.kind), -1, dtype=np.int64)
    if is_logit.any():
        position[is_logit] = targets[nodes.number[is_logit], 0]
        token[is_logit] = targets[nodes.number[is_logit], 1]
    token[is_token] = stored.tokens[nodes.position[is_token]]
    return position, token, np.where(nodes.kind == FEATURE, nodes.number, token)


def _node_table(stored: _StoredGraph, text: Callable[[int], Optional[str]]) -> Table:
    nodes = stored.nodes
    count = len(nodes.kind)
    position, token, _ = _places(stored)
    texts: List[Optional[str]] = [None if value < 0 else text(value) for value in token.tolist()]
    probability = np.zeros(count)
    for node in np.flatnonzero(nodes.kind == LOGIT).tolist():
        target = stored.targets[int(nodes.number[node])]
        texts[node] = target.text
        probability[node] = target.probability
    return Table(
        schemas.NODES,
        {
            "prompt": _repeated(stored.hash, count),
            "node": np.arange(count, dtype=np.int32),
            "kind": Categories(nodes.kind.astype(np.int32), KINDS),
            "layer": nullable(nodes.layer, nodes.kind <= ERROR, "int32"),
            "position": position.astype(np.int32),
            "feature_index": nullable(nodes.number, nodes.kind == FEATURE, "int32"),
            "token": nullable(token, token >= 0, "int64"),
            "text": values_of(schemas.NODES.columns[7], texts),
            "probability": nullable(probability, nodes.kind == LOGIT, "float64"),
            "activation": nodes.activation,
            "influence": nodes.influence,
            "cumulative_influence": nodes.cumulative_influence,
            "input_sum": nodes.input_sum,
            "bias_input": nodes.bias_input,
        },
    )


def _edge_table(stored: _StoredGraph) -> Table:
    nodes, edges = stored.nodes, stored.edges
    position, _, index = _places(stored)
    columns: Dict[str, Any] = {
        "prompt": _repeated(stored.hash, len(edges.weight)),
        "source": edges.source.astype(np.int32),
        "target": edges.target.astype(np.int32),
        "weight": edges.weight,
    }
    for name, end in (("source", edges.source), ("target", edges.target)):
        kind, own = nodes.kind[end], index[end]
        columns[f"{name}_kind"] = Categories(kind.astype(np.int32), KINDS)
        columns[f"{name}_layer"] = nullable(nodes.layer[end], kind <= ERROR, "int32")
        columns[f"{name}_position"] = position[end].astype(np.int32)
        columns[f"{name}_index"] = nullable(own, own >= 0, "int64")
    return Table(schemas.EDGES, columns)


def _require_rows(batch_rows: int) -> None:
    if batch_rows < 1:
        raise AtlasError(f"expected batches of at least 1 row, found {batch_rows}")


def _batches(schema: Schema, tables: Iterator[Table], batch_rows: int) -> Iterator[Table]:
    """The same rows in tables of ``batch_rows``, the last of what is left."""
    _require_rows(batch_rows)
    held: List[Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += len(table)
        if count < batch_rows:
            continue
        whole = joined(schema, held) if len(held) > 1 else table
        start = 0
        while count - start >= batch_rows:
            yield _compact(whole.part(start, start + batch_rows))
            start += batch_rows
        held = [whole.part(start, count)] if start < count else []
        count -= start
    if count:
        yield _compact(joined(schema, held))


def _compact(table: Table) -> Table:
    """The table with the texts of its categories that occur in it, in the order in which they do."""
    columns = dict(table.columns)
    for name, values in table.columns.items():
        if isinstance(values, Categories):
            used, first = np.unique(values.codes, return_index=True)
            order = used[np.argsort(first)]
            order = order[order >= 0]
            if len(order) == len(values.values) and (order == np.arange(len(order))).all():
                continue
            place = np.full(len(values.values) + 1, -1, dtype=np.int32)
            place[order] = np.arange(len(order), dtype=np.int32)
            columns[name] = Categories(place[values.codes], [values.values[code] for code in order.tolist()])
    return Table(table.schema, columns)
