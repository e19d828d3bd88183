"""Tables of what stored graphs and activations hold."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import blocks, schemas
from .bits import Integers
from .stored import ERROR, FEATURE, KINDS, LOGIT, TOKEN, StoredGraph
from .table import Categories, Table, nullable, values_of


def repeated(text: str, count: int) -> Categories:
    """One prompt's hash in every row."""
    return Categories(np.zeros(count, dtype=np.int32), [text])


def by_prompt(hashes: List[str], counts: Sequence[int]) -> Categories:
    """Prompts' hashes, each in so many rows."""
    return Categories(np.repeat(np.arange(len(hashes), dtype=np.int32), counts), list(hashes))


def token_table(hashes: List[str], held: List[Integers], text: Callable[[int], Optional[str]]) -> Table:
    """The tokens of some prompts."""
    counts = [len(tokens) for tokens in held]
    token = np.concatenate(held)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    return Table(
        schemas.TOKENS,
        {
            "prompt": by_prompt(hashes, counts),
            "position": (np.arange(len(token)) - starts).astype(np.int32),
            "token": token,
            "text": values_of(schemas.TOKENS.columns[3], [text(value) or "" for value in token.tolist()]),
        },
    )


def activation_table(hashes: List[str], held: List[blocks.Activations]) -> Table:
    """What fires in some prompts."""

    def column(name: str) -> Any:
        return np.concatenate([getattr(found, name) for found in held])

    return Table(
        schemas.ACTIVATIONS,
        {
            "prompt": by_prompt(hashes, [len(found.layer) for found in held]),
            "layer": column("layer").astype(np.int32),
            "position": column("position").astype(np.int32),
            "feature_index": column("feature_index").astype(np.int32),
            "activation": column("activation"),
        },
    )


def aggregated_table(
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
        columns[f"{name}_text"] = objects(
            [text(value) if has else None for value, has in zip(token.tolist(), (kind >= TOKEN).tolist())]
        )
        columns[f"{name}_label"] = objects([None if label is None else label[0] for label in known])
        columns[f"{name}_label_is_automatic"] = np.array(
            [label is not None and label[1] for label in known], dtype=bool
        )
    for place, column in enumerate(schemas.AGGREGATED_EDGES.columns[16:]):
        columns[column.name] = values_of(column, [row[place + 2] for row in rows])
    return Table(schemas.AGGREGATED_EDGES, columns)


def objects(values: List[Optional[str]]) -> Any:
    """Texts, some of them missing."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def places(stored: StoredGraph) -> Tuple[Any, Any, Any]:
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


def influence_table(stored: StoredGraph, values: Any) -> Table:
    """Influence on targets, ``[targets, nodes]``, without zeros."""
    target, node = np.nonzero(values)
    return Table(
        schemas.INFLUENCE,
        {
            "prompt": repeated(stored.hash, len(node)),
            "target": target.astype(np.int32),
            "node": node.astype(np.int32),
            "influence": values[target, node],
        },
    )


def node_table(stored: StoredGraph, text: Callable[[int], Optional[str]]) -> Table:
    """The nodes of a stored graph."""
    nodes = stored.nodes
    count = len(nodes.kind)
    position, token, _ = places(stored)
    texts: List[Optional[str]] = [None if value < 0 else text(value) for value in token.tolist()]
    probability = np.zeros(count)
    for node in np.flatnonzero(nodes.kind == LOGIT).tolist():
        target = stored.targets[int(nodes.number[node])]
        texts[node] = target.text
        probability[node] = target.probability
    return Table(
        schemas.NODES,
        {
            "prompt": repeated(stored.hash, count),
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


def edge_table(stored: StoredGraph) -> Table:
    """The edges of a stored graph."""
    nodes, edges = stored.nodes, stored.edges
    position, _, index = places(stored)
    columns: Dict[str, Any] = {
        "prompt": repeated(stored.hash, len(edges.weight)),
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
