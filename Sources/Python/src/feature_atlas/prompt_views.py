"""What is stored of one prompt."""

from __future__ import annotations

import numpy as np

from . import blocks, schemas
from .errors import AtlasError
from .graph import Graph
from .opened import OpenedAtlas
from .prompt_tables import edge_table, node_table, repeated
from .stored import PromptName, Range
from .table import Schema, Table, joined, nullable


class PromptViews(OpenedAtlas):
    """Views of one prompt and of its graph."""

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

    def _of_prompt(self, schema: Schema, prompt: PromptName) -> Table:
        found = self._stored.digest(prompt)
        if schema is schemas.ACTIVATIONS:
            tables = list(self._activation_tables(Range(found, found + b"\0")))
            return joined(schema, tables)
        stored = self._stored.graph(prompt)
        if schema is schemas.NODES:
            return node_table(stored, self._stored.text)
        return edge_table(stored) if schema is schemas.EDGES else self._influence_table(stored)
