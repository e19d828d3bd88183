"""The tables of everything, in batches."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, List, Tuple

from . import schemas
from .batches import BATCH_ROWS, batches, require_rows
from .errors import AtlasError
from .opened import OpenedAtlas
from .prompt_tables import aggregated_table, edge_table, node_table, token_table
from .stored import Range, bounds
from .table import Table


class BatchedTables(OpenedAtlas):
    """Every table in batches, for what does not fit into memory."""

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

    def _token_tables(self, within: Range) -> Iterator[Table]:
        for hashes, held in self._stored.token_lists(within):
            yield token_table(hashes, held, self._stored.text)
