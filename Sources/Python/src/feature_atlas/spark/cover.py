"""A small set of features that together covers a token's prompts, chosen as the program's derivation does."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple


class Choice(NamedTuple):
    """One chosen feature."""

    node: int
    newly_covered: int
    covered: int


def choose(groups: Sequence[Tuple[Sequence[int], int]], held: Dict[int, float]) -> List[Choice]:
    """Greedy: each step takes the feature that covers most prompts left; ties go to what holds more of all it covers, then
    to the smaller key.

    :param groups: the features that cover a prompt, and how many prompts are covered by just these
    :param held: what each feature holds of the prompts that it covers, added up
    """
    by_node: Dict[int, List[int]] = {}
    for place, (nodes, _) in enumerate(groups):
        for node in nodes:
            by_node.setdefault(node, []).append(place)
    remaining = {node: sum(groups[place][1] for place in places) for node, places in by_node.items()}
    left = [True] * len(groups)
    choices: List[Choice] = []
    covered = 0
    while True:
        candidates = [node for node, count in remaining.items() if count > 0]
        if not candidates:
            return choices
        best = min(candidates, key=lambda node: (-remaining[node], -held[node], node))
        newly = remaining[best]
        covered += newly
        choices.append(Choice(best, newly, covered))
        for place in by_node[best]:
            if left[place]:
                left[place] = False
                nodes, count = groups[place]
                for node in nodes:
                    remaining[node] -= count


def cover_of(spark: Any, frames: Dict[str, Any], token: int, by_effect: bool) -> List[Choice]:
    """The set of a token, by what speaks for it or by influence."""
    where = f"token = {token} AND by_effect = {str(by_effect).lower()}"
    groups = spark.sql(
        f"""
        SELECT nodes, count(*) AS prompts FROM (
            SELECT sort_array(collect_set(node)) AS nodes FROM {{cover_parts}} WHERE {where} GROUP BY shard, ordinal)
        GROUP BY nodes""",
        cover_parts=frames["cover_parts"],
    ).collect()
    sql = f"SELECT node, sum(value) FROM {{cover_parts}} WHERE {where} GROUP BY node"
    found = spark.sql(sql, cover_parts=frames["cover_parts"]).collect()
    return choose([(row[0], row[1]) for row in groups], {row[0]: row[1] for row in found})
