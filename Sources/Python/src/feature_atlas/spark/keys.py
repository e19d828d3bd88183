"""Features and prompts as keys, and as conditions of SQL."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Sequence, Set, Tuple

from ..errors import AtlasError

#: A feature's layer and index, or a prompt's shard and ordinal.
Key = Tuple[int, int]


def node_key(feature: Key) -> int:
    """A feature's node key."""
    return feature[0] << 24 | feature[1]


def feature_of(key: int) -> Key:
    """The feature that a node key names."""
    return key >> 24 & 0xFFFF, key & 0xFFFFFF


def listed(values: Iterable[int]) -> str:
    """Numbers between commas."""
    return ", ".join(str(value) for value in values)


def feature_named(name: Any) -> Key:
    """The feature ``layer/index``."""
    layer, _, index = str(name).partition("/")
    if len(layer) > 5 or len(index) > 8:
        raise AtlasError(f"there is no feature {name}")
    return int(layer), int(index)


def about_features(features: Iterable[Key]) -> str:
    """The condition that a row is about one of some features."""
    layers: Dict[int, List[int]] = {}
    for layer, index in sorted(features):
        layers.setdefault(layer, []).append(index)
    parts = [f"layer = {layer} AND feature_index IN ({listed(own)})" for layer, own in layers.items()]
    return "(" + " OR ".join(parts) + ")"


def among_prompts(name: str, keys: Sequence[Key]) -> str:
    """The condition that a row is about one of some prompts."""
    shards: Dict[int, List[int]] = {}
    for shard, ordinal in keys:
        shards.setdefault(shard, []).append(ordinal)
    parts = [f"{name}.shard = {shard} AND {name}.ordinal IN ({listed(own)})" for shard, own in shards.items()]
    return "(" + " OR ".join(parts) + ")"


def told_features(answer: Any) -> Set[Key]:
    """The features that an answer tells of."""
    if isinstance(answer, list):
        return set().union(*map(told_features, answer)) if answer else set()
    if not isinstance(answer, dict):
        return set()
    found: Set[Key] = set()
    if isinstance(answer.get("layer"), int) and isinstance(answer.get("index"), int):
        found.add((answer["layer"], answer["index"]))
    for value in answer.values():
        found |= told_features(value)
    return found
