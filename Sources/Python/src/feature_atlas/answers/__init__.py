"""The answers to an atlas's questions, as the program and a server give them in JSON.

Every answer is a dictionary with the fields of its type; one that does not apply is absent. A feature is
``{"layer": 2, "index": 157}``. What the numbers mean is told by ``atlas query QUESTION --help`` and on the pages.
"""

from .causality import Exchange, Intervention, Run, Steering, SteeringTest, Validation
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
from .groups import Contrast, Diff, Failures, Families, Invariant, Similar
from .heads import Attention, FeatureHeads, HeadPairs, HeadReport, Heads, HeadValidation
from .information import ImportSummary, Information
from .nodes import FeatureID, Node
from .prompts import PromptReport, SearchResult

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
    "ImportSummary",
    "Information",
    "Inhibitors",
    "Intervention",
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
