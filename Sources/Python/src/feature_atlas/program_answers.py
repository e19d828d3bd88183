"""What import does, which only the program tells.

Written by hand; all other answers are in :mod:`feature_atlas.answers`.
"""

from __future__ import annotations

from typing import List, TypedDict


class ImportRefusal(TypedDict):
    """A file that was left out, and why in one line."""

    file: str
    reason: str


class ImportSummary(TypedDict):
    """``import_graphs()``, ``import_raw()``: what was added, and the files that were left out."""

    addedGraphs: int
    addedLabels: int
    addedPrompts: int
    addedSupernodes: int
    ambiguousLinks: int
    featuresWithoutActivation: int
    files: int
    knownGraphs: int
    otherLabels: int
    refused: List[ImportRefusal]
