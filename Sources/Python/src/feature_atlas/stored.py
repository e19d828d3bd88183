"""Stored prompts and graphs, unpacked and checked."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from . import blocks
from .bits import Integers
from .database import Database
from .errors import AtlasError
from .graph import Target

#: How a prompt is named: its id in the file, its content hash, a corpus's own id for it, or its text.
PromptName = Union[int, str]

#: The kinds of nodes, as tables name them.
KINDS = ["feature", "error", "token", "logit"]
FEATURE, ERROR, TOKEN, LOGIT = range(4)
#: Prompts that are unpacked before a table is made of them.
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


class StoredGraph(NamedTuple):
    """A graph as it lies in the file, unpacked."""

    id: int
    hash: str
    text: str
    tokens: Integers
    targets: List[Target]
    nodes: blocks.Nodes
    edges: blocks.Edges
    influence: bytes
    scores: Tuple[Any, ...]


NO_EDGES = blocks.Edges(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def bounds(within: Range) -> Tuple[str, Tuple[Any, ...]]:
    """The condition on prompts ``p``, and its values."""
    if within.stop is None:
        return "p.content_hash >= ?", (within.start,)
    return "p.content_hash >= ? AND p.content_hash < ?", (within.start, within.stop)


class StoredPrompts:
    """The prompts of one atlas."""

    def __init__(self, database: Database, identity: Identity) -> None:
        self._database = database
        self._path = database.path
        self._identity = identity
        self._texts: Optional[Dict[int, str]] = None

    def digest(self, name: PromptName) -> bytes:
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
                raise AtlasError(f"{self._path}: {len(rows)} prompts are called {name!r}; name one by its hash")
            if rows:
                return bytes(rows[0][0])
        raise AtlasError(f"{self._path}: expected a prompt's id, hash, external id or text, found {name!r}")

    def graph(self, prompt: PromptName) -> StoredGraph:
        """A prompt's stored graph."""
        found = self.digest(prompt)
        for graph in self.graphs(Range(found, found + b"\0")):
            return graph
        raise AtlasError(f"{self._path}: prompt {found.hex()[:12]}…: it was not attributed")

    def graphs(self, within: Range, edges: bool = True) -> Iterator[StoredGraph]:
        """Stored graphs by content hash; without ``edges`` their list of edges is empty."""
        where, values = bounds(within)
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
            tokens = self.tokens(prompt, token_count, token_block)
            targets = self._targets(graph)
            self._check(graph, found, node_count, len(tokens), len(targets))
            kept = NO_EDGES
            if edges:
                kept = unpack("graphs.edges", graph, blocks.edges, links, node_count)
                if len(kept.weight) != edge_count:
                    raise self._database.damaged(
                        "graphs.edges", graph, f"expected {edge_count} edges, found {len(kept.weight)}"
                    )
            yield StoredGraph(graph, digest.hex(), text, tokens, targets, found, kept, influence, tuple(row[11:15]))

    def _check(self, graph: int, nodes: blocks.Nodes, count: int, positions: int, targets: int) -> None:
        def require(is_sound: bool, expected: str, found: object) -> None:
            if not is_sound:
                raise self._database.damaged("graphs.nodes", graph, f"expected {expected}, found {found}")

        require(len(nodes.kind) == count, f"{count} nodes", len(nodes.kind))
        has_layer = nodes.kind <= ERROR
        for name, column, where, limit in (
            ("layers", nodes.layer, has_layer, self._identity.layer_count),
            ("positions", nodes.position, nodes.kind != LOGIT, positions),
            ("indices", nodes.number, nodes.kind == FEATURE, self._identity.features_per_layer),
            ("logits", nodes.number, nodes.kind == LOGIT, targets),
        ):
            own = column[where]
            if len(own):
                require(int(own.max()) < limit, f"{name} below {limit}", int(own.max()))

    def _targets(self, graph: int) -> List[Target]:
        found = [
            Target(ordinal, self.text(token) or "", probability, position, token)
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
            raise AtlasError(f"{self._path}: graph {graph}: expected targets 0 to {len(found) - 1}, found a gap")
        return found

    def tokens(self, prompt: int, count: int, block: bytes) -> Integers:
        """The tokens of a packed list of ``count``."""
        tokens = self._database.unpack("prompts.tokens", prompt, blocks.tokens, block)
        if len(tokens) != count:
            raise self._database.damaged("prompts.tokens", prompt, f"expected {count} tokens, found {len(tokens)}")
        return tokens

    def text(self, token: int) -> Optional[str]:
        """A token's text; the vocabulary is read once."""
        if self._texts is None:
            self._texts = dict(self._database.rows("SELECT token, text FROM vocabulary"))
        return self._texts.get(token)

    def influence(self, stored: StoredGraph) -> Any:
        """Each node's influence on each target, ``[targets, nodes]``."""
        return self._database.unpack(
            "graphs.target_influence",
            stored.id,
            blocks.influence,
            stored.influence,
            len(stored.targets),
            len(stored.nodes.kind),
        )

    def heads(self, stored: StoredGraph) -> Tuple[bytes, bytes]:
        """The packed heads of a graph's edges, and where every head looks."""
        row = self._database.first("SELECT heads, patterns FROM edge_heads WHERE graph_id = ?", (stored.id,))
        if row is None:
            raise AtlasError(f"{self._path}: prompt {stored.hash[:12]}…: the heads of its edges were not computed")
        return row[0], row[1]

    def token_lists(self, within: Range) -> Iterator[Tuple[List[str], List[Integers]]]:
        """The tokens of prompts by content hash, some prompts at once."""
        where, values = bounds(within)
        sql = f"SELECT id, content_hash, token_count, tokens FROM prompts p WHERE {where} ORDER BY content_hash"
        hashes: List[str] = []
        held: List[Integers] = []
        for row, digest, count, block in self._database.rows(sql, values):
            hashes.append(digest.hex())
            held.append(self.tokens(row, count, block))
            if len(held) == PROMPTS_TOGETHER:
                yield hashes, held
                hashes, held = [], []
        if held:
            yield hashes, held

    def activations(self, within: Range) -> Iterator[Tuple[List[str], List[blocks.Activations]]]:
        """What fires in prompts by content hash, some prompts at once."""
        where, values = bounds(within)
        layers, features = self._identity.layer_count, self._identity.features_per_layer
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
                yield hashes, held
                hashes, held = [], []
        if held:
            yield hashes, held
