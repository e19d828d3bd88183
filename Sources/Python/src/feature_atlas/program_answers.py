"""Answers that the interface's description does not tell: those of the program alone, and one that it gives otherwise.

Written by hand; all other answers are in :mod:`feature_atlas.answers`. What import does is told by the program only.
``intervene`` tells more in a server, which has an atlas beside the model, than in the program: here is what both tell.
"""

from __future__ import annotations

from typing import List, TypedDict

from .answers import FeatureID, InterventionAnswerCandidate


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


class InterventionChange(TypedDict):
    """The activation of a feature at a position, as it was and as it became."""

    after: float
    before: float
    feature: FeatureID
    position: int


class Intervention(TypedDict):
    """``intervene()``: the likeliest next tokens after and before, and the features that changed most."""

    changed: List[InterventionChange]
    nextTokens: List[InterventionAnswerCandidate]
    settings: List[str]
    tokens: List[str]
