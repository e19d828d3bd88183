"""Filling the small atlas of a question with sums over shards."""

from __future__ import annotations

from typing import Any, Dict, List, Set, Tuple

from .cover import cover_of
from .keys import Key, about_features, among_prompts
from .labels import PROMOTED_TOKENS, Example, label
from .question_atlas import QuestionAtlas, histogram_block
from .shard_rows import ShardRows
from .shard_schemas import TABLES

#: The columns of logit_drivers, in the order of driver_sums.
_DRIVER_COLUMNS = (
    "token, node, prompt_count, covered_prompts, influence_sum, direct_sum, direct_square_sum, direct_support, "
    "positive_prompts, negative_prompts"
)


class QuestionRows:
    """What is put into a question's atlas.

    :param totals: prompts, graphs and tokens of all shards
    """

    def __init__(self, shards: ShardRows, atlas: QuestionAtlas, totals: Dict[str, int]) -> None:
        self._shards = shards
        self._atlas = atlas
        self._totals = totals

    def put_totals(self) -> None:
        """What all shards hold."""
        totals = self._totals
        self._atlas.insert(
            "derivation", "id, prompt_count, graph_count, token_effect_count, counted_tokens, derived_at",
            [(1, totals["prompt_count"], totals["graph_count"], 0, totals["counted_tokens"], "")],
        )  # fmt: skip
        self._atlas.insert(
            "effect_derivation", "id, effect_count, measured_count",
            [(1, totals["effect_count"], totals["measured_count"])],
        )  # fmt: skip

    def put_tokens(self) -> Dict[int, Any]:
        """How often tokens are explained, and answers; told by token too."""
        rows = {row["token"]: row for row in self._shards.rows("token_sums", "prompt_count > 0 OR effect_prompts > 0")}
        self._atlas.insert(
            "logit_statistics", "token, prompt_count, probability_sum",
            [(token, row["prompt_count"], row["probability_sum"]) for token, row in rows.items() if row["prompt_count"]],
        )  # fmt: skip
        self._atlas.insert(
            "logit_effect_statistics", "token, known_prompts, prompt_count",
            [(token, row["known_prompts"], row["effect_prompts"]) for token, row in rows.items()],
        )  # fmt: skip
        return rows

    def put_edges(self, where: str) -> None:
        """Aggregated edges."""
        names = [column.name for column in TABLES["edge_sums"].columns]
        rows = self._shards.rows("edge_sums", where)
        self._atlas.insert("aggregated_edges", ", ".join(names), [tuple(row[name] for name in names) for row in rows])

    def put_features(self, features: Set[Key]) -> None:
        """Statistics and automatic labels of features."""
        if not features:
            return
        rows = self._shards.rows("feature_sums", about_features(features))
        if not rows:
            return
        empty = histogram_block([0] * 50)
        self._atlas.insert(
            "feature_statistics",
            "layer, feature_index, active_tokens, active_prompts, maximum, activation_sum, activation_square_sum, histogram",
            [(*row[:7], empty) for row in rows],
        )
        labels = self._labels({(row["layer"], row["feature_index"]) for row in rows})
        self._atlas.insert(
            "automatic_labels", "layer, feature_index, label",
            [(*feature, "; ".join(_both_sides(sides))) for feature, sides in labels.items()],
        )  # fmt: skip
        self._atlas.insert(
            "feature_negative_tails", "layer, feature_index, negative_tokens, negative_prompts, minimum, histogram, label",
            [
                (*row[:2], row["negative_tokens"], row["negative_prompts"], row["minimum"], empty, labels[tuple(row[:2])][-1])
                for row in rows
                if row["negative_tokens"]
            ],
        )  # fmt: skip

    def _labels(self, features: Set[Key]) -> Dict[Key, Dict[int, str]]:
        """The automatic names of features, by side."""
        tops = self._shards.rows("feature_tops", about_features(features))
        if not tops:
            return {}
        keys = sorted({(row["shard"], row["ordinal"]) for row in tops})
        sql = f"SELECT shard, ordinal, tokens, predicted_token FROM {{p}} p WHERE {among_prompts('p', keys)}"
        texts = {
            (row[0], row[1]): (row[2], row[3])
            for row in self._shards.spark.sql(sql, p=self._shards.of_prompts("prompt_facts", keys)).collect()
        }
        tokens = sorted({token for held, predicted in texts.values() for token in (*held, predicted)})
        inside = f"token IN ({', '.join(map(str, tokens))})"
        counts = {row["token"]: row["containing_prompts"] for row in self._shards.rows("token_sums", inside)}
        vocabulary = self._atlas.vocabulary(tokens)
        promoted: Dict[Tuple[Key, int], List[int]] = {}
        effects = self._shards.rows(
            "token_effects", f"kind = 'output' AND abs(rank) <= {PROMOTED_TOKENS} AND {about_features(features)}"
        )
        for row in effects:
            if row["value"] * row["rank"] > 0:
                feature = (row["layer"], row["feature_index"])
                promoted.setdefault((feature, 1 if row["rank"] > 0 else -1), []).append(row["token"])
        total = self._totals["prompt_count"]
        labels: Dict[Key, Dict[int, str]] = {}
        order = sorted(tops, key=lambda row: (-row["side"], -abs(row["activation"]), row["shard"], row["ordinal"]))
        sides: Dict[Tuple[Key, int], List[Example]] = {}
        for row in order:
            held, predicted = texts[row["shard"], row["ordinal"]]
            example = Example.at(held, row["position"], predicted, row["activation"])
            sides.setdefault(((row["layer"], row["feature_index"]), row["side"]), []).append(example)
        for (feature, side), examples in sides.items():
            own = promoted.get((feature, side), [])
            name = label(examples, own, vocabulary.__getitem__, lambda token: counts[token] / total)
            labels.setdefault(feature, {})[side] = name
        return labels

    def put_drivers(self, token: int, statistics: Any, occurrences: int) -> None:
        """What drives a token.

        :param statistics: its row of token_sums
        :param occurrences: prompts with effects, whatever their answer
        """
        rows = self._shards.rows("driver_sums", f"token = {token}")
        self._atlas.insert("logit_drivers", _DRIVER_COLUMNS, [tuple(row[:10]) for row in rows])
        self._atlas.insert(
            "logit_driver_negative_tails", "token, node, prompt_count, influence_sum, direct_sum, direct_support",
            [(token, row["node"], *row[10:14]) for row in rows if row["tail_prompt_count"] is not None],
        )  # fmt: skip
        totals = self._shards.spark.sql(
            f"""
            SELECT node, sum(effect_sum) FROM {{effects}}
            WHERE node IN (SELECT node FROM {{effects}} WHERE token = {token}) GROUP BY node""",
            effects=self._shards.frames["effect_sums"],
        )
        self._atlas.insert("effect_totals", "node, effect_sum", [tuple(row) for row in totals.collect()])
        if occurrences:
            self._atlas.insert("effect_prompts", "id, prompt_count", [(1, occurrences)])
        effects = self._shards.rows("effect_sums", f"token = {token}")
        self._atlas.insert(
            "logit_driver_effects",
            "token, node, prompt_count, covered_prompts, effect_sum, effect_square_sum, positive_prompts, "
            "negative_prompts, measured_sum, measured_prompts",
            [tuple(row[:10]) for row in effects],
        )
        # What has an effect is told, even where no graph gives it influence.
        self._atlas.insert(
            "logit_drivers", _DRIVER_COLUMNS,
            [(token, row["node"], 0, 0, 0.0, 0.0, 0.0, 0, 0, 0) for row in effects],
        )  # fmt: skip
        by_effect = statistics["known_prompts"] == statistics["prompt_count"]
        # The effects' set replaces that of influence where there is any effect at all.
        cover = cover_of(self._shards.spark, self._shards.frames, token, by_effect and bool(effects))
        self._atlas.insert(
            "logit_cover", "token, rank, node, newly_covered, covered",
            [(token, rank, *choice) for rank, choice in enumerate(cover, 1)],
        )  # fmt: skip
        self._atlas.insert(
            "token_effects", "kind, layer, feature_index, rank, token, value",
            [tuple(row) for row in self._shards.rows("token_effects", f"kind = 'output' AND token = {token}")],
        )  # fmt: skip

    def put_nearest(self, feature: Key) -> None:
        """A feature that fires, or else those near it, which the program names then."""
        self.put_features({feature})
        layer, index = feature
        near = self._shards.spark.sql(
            f"SELECT DISTINCT layer, feature_index FROM {{f}} WHERE layer = {layer} "
            f"ORDER BY abs(feature_index - {index}), feature_index LIMIT 5",
            f=self._shards.frames["feature_sums"],
        ).collect()
        if (layer, index) not in {tuple(row) for row in near}:
            self.put_features({(row[0], row[1]) for row in near})


def _both_sides(sides: Dict[int, str]) -> List[str]:
    return [text if side > 0 else f"negative {text}" for side, text in sorted(sides.items(), reverse=True)]
