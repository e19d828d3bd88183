"""The tables of one shard: what questions over many shards are made from, and what they mean.

Facts stay packed as they lie in an atlas; everything else is a sum, a maximum or a list of the largest, so that the
tables of shards, one after the other, grouped and added up, are the tables of the whole. A prompt is named by
``shard`` and ``ordinal``, its place among the shard's content hashes: ordered by both, prompts are in canonical order,
as shards are ranges of hashes. Node keys are as in ``TABLES.md``.
"""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

#: The version of these tables; a change that breaks readers raises it.
VERSION = 1


class ShardColumn(NamedTuple):
    """A column: its name, its type in Arrow's words, and what it holds."""

    name: str
    type: str
    meaning: str


class ShardTable(NamedTuple):
    """A table of a shard."""

    meaning: str
    columns: Tuple[ShardColumn, ...]
    #: Columns that rows of shards are grouped by where they are added up; none: rows are prompts' own.
    keys: Tuple[str, ...] = ()
    #: Columns that rows are sorted by where they are gathered from all shards without being added up.
    order: Tuple[str, ...] = ()


def _columns(text: str) -> Tuple[ShardColumn, ...]:
    rows = [line.strip() for line in text.strip().splitlines()]
    return tuple(ShardColumn(*(part.strip() for part in row.split("|", 2))) for row in rows)


_PROMPT = """
    shard | int32 | the shard, from 1
    ordinal | int32 | the prompt's place among the shard's content hashes, from 0
"""

