"""What features do: drivers, neighbours, reports, operands."""

from __future__ import annotations

from typing import Any, List, TypedDict

from .nodes import FeatureID, Node


class DriversCover(TypedDict, total=False):
    covered: int
    feature: FeatureID
    label: str
    newlyCovered: int


class DriversFeature(TypedDict, total=False):
    measuredEffect: float
    coverage: float
    directEffect: float
    directSpread: float
    directSupport: int
    effect: float
    effectConsistency: float
    effectSpread: float
    effectSupport: int
    influence: float
    label: str
    labelIsAutomatic: bool
    measuredSupport: int
    node: Node
    signConsistency: float
    specificity: float
    support: int


class DriversLoweredBy(TypedDict, total=False):
    feature: FeatureID
    label: str
    value: float


class DriversOther(TypedDict, total=False):
    measuredEffect: float
    coverage: float
    directEffect: float
    directSpread: float
    directSupport: int
    effect: float
    effectConsistency: float
    effectSpread: float
    effectSupport: int
    influence: float
    labelIsAutomatic: bool
    measuredSupport: int
    node: Node
    signConsistency: float
    specificity: float
    support: int


class Drivers(TypedDict, total=False):
    """What drives a token's logit, across prompts."""

    answerPromptCount: int
    cover: List[DriversCover]
    effectPromptCount: int
    features: List[DriversFeature]
    loweredBy: List[DriversLoweredBy]
    meanProbability: float
    promptCount: int
    raisedBy: List[DriversLoweredBy]
    rankedBy: str
    text: str
    token: int
    tokensAndErrors: List[DriversOther]


class Neighbour(TypedDict, total=False):
    """What drives a feature, or what it drives, by stored edges."""

    label: str
    mean: float
    meanShare: float
    node: Node
    samePositionShare: float
    signConsistency: float
    spread: float
    support: int


class WeightNeighboursNeighbourWeights(TypedDict, total=False):
    coactiveTokens: int
    era: float
    flag: str
    twera: float
    virtualWeight: float


class WeightNeighboursNeighbour(TypedDict, total=False):
    label: str
    mean: float
    meanShare: float
    node: Node
    samePositionShare: float
    signConsistency: float
    spread: float
    support: int
    weights: WeightNeighboursNeighbourWeights


class WeightNeighboursScale(TypedDict, total=False):
    largeTargetWeighted: float
    largeWeight: float
    pairCount: int
    tinyWeight: float


class WeightNeighbours(TypedDict, total=False):
    """What drives a feature, or what it drives, by weights and co-activations."""

    activeTokens: int
    countedTokens: int
    direction: str
    feature: FeatureID
    graphCount: int
    neighbours: List[WeightNeighboursNeighbour]
    promptCount: int
    ranking: str
    scale: WeightNeighboursScale


class FeatureReportExcitedBy(TypedDict, total=False):
    text: str
    token: int
    value: float


class FeatureReportIntervalExample(TypedDict, total=False):
    activation: float
    activations: List[float]
    answer: str
    firstPosition: int
    position: int
    promptID: int
    tokenCount: int
    tokens: List[str]


class FeatureReportInterval(TypedDict, total=False):
    examples: List[FeatureReportIntervalExample]
    lower: float
    promptCount: int
    upper: float


class FeatureNeighbour(TypedDict, total=False):
    label: str
    mean: float
    meanShare: float
    node: Node
    samePositionShare: float
    signConsistency: float
    spread: float
    support: int


class FeatureReport(TypedDict, total=False):
    """What excites a feature, what it writes, and its neighbours."""

    activePrompts: int
    activeTokens: int
    countedPrompts: int
    countedTokens: int
    downstream: List[FeatureNeighbour]
    excitedBy: List[FeatureReportExcitedBy]
    feature: FeatureID
    histogram: List[int]
    intervals: List[FeatureReportInterval]
    label: str
    labelIsAutomatic: bool
    maximum: float
    mean: float
    promoted: List[FeatureReportExcitedBy]
    suppressed: List[FeatureReportExcitedBy]
    topExamples: List[FeatureReportIntervalExample]
    upstream: List[FeatureNeighbour]


