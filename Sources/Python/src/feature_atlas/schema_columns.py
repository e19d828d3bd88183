"""Columns that several tables of an atlas have."""

from __future__ import annotations

from typing import Tuple

from .table import Column

PROMPT = Column("prompt", "category", "SHA-256 of the text's UTF-8, 64 hexadecimal digits")
LAYER = Column("layer", "int32", "the feature's layer, from 0")
INDEX = Column("feature_index", "int32", "the feature's row in that layer's encoder")


def end_of(name: str, what: str) -> Tuple[Column, ...]:
    """The columns that name an end of an edge of one prompt."""
    return (
        Column(f"{name}_kind", "category", f"{what}: feature, error, token or logit"),
        Column(f"{name}_layer", "int32", "layer of a feature or error", True),
        Column(f"{name}_position", "int32", "position of a feature, error, token or of what a logit follows"),
        Column(f"{name}_index", "int64", "a feature's index, a token's or logit's token id", True),
    )


def aggregate_end(name: str, what: str) -> Tuple[Column, ...]:
    """The columns that name an end of an edge over all prompts."""
    return (
        Column(name, "int64", f"node key of {what}"),
        Column(f"{name}_kind", "category", "feature, error, token or logit"),
        Column(f"{name}_layer", "int32", "layer of a feature or error", True),
        Column(f"{name}_index", "int32", "a feature's index", True),
        Column(f"{name}_token", "int64", "a token's or logit's token id", True),
        Column(f"{name}_text", "text", "that token's text", True),
        Column(f"{name}_label", "text", "a feature's label", True),
        Column(f"{name}_label_is_automatic", "bool", "no person gave that label"),
    )