TABLES: Dict[str, ShardTable] = {
    "prompt_facts": ShardTable(
        "The prompts, what the model said to them, and their tokens.",
        _columns(
            _PROMPT.rstrip()
            + """
    prompt | string | SHA-256 of the text's UTF-8, 64 hexadecimal digits
    hash_prefix | int64 | its first eight bytes, as a signed number
    prompt_id | int64 | the id in the shard's own atlas
    text | string | the text
    token_count | int32 | tokens, with the beginning-of-sequence token
    counted_tokens | int32 | positions that count for density
    activation_count | int64 | active features over all positions
    predicted_token | int64 | the model's most likely next token
    predicted_probability | float64 | its probability
    answer | string | the right continuation; null: not told
    answer_token | int64 | its first token, or null
    answer_probability | float64 | the model's probability for it, or null
    tokens | list<int32> | token ids by position
    edge_count | int64 | kept edges; null: no graph
"""
        ),
    ),
    "graph_facts": ShardTable(
        "What a prompt's rows of an atlas hold beside that, packed as Schema/blocks.md says.",
        _columns(
            _PROMPT.rstrip()
            + """
    tokens | binary | block 1
    activations | binary | block 2
    graph | string | the plain columns of the row of graphs, a JSON array in the columns' order; null: no graph
    nodes | binary | block 3
    edges | binary | block 4
    target_influence | binary | block 5
    targets | string | rows of logit_targets and custom_targets, a JSON object of arrays
    effects | string | the plain columns of node_effects and measured_effects, a JSON array of two; null: none
    total | binary | block 9
    gradient | binary | block 9
    measured | binary | block 10
"""
        ),
    ),
    "explained": ShardTable(
        "The tokens that graphs explain.",
        _columns(
            _PROMPT.rstrip()
            + """
    token | int64 | the token
    probability | float64 | the model's largest probability for it among the graph's targets
"""
        ),
        order=("token", "shard", "ordinal"),
    ),
    "firings": ShardTable(
        "Every place where a feature fires, by feature.",
        _columns(
            """
    layer | int32 | the feature's layer
    feature_index | int32 | the feature's row in that layer's encoder
"""
            + _PROMPT.strip("\n")
            + """
    position | int32 | the token position
    activation | float32 | the activation
"""
        ),
        order=("layer", "feature_index", "shard", "ordinal", "position"),
    ),
    "feature_sums": ShardTable(
        "How often and how strongly features fire.",
        _columns(
            """
    layer | int32 | the feature's layer
    feature_index | int32 | the feature's row in that layer's encoder
    active_tokens | int64 | positions it fires at
    active_prompts | int64 | prompts it fires in
    maximum | float64 | its largest activation
    activation_sum | float64 | sum of its activations
    activation_square_sum | float64 | sum of their squares
    negative_tokens | int64 | positions where it is negative
    negative_prompts | int64 | prompts with such a position
    minimum | float64 | its most negative activation; null: never negative
"""
        ),
        ("layer", "feature_index"),
    ),
    "feature_tops": ShardTable(
        "The prompts where features fire most: of each side the shard's first twenty.",
        _columns(
            """
    side | int32 | 1: the positive side, -1: the negative
    layer | int32 | the feature's layer
    feature_index | int32 | the feature's row in that layer's encoder
"""
            + _PROMPT.strip("\n")
            + """
    position | int32 | the position where it goes furthest
    activation | float64 | the activation there
"""
        ),
        ("side", "layer", "feature_index"),
    ),
    "edge_sums": ShardTable(
        "Stored edges over prompts, positions taken together: aggregated_edges.",
        _columns(
            """
    source | int64 | node key of what affects
    target | int64 | node key of what is affected
    support | int64 | prompts with at least one such edge
    occurrences | int64 | such edges
    positive_prompts | int64 | prompts whose weights add up to more than 0
    negative_prompts | int64 | prompts whose weights add up to less than 0
    weight_sum | float64 | sum over prompts of the prompt's weight
    weight_square_sum | float64 | sum over prompts of its square
    share_sum | float64 | sum over prompts of shares of the targets' input
    absolute_weight | float64 | sum of absolute weights
    same_position_weight | float64 | of these, between equal positions
"""
        ),
        ("target", "source"),
    ),
    "driver_sums": ShardTable(
        "What tokens' logits owe to nodes: logit_drivers, and the part from negative activations.",
        _columns(
            """
    token | int64 | the explained token
    node | int64 | node key of a feature, error or token
    prompt_count | int64 | prompts where it has influence on the logit
    covered_prompts | int64 | prompts that it covers
    influence_sum | float64 | sum over prompts of probability x influence
    direct_sum | float64 | sum over prompts of the direct edge's weight
    direct_square_sum | float64 | sum over prompts of its square
    direct_support | int64 | prompts with a direct edge
    positive_prompts | int64 | of these, with a weight above 0
    negative_prompts | int64 | of these, with a weight below 0
    tail_prompt_count | int64 | prompts with influence where its activation is negative; null: nowhere negative
    tail_influence_sum | float64 | of influence_sum, the part from there
    tail_direct_sum | float64 | of direct_sum, the part from there
    tail_direct_support | int64 | prompts with a direct edge from there
"""
        ),
        ("token", "node"),
    ),
    "effect_sums": ShardTable(
        "What nodes do to answers' leads: logit_driver_effects, without what is told of other answers.",
        _columns(
            """
    token | int64 | the answer
    node | int64 | node key of a feature, error or token
    prompt_count | int64 | prompts where it has an effect
    covered_prompts | int64 | prompts that it covers
    effect_sum | float64 | sum over prompts of its effect
    effect_square_sum | float64 | sum over prompts of its square
    positive_prompts | int64 | prompts where it speaks for the token
    negative_prompts | int64 | prompts where it speaks against it
    measured_sum | float64 | sum over prompts of what silencing it took away
    measured_prompts | int64 | prompts where that was measured
"""
        ),
        ("token", "node"),
    ),
    "token_sums": ShardTable(
        "How often tokens are explained, are answers, and stand in prompts.",
        _columns(
            """
    token | int64 | the token
    containing_prompts | int64 | prompts that contain it
    prompt_count | int64 | prompts in which it is a target
    probability_sum | float64 | sum over them of its probability
    known_prompts | int64 | of them, those with effects
    effect_prompts | int64 | prompts with effects that it is the answer of
"""
        ),
        ("token",),
    ),
    "cover_parts": ShardTable(
        "Which features cover which prompts of a token.",
        _columns(
            """
    by_effect | bool | by what speaks for the token, or else by influence
    token | int64 | the explained token
    node | int64 | node key of a feature
"""
            + _PROMPT.strip("\n")
            + """
    value | float64 | what it holds there
"""
        ),
        order=("token", "by_effect", "shard", "ordinal"),
    ),
    "token_effects": ShardTable(
        "What features' weights alone say of tokens; the same in all shards.",
        _columns(
            """
    kind | string | output: effect on a logit; input: of a token on it
    layer | int32 | the feature's layer
    feature_index | int32 | the feature's row in that layer's encoder
    rank | int32 | 1, 2…: largest first; -1, -2…: most negative first
    token | int64 | the token
    value | float64 | the effect
"""
        ),
        ("kind", "layer", "feature_index", "rank"),
    ),
}

#: How columns of rows with equal keys become one; ``sum`` unless told here.
COMBINED = {"maximum": "max", "minimum": "min"}


def documentation() -> str:
    """The tables' description, as ``SHARD_TABLES.md`` holds it."""
    lines = [
        "# Tables of a shard",
        "",
        "Made from `feature_atlas.spark.shard_schemas` by `python -m feature_atlas.spark.shard_schemas`.",
        "",
        f"Version {VERSION}, which each shard's `shard.json` tells. Facts stay packed as they lie in an atlas; everything else "
        "is a sum, a maximum or a list of the largest, so that the tables of shards, one after the other, grouped and added "
        "up, are the tables of the whole. A prompt is named by `shard` and `ordinal`, its place among the shard's content "
        "hashes: ordered by both, prompts are in the order of content hashes, as shards are ranges of them. Node keys are "
        "as in `TABLES.md`.",
    ]
    for name, table in TABLES.items():
        added = f" Rows of shards are added up by {', '.join(table.keys)}." if table.keys else ""
        if table.order:
            added = f" Rows of shards are gathered by {', '.join(table.order)}."
        lines += ["", f"## {name}", "", table.meaning + added, "", "| column | type | meaning |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.type} | {column.meaning} |" for column in table.columns]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(documentation(), end="")
