"""Circuits and motifs."""

from __future__ import annotations

from typing import Dict, List, TypedDict

from .nodes import FeatureID, Node
from .prompts import PromptReportGraphScores, PromptReportTag


class CircuitEdge(TypedDict, total=False):
    mean: float
    samePositionShare: float
    share: float
    signConsistency: float
    source: int
    spread: float
    support: int
    target: int


class CircuitNode(TypedDict, total=False):
    errorShare: float
    influence: float
    label: str
    labelIsAutomatic: bool
    meanActivation: float
    node: Node
    outsideShare: float
    promptShare: float


class CircuitOptions(TypedDict, total=False):
    edgeThreshold: float
    nodeThreshold: float
    promptLimit: int
    ranking: str
    size: float
    storedEdgeLimit: int


class CircuitScores(TypedDict, total=False):
    completeness: float
    errors: float
    outside: float
    replacement: float
    tokens: float
    withoutInputs: float


class GroupCondition(TypedDict, total=False):
    conditions: List[PromptReportTag]


class CircuitSeed(TypedDict, total=False):
    feature: Dict[str, FeatureID]
    prompt: Dict[str, int]
    group: Dict[str, GroupCondition]
    token: Dict[str, int]


class Circuit(TypedDict, total=False):
    """The global circuit that leads to a seed."""

    edges: List[CircuitEdge]
    groupSize: int
    joinedCount: int
    keptInfluence: float
    nodes: List[CircuitNode]
    options: CircuitOptions
    promptCount: int
    scores: CircuitScores
    seed: CircuitSeed
    seedName: str
    seedProbability: float
    weighting: str


class CircuitStabilityEdge(TypedDict, total=False):
    kept: float
    source: Node
    target: Node
    weight: float


class CircuitStabilityGrid(TypedDict, total=False):
    edgeThresholds: List[float]
    nodeThresholds: List[float]


class CircuitStabilityNode(TypedDict, total=False):
    influence: float
    kept: float
    label: str
    node: Node


class CircuitStability(TypedDict, total=False):
    """How many pruning settings keep each of a circuit's nodes and edges."""

    edges: List[CircuitStabilityEdge]
    grid: CircuitStabilityGrid
    name: str
    nodes: List[CircuitStabilityNode]


class PromptStabilityEdge(TypedDict, total=False):
    kept: float
    source: Node
    sourcePosition: int
    target: Node
    targetPosition: int
    weight: float


class PromptStabilityNode(TypedDict, total=False):
    influence: float
    kept: float
    label: str
    node: Node
    position: int


class PromptStability(TypedDict, total=False):
    """How many pruning settings keep each of a graph's nodes and edges."""

    edges: List[PromptStabilityEdge]
    grid: CircuitStabilityGrid
    name: str
    nodes: List[PromptStabilityNode]
    prompt: int


class SuggestedSupernodesAlone(TypedDict, total=False):
    feature: FeatureID
    influence: float
    label: str


class SuggestedSupernodesGroup(TypedDict, total=False):
    correlation: float
    edgeCosine: float
    influence: float
    members: List[SuggestedSupernodesAlone]
    name: str
    similarity: float


class SuggestedSupernodes(TypedDict, total=False):
    """Features of a circuit that may be treated as one, and what that loses."""

    after: PromptReportGraphScores
    alone: List[SuggestedSupernodesAlone]
    before: PromptReportGraphScores
    groups: List[SuggestedSupernodesGroup]
    promptCount: int
    seed: CircuitSeed
    seedName: str
    threshold: float


class MotifCensusDegrees(TypedDict, total=False):
    deviation: float
    expected: float
    pValueFewer: float
    pValueMore: float
    zScore: float


class MotifCensus(TypedDict, total=False):
    count: float
    degrees: MotifCensusDegrees
    places: MotifCensusDegrees
    shape: str


class MotifsFound(TypedDict, total=False):
    chain: int
    edge: int
    fanIn: int
    fanOut: int
    triangle: int


class MotifsMotifDegrees(TypedDict, total=False):
    deviation: float
    expected: float
    pValue: float
    qValue: float
    zScore: float


class MotifsMotif(TypedDict, total=False):
    degrees: MotifsMotifDegrees
    features: List[FeatureID]
    kind: str
    labels: List[str]
    places: MotifsMotifDegrees
    signs: List[int]
    support: int
    together: int


class MotifsOptions(TypedDict, total=False):
    edgeThreshold: float
    falseDiscoveryRate: float
    graphLimit: int
    limit: int
    minimumSupport: int
    nodeThreshold: float
    rewirings: int
    seed: int
    signed: bool
    testedLimit: int


class Motifs(TypedDict, total=False):
    """Labelled subgraphs that recur over prompts."""

    census: List[MotifCensus]
    filter: str
    found: MotifsFound
    limitations: List[str]
    meanEdges: float
    meanNodes: float
    motifs: List[MotifsMotif]
    options: MotifsOptions
    promptCount: int
    readGraphs: int
    significantCount: int
    significantInBoth: int
    testedCount: int
