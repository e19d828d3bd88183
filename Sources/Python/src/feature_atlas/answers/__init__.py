"""The answers to an atlas's questions, as the program and a server give them in JSON.

Every answer is a dictionary with the fields of its type; one that does not apply is absent. A feature is
``{"layer": 2, "index": 157}``. What the numbers mean is told by ``atlas query QUESTION --help`` and on the pages.
"""

from .causality import Exchange, Run, Steering, SteeringTest, Validation
from .circuits import Circuit, CircuitStability, Motifs, PromptStability, SuggestedSupernodes
from .features import (
    Correlated,
    Drivers,
    EdgeReport,
    FeatureReport,
    Inhibitors,
    Neighbour,
    Operands,
    RankedOperands,
    WeightNeighbours,
)
from .heads import Attention, FeatureHeads, HeadPairs, HeadReport, Heads, HeadValidation
from .nodes import FeatureID, Node
from .prompts import Contrast, Diff, Failures, Families, Information, Invariant, PromptReport, SearchResult, Similar

__all__ = [
    "Attention",
    "Circuit",
    "CircuitStability",
    "Contrast",
    "Correlated",
    "Diff",
    "Drivers",
    "EdgeReport",
    "Exchange",
    "Failures",
    "Families",
    "FeatureHeads",
    "FeatureID",
    "FeatureReport",
    "HeadPairs",
    "HeadReport",
    "HeadValidation",
    "Heads",
    "Information",
    "Inhibitors",
    "Invariant",
    "Motifs",
    "Neighbour",
    "Node",
    "Operands",
    "PromptReport",
    "PromptStability",
    "RankedOperands",
    "Run",
    "SearchResult",
    "Similar",
    "Steering",
    "SteeringTest",
    "SuggestedSupernodes",
    "Validation",
    "WeightNeighbours",
]
