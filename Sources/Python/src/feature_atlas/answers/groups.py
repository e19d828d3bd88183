"""Groups of prompts, and prompts beside each other."""

from __future__ import annotations

from typing import Any, List, TypedDict

from .nodes import FeatureID, Node


class DiffCore(TypedDict, total=False):
    feature: FeatureID
    firstShare: float
    label: str
    labelIsAutomatic: bool
    secondShare: float


class DiffEdge(TypedDict, total=False):
    difference: float
    firstMean: float
    firstShare: float
    pValue: float
    qValue: float
    secondMean: float
    secondShare: float
    source: Node
    target: Node
    targetLabel: str


class DiffFeature(TypedDict, total=False):
    difference: float
    feature: FeatureID
    firstGraphShare: float
    firstInfluence: float
    firstMaximum: float
    firstShare: float
    label: str
    labelIsAutomatic: bool
    pValue: float
    qValue: float
    secondGraphShare: float
    secondInfluence: float
    secondMaximum: float
    secondShare: float


class DiffFirst(TypedDict, total=False):
    filter: str
    graphCount: int
    promptCount: int
    readPrompts: int


class DiffOptions(TypedDict, total=False):
    coreShare: float
    falseDiscoveryRate: float
    limit: int
    minimumSupport: int
    promptLimit: int


class Diff(TypedDict, total=False):
    """What sets two groups of prompts apart, and what they share."""

    core: List[DiffCore]
    coreEdgeCount: int
    coreEdges: List[Any]
    coreFeatureCount: int
    edges: List[DiffEdge]
    features: List[DiffFeature]
    first: DiffFirst
    limitations: List[str]
    options: DiffOptions
    second: DiffFirst
    significantEdgeStrengths: int
    significantEdges: int
    significantFeatureStrengths: int
    significantFeatures: int
    strengthTestedEdges: int
    strengthTestedFeatures: int
    testedEdges: int
    testedFeatures: int


class ContrastFeatureExample(TypedDict, total=False):
    first: float
    second: int


class ContrastFeature(TypedDict, total=False):
    both: int
    examples: List[ContrastFeatureExample]
    feature: FeatureID
    label: str
    labelIsAutomatic: bool
    neither: int
    onlyFirst: int
    onlySecond: int
    pValue: float
    qValue: float


class Contrast(TypedDict, total=False):
    """Features active in exactly one prompt of each pair."""

    ambiguousValues: int
    features: List[ContrastFeature]
    first: str
    pairCount: int
    pairedBy: str
    second: str
    significantFeatures: int
    testedFeatures: int
    unpairedPrompts: int


class InvariantFeature(TypedDict, total=False):
    feature: FeatureID
    insideCount: int
    insideShare: float
    label: str
    labelIsAutomatic: bool
    lift: float
    meanMaximum: float
    outsideCount: int
    outsideShare: float


class InvariantFeature2(TypedDict, total=False):
    feature: FeatureID
    insideCount: int
    insideShare: float
    label: str
    labelIsAutomatic: bool
    meanMaximum: float
    outsideCount: int
    outsideShare: float


class Invariant(TypedDict, total=False):
    """Features that the prompts of a group have in common, and those that none has."""

    absent: List[InvariantFeature]
    absentCount: int
    features: List[InvariantFeature2]
    filter: str
    invariantCount: int
    outsideCount: int
    promptCount: int
    share: float


class SimilarPromptShared(TypedDict, total=False):
    feature: FeatureID
    label: str
    part: float


class SimilarPrompt(TypedDict, total=False):
    prompt: int
    shared: List[SimilarPromptShared]
    sharedCount: int
    similarity: float
    text: str


class Similar(TypedDict, total=False):
    """Prompts that the model treats like one prompt."""

    candidateCount: int
    isExact: bool
    measure: str
    prompt: int
    prompts: List[SimilarPrompt]
    text: str


class FamiliesFamilyShared(TypedDict, total=False):
    feature: FeatureID
    label: str
    weight: float


class FamiliesFamilyTag(TypedDict, total=False):
    name: str
    overallShare: float
    share: float
    value: str


class FamiliesFamily(TypedDict, total=False):
    examples: List[int]
    leader: int
    meanSimilarity: float
    shared: List[FamiliesFamilyShared]
    size: float
    tags: List[FamiliesFamilyTag]
    text: str


class Families(TypedDict, total=False):
    """Groups of prompts that the model treats alike."""

    families: List[FamiliesFamily]
    familyCount: int
    filter: str
    measure: str
    promptCount: int
    readPrompts: int
    singleCount: int
    threshold: float


class FailuresPrompt(TypedDict, total=False):
    answer: str
    completeness: float
    errorInfluence: float
    isRight: bool
    predicted: str
    probability: float
    prompt: int
    text: str
    violation: float


class FailuresTag(TypedDict, total=False):
    graphCount: int
    meanCompleteness: float
    meanReplacement: float
    name: str
    promptCount: int
    rightShare: float
    value: str


class Failures(TypedDict, total=False):
    """Which answers to distrust."""

    answeredCount: int
    byErrorInfluence: List[FailuresPrompt]
    byViolation: List[FailuresPrompt]
    filter: str
    graphCount: int
    meanErrorInfluence: float
    promptCount: int
    tags: List[FailuresTag]
    wrongAnswers: List[Any]
    wrongCount: int
