"""Features and nodes, as all answers name them."""

from __future__ import annotations

from typing import TypedDict


class FeatureID(TypedDict, total=False):
    """A feature."""

    index: int
    layer: int


class Node(TypedDict, total=False):
    """A feature, error, token or logit, without its position."""

    feature: FeatureID
    kind: str
    layer: int
    text: str
    token: int