class CorrelatedCorrelated(TypedDict, total=False):
    activeTokens: int
    coactiveTokens: int
    feature: FeatureID
    jaccard: float
    label: str
    pearson: float


class Correlated(TypedDict, total=False):
    """Which features fire where a feature fires."""

    activeTokens: int
    correlated: List[CorrelatedCorrelated]
    countedTokens: int
    feature: FeatureID
    partnerCount: int
    promptCount: int
    ranking: str


class EdgeReportExampleLink(TypedDict, total=False):
    sourcePosition: int
    sourceText: str
    targetPosition: int
    targetText: str
    weight: float


class EdgeReportExample(TypedDict, total=False):
    links: List[EdgeReportExampleLink]
    promptID: int
    text: str
    weight: float


class EdgeReportTargetWeights(TypedDict, total=False):
    coactiveTokens: int
    era: float
    twera: float
    virtualWeight: float


class EdgeReportTarget(TypedDict, total=False):
    label: str
    mean: float
    meanShare: float
    node: Node
    samePositionShare: float
    signConsistency: float
    spread: float
    support: int
    weights: EdgeReportTargetWeights


class EdgeReport(TypedDict, total=False):
    """What one node does to another, across prompts."""

    examinedGraphs: int
    examples: List[EdgeReportExample]
    examplesAreStrongest: bool
    graphCount: int
    scale: WeightNeighboursScale
    source: Node
    sourceLabel: str
    target: EdgeReportTarget


class InhibitorsSource(TypedDict, total=False):
    feature: FeatureID
    label: str
    twera: float


class Inhibitors(TypedDict, total=False):
    """What may keep a feature silent where it is expected to fire."""

    activeTokens: int
    countedTokens: int
    expectedTokens: int
    feature: FeatureID
    inhibitors: List[Any]
    silentTokens: int
    sources: List[InhibitorsSource]


class RankedOperandsCounts(TypedDict, total=False):
    bar: int
    constant: int
    diagonal: int
    lookup: int
    none: int
    stripe: int


class RankedOperandsFeatureShapeFit(TypedDict, total=False):
    explained: float
    groupCount: int
    kind: str
    name: str


class RankedOperandsFeatureShapePeak(TypedDict, total=False):
    mean: float
    name: str


class RankedOperandsFeatureShape(TypedDict, total=False):
    activeShare: float
    cellCount: int
    deviation: float
    explained: float
    fit: str
    fits: List[RankedOperandsFeatureShapeFit]
    kind: str
    maximum: float
    mean: float
    peaks: List[RankedOperandsFeatureShapePeak]
    sumDefect: float


class RankedOperandsFeature(TypedDict, total=False):
    feature: FeatureID
    label: str
    labelIsAutomatic: bool
    shape: RankedOperandsFeatureShape


class RankedOperands(TypedDict, total=False):
    """Features that depend on the two operands of a template."""

    cellCount: int
    columnTag: str
    counts: RankedOperandsCounts
    featureCount: int
    features: List[RankedOperandsFeature]
    filter: str
    minimumShare: float
    position: str
    rareCount: int
    rowTag: str


class OperandsShapeFit(TypedDict, total=False):
    explained: float
    groupCount: int
    kind: str
    name: str


class OperandsShape(TypedDict, total=False):
    activeShare: float
    cellCount: int
    deviation: float
    fits: List[OperandsShapeFit]
    kind: str
    maximum: float
    mean: float
    peaks: List[Any]


class Operands(TypedDict, total=False):
    """A feature's activation over the two operands of a template."""

    columnTag: str
    columns: List[int]
    feature: FeatureID
    filter: str
    label: str
    labelIsAutomatic: bool
    position: str
    rowTag: str
    rows: List[int]
    shape: OperandsShape
    values: List[List[Any]]
