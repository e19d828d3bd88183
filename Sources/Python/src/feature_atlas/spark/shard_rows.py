"""Rows over all shards, added up by Spark SQL."""

from __future__ import annotations

from typing import Any, Iterable, List

from .keys import Key, among_prompts, feature_of
from .shard_schemas import TABLES
from .shards import Shards
from .views import combined, frames_of

#: Graphs that the program reads for examples of an edge at most.
EXAMPLE_GRAPHS = 48


class ShardRows:
    """The tables of all shards, read with conditions."""

    def __init__(self, spark: Any, shards: Shards) -> None:
        self.spark = spark
        self.frames = frames_of(spark, shards)
        self._shards = shards

    def of_prompts(self, name: str, prompts: Iterable[Key]) -> Any:
        """A table of prompts, read from the files of these prompts' shards alone."""
        return self.spark.read.parquet(
            *(self._shards.shards[shard - 1].table(name) for shard in sorted({k[0] for k in prompts}))
        )

    def rows(self, name: str, where: str = "true") -> List[Any]:
        """Rows of a table over all shards, added up where it is one of sums."""
        if not TABLES[name].keys:
            return list(self.spark.sql(f"SELECT * FROM {{t}} WHERE {where}", t=self.frames[name]).collect())
        return list(
            self.spark.sql(combined(name, f"(SELECT * FROM {{t}} WHERE {where})"), t=self.frames[name]).collect()
        )

    def facts(self, prompts: Iterable[Key]) -> List[Any]:
        """Everything that is stored of some prompts."""
        keys = sorted(set(prompts))
        if not keys:
            return []
        return list(
            self.spark.sql(
                f"""
                SELECT p.*, g.tokens AS token_block, g.activations, g.graph, g.nodes, g.edges, g.target_influence,
                    g.targets, g.effects, g.total, g.gradient, g.measured
                FROM {{p}} p JOIN {{g}} g ON g.shard = p.shard AND g.ordinal = p.ordinal
                WHERE {among_prompts("p", keys)} AND {among_prompts("g", keys)}""",
                p=self.of_prompts("prompt_facts", keys),
                g=self.of_prompts("graph_facts", keys),
            ).collect()
        )

    def edge_prompts(self, source: int, target: int) -> List[Key]:
        """The prompts where an edge is likely strongest, as many as the program reads."""

        def strengths(key: int) -> str:
            if key >> 40 == 3:
                return f"SELECT shard, ordinal, probability AS strength FROM {{explained}} WHERE token = {key & (1 << 40) - 1}"
            layer, index = feature_of(key)
            return (
                "SELECT shard, ordinal, max(abs(CAST(activation AS DOUBLE))) AS strength FROM {firings} "
                f"WHERE layer = {layer} AND feature_index = {index} GROUP BY shard, ordinal"
            )

        if target >> 40 not in (0, 3):
            return []
        both, strength, token = "", "t.strength", "true"
        if source >> 40 == 0:
            both = f"JOIN ({strengths(source)}) s ON s.shard = t.shard AND s.ordinal = t.ordinal"
            strength = "t.strength * s.strength"
        elif source >> 40 == 2:
            token = f"array_contains(p.tokens, {source & (1 << 40) - 1})"
        elif source >> 40 == 3:
            return []
        found = self.spark.sql(
            f"""
            SELECT t.shard, t.ordinal FROM ({strengths(target)}) t {both}
            JOIN {{prompt_facts}} p ON p.shard = t.shard AND p.ordinal = t.ordinal
            WHERE p.edge_count IS NOT NULL AND {token}
            ORDER BY {strength} DESC, t.shard, t.ordinal LIMIT {EXAMPLE_GRAPHS}""",
            prompt_facts=self.frames["prompt_facts"],
            explained=self.frames["explained"],
            firings=self.frames["firings"],
        )
        return [(row[0], row[1]) for row in found.collect()]
