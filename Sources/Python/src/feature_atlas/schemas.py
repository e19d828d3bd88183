"""The tables of an atlas: their names, columns, types and orders. They change only by a new version.

A prompt is named by ``prompt``, the SHA-256 of its text in hexadecimal digits: the ids inside a file depend on the
order in which prompts came in, and differ from file to file. A feature is named by ``layer`` and ``feature_index``: the
same in all atlases of one replacement model.
"""

from __future__ import annotations

from typing import Dict

from .schema_columns import INDEX, LAYER, PROMPT, aggregate_end, end_of
from .table import Column, Schema

#: The version of all schemas; a change that breaks readers raises it.
VERSION = 1

PROMPTS = Schema(
    "prompts",
    "The distinct texts, what the model said, and how well its graph explains it.",
    (
        Column("prompt", "text", PROMPT.meaning),
        Column("text", "text", "the text as given, without special tokens"),
        Column("corpora", "text", "JSON array of the corpora that hold it"),
        Column("external_ids", "text", "JSON array of the corpora's own ids"),
        Column("token_count", "int32", "tokens, with the beginning-of-sequence token"),
        Column("counted_tokens", "int32", "positions that count for density"),
        Column("activation_count", "int64", "active features over all positions"),
        Column("predicted_token", "int64", "the model's most likely next token"),
        Column("predicted_text", "text", "its text"),
        Column("predicted_probability", "float64", "its probability"),
        Column("answer", "text", "the right continuation, where the corpus tells it", True),
        Column("answer_token", "int64", "the answer's first token", True),
        Column("answer_probability", "float64", "the model's probability for it", True),
        Column("is_right", "bool", "the model's first choice is the answer", True),
        Column("replacement_score", "float64", "tokens' share of the influence of tokens and errors", True),
        Column("completeness_score", "float64", "influence-weighted share of inputs not from errors", True),
        Column("active_feature_count", "int64", "features active in the prompt", True),
        Column("selected_feature_count", "int64", "of these, attributed", True),
        Column("largest_violation", "float64", "worst relative error of sum of inputs = pre-activation", True),
        Column("node_threshold", "float64", "share of influence whose nodes were kept", True),
        Column("edge_threshold", "float64", "share of edge scores whose edges were kept", True),
        Column("node_count", "int64", "kept nodes; nothing: not attributed", True),
        Column("edge_count", "int64", "kept edges", True),
    ),
    "prompt",
)
TOKENS = Schema(
    "tokens",
    "Each prompt's tokens.",
    (
        PROMPT,
        Column("position", "int32", "from 0, the beginning-of-sequence token"),
        Column("token", "int64", "the token's id"),
        Column("text", "category", "what it decodes to alone"),
    ),
    "prompt, position",
)
TAGS = Schema(
    "tags",
    "What the corpora say about prompts.",
    (PROMPT, Column("name", "category", "what is said"), Column("value", "category", "what it is")),
    "prompt, name, value",
)
FEATURES = Schema(
    "features",
    "Every feature that ever fired.",
    (
        LAYER,
        INDEX,
        Column("label", "text", "a person's name for it, else the automatic one", True),
        Column("label_is_automatic", "bool", "no person named it"),
        Column("active_tokens", "int64", "positions it fires at"),
        Column("counted_tokens", "int64", "of so many"),
        Column("density", "float64", "the share of them"),
        Column("active_prompts", "int64", "prompts it fires in"),
        Column("counted_prompts", "int64", "of so many"),
        Column("prompt_density", "float64", "the share of them"),
        Column("maximum", "float64", "its largest activation"),
        Column("mean", "float64", "its mean activation where it fires"),
        Column("negative_tokens", "int64", "of active_tokens, those where it is negative"),
        Column("negative_prompts", "int64", "prompts with such a token"),
        Column("minimum", "float64", "its most negative activation", True),
        Column("negative_label", "text", "the automatic name of its negative side", True),
    ),
    "layer, feature_index",
)
EXAMPLES = Schema(
    "examples",
    "Where features fire most, and samples from five intervals of equal width.",
    (
        LAYER,
        INDEX,
        Column("side", "category", "positive or negative: of which activations"),
        Column("band", "int32", "0: strongest; k: from ((k-1)/5, k/5] of the strongest"),
        Column("rank", "int32", "place in the band, from 1"),
        PROMPT,
        Column("position", "int32", "where it is strongest in the prompt"),
        Column("activation", "float64", "the activation there"),
    ),
    "side (positive first), layer, feature_index, band, rank",
)
ACTIVATIONS = Schema(
    "activations",
    "Every active feature at every position of every prompt.",
    (
        PROMPT,
        LAYER,
        Column("position", "int32", "the token position, from 0"),
        INDEX,
        Column("activation", "float32", "relative error at most 2^-10"),
    ),
    "prompt, layer, position, feature_index",
)
NODES = Schema(
    "nodes",
    "The kept nodes of each prompt's graph.",
    (
        PROMPT,
        Column("node", "int32", "its place in the graph, which edges and influence refer to"),
        Column("kind", "category", "feature, error, token or logit"),
        Column("layer", "int32", "layer of a feature or error", True),
        Column("position", "int32", "position of a feature, error or token, or of what a logit follows"),
        Column("feature_index", "int32", "a feature's index", True),
        Column("token", "int64", "a token's or logit's token id; nothing: a custom target", True),
        Column("text", "category", "that token's text, or the custom target's description", True),
        Column("probability", "float64", "a logit's probability, a custom target's weight", True),
        Column("activation", "float32", "a feature's activation"),
        Column("influence", "float32", "share of the explained logits that goes through it"),
        Column("cumulative_influence", "float32", "the same, added up from the most influential node on"),
        Column("input_sum", "float32", "sum of the absolute weights that feed it, before pruning"),
        Column("bias_input", "float32", "what biases contribute to it"),
    ),
    "prompt, node",
)
INFLUENCE = Schema(
    "influence",
    "Each kept node's influence on each explained logit; zeros are left out.",
    (
        PROMPT,
        Column("target", "int32", "the logit's place in the graph's list, most likely first"),
        Column("node", "int32", "the node's place in the graph"),
        Column("influence", "float32", "relative error at most 2^-11"),
    ),
    "prompt, target, node",
)
EDGES = Schema(
    "edges",
    "The kept edges of each prompt's graph, both ends spelled out.",
    (
        PROMPT,
        Column("source", "int32", "place in the graph of the node that affects"),
        Column("target", "int32", "place in the graph of the node that is affected"),
        Column("weight", "float32", "direct effect; relative error at most 2^-11"),
        *end_of("source", "what affects"),
        *end_of("target", "what is affected"),
    ),
    "prompt, target, source",
)
AGGREGATED_EDGES = Schema(
    "aggregated_edges",
    "Edges over all prompts, positions taken together.",
    (
        *aggregate_end("source", "what affects"),
        *aggregate_end("target", "what is affected"),
        Column("support", "int64", "prompts with such an edge"),
        Column("occurrences", "int64", "such edges"),
        Column("mean", "float64", "mean weight over the supporting prompts"),
        Column("spread", "float64", "its standard deviation"),
        Column("mean_share", "float64", "mean share of the target's absolute input"),
        Column("sign_consistency", "float64", "1: the sign never changes"),
        Column("same_position_share", "float64", "share of the absolute weight between equal positions"),
    ),
    "target, source",
)
LABELS = Schema(
    "labels",
    "What features are called, by people and by rule.",
    (
        LAYER,
        INDEX,
        Column("is_automatic", "bool", "made by rule, not given by a person"),
        Column("label", "text", "the name"),
        Column("note", "text", "anything longer"),
        Column("updated_at", "text", "UTC, ISO 8601, of a person's label", True),
    ),
    "layer, feature_index, is_automatic",
)
LOGIT_DRIVERS = Schema(
    "logit_drivers",
    "What drives each explained token's logit, over the prompts in which it is a target.",
    (
        Column("token", "int64", "the explained token"),
        Column("token_text", "text", "its text"),
        Column("prompt_count", "int64", "prompts in which it is a target"),
        Column("node", "int64", "node key of the driver"),
        Column("kind", "category", "feature, error or token"),
        Column("layer", "int32", "layer of a feature or error", True),
        Column("feature_index", "int32", "a feature's index", True),
        Column("node_token", "int64", "a token node's token id", True),
        Column("node_text", "text", "that token's text", True),
        Column("label", "text", "a feature's label", True),
        Column("label_is_automatic", "bool", "no person gave that label"),
        Column("influence", "float64", "mean over prompts of probability x influence"),
        Column("direct_effect", "float64", "mean weight of the direct edge"),
        Column("direct_spread", "float64", "its standard deviation"),
        Column("support", "int64", "prompts where it has influence on the logit"),
        Column("direct_support", "int64", "prompts with a direct edge"),
        Column("coverage", "float64", "share of prompts where it holds 5 % or more"),
        Column("sign_consistency", "float64", "1: the direct edge's sign never changes"),
        Column("effect", "float64", "mean signed effect on the answer's lead", True),
        Column("effect_support", "int64", "prompts where it has one"),
        Column("measured_effect", "float64", "mean of what silencing it took away, measured", True),
        Column("measured_support", "int64", "prompts where that was measured"),
        Column("specificity", "float64", "effect less that on the leads of other answers", True),
    ),
    "token, node",
)
EFFECTS = Schema(
    "effects",
    "What each node does to what is explained, signed, to first order.",
    (
        PROMPT,
        Column("node", "int32", "the node's place in the graph"),
        Column("gap", "float32", "on the answer's lead over its rival, by the model's derivative"),
        Column("answer", "float32", "on the answer's logit, by the model's derivative"),
        Column("gap_by_paths", "float32", "on the lead, along all paths of the graph before pruning"),
        Column("answer_by_paths", "float32", "on the answer's logit, along all paths"),
        Column("measured_gap", "float32", "what silencing it took from the lead, measured", True),
        Column("measured_answer", "float32", "what silencing it took from the answer's logit, measured", True),
        Column("measured_divergence", "float32", "divergence of the prediction after silencing it", True),
    ),
    "prompt, node",
)
HEADS = Schema(
    "heads",
    "The attention heads that hold most of each edge.",
    (
        PROMPT,
        Column("edge", "int32", "the edge's place in the graph's list of edges"),
        Column("source", "int32", "place in the graph of the node that affects"),
        Column("target", "int32", "place in the graph of the node that is affected"),
        Column("layer", "int32", "the head's layer"),
        Column("head", "int32", "the head"),
        Column("loading", "float32", "the part of the edge that goes through it; relative error at most 2^-7"),
    ),
    "prompt, edge, layer, head",
)
HEAD_PATTERNS = Schema(
    "head_patterns",
    "Where every head looks in a prompt, means over positions after the first.",
    (
        PROMPT,
        Column("layer", "int32", "the head's layer"),
        Column("head", "int32", "the head"),
        Column("previous", "float32", "share of attention to the position before"),
        Column("same", "float32", "share to earlier positions with the query's own token"),
        Column("first", "float32", "share to the first position"),
        Column("distance", "float32", "how many positions back it looks"),
        Column("entropy", "float32", "entropy of its attention, in nats"),
    ),
    "prompt, layer, head",
)
POSTINGS = Schema(
    "feature_activations",
    "Every place where one feature fires.",
    (PROMPT, Column("position", "int32", "the token position"), Column("activation", "float32", "the activation")),
    "prompt, position",
)

#: The tables that are exported, in their order.
EXPORTED: Dict[str, Schema] = {
    schema.name: schema
    for schema in (
        PROMPTS,
        TOKENS,
        TAGS,
        FEATURES,
        EXAMPLES,
        ACTIVATIONS,
        NODES,
        INFLUENCE,
        EDGES,
        AGGREGATED_EDGES,
        LABELS,
        LOGIT_DRIVERS,
    )
}
#: Those whose rows belong to prompts, and so are split into partitions.
BY_PROMPT = frozenset(("prompts", "tokens", "tags", "activations", "nodes", "influence", "edges"))
