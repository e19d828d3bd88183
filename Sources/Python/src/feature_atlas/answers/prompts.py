"""Prompts, one by one."""

from __future__ import annotations

from typing import Any, List, TypedDict

from .nodes import FeatureID


class MeasuredEffect(TypedDict, total=False):
    answer: float
    divergence: float
    gap: float


class PromptReportFeatureEffects(TypedDict, total=False):
    gradientOnAnswer: float
    gradientOnGap: float
    measured: MeasuredEffect
    totalOnAnswer: float
    totalOnGap: float


class PromptReportFeature(TypedDict, total=False):
    activation: float
    effects: PromptReportFeatureEffects
    feature: FeatureID
    influence: float
    label: str
    labelIsAutomatic: bool
    position: int
    text: str


class PromptReportGraphGapAnswer(TypedDict, total=False):
    text: str
    token: int


class PromptReportGraphGap(TypedDict, total=False):
    answer: PromptReportGraphGapAnswer
    answerLogit: float
    gap: float
    rival: PromptReportGraphGapAnswer


class PromptReportGraphScores(TypedDict, total=False):
    completeness: float
    replacement: float


class PromptReportGraphTarget(TypedDict, total=False):
    kind: str
    position: int
    probability: float
    text: str
    token: int


class PromptReportGraph(TypedDict, total=False):
    activeFeatureCount: int
    edgeCount: int
    gap: PromptReportGraphGap
    largestViolation: float
    nodeCount: int
    scores: PromptReportGraphScores
    selectedFeatureCount: int
    targets: List[PromptReportGraphTarget]


class PromptReportTag(TypedDict, total=False):
    name: str
    value: str


class PromptReport(TypedDict, total=False):
    """One prompt: what the model said and which features mattered."""

    activationCount: int
    answer: str
    answerProbability: float
    answerToken: int
    corpora: List[str]
    countedTokens: int
    externalIDs: List[str]
    features: List[PromptReportFeature]
    graph: PromptReportGraph
    id: int
    isRight: bool
    predicted: PromptReportGraphGapAnswer
    predictedProbability: float
    tags: List[PromptReportTag]
    text: str
    tokens: List[PromptReportGraphGapAnswer]


class SearchResultPromptSnippet(TypedDict, total=False):
    isMatch: bool
    text: str


class SearchResultPrompt(TypedDict, total=False):
    id: int
    snippet: List[SearchResultPromptSnippet]


class SearchResult(TypedDict, total=False):
    """Prompts, labels and supernodes that contain some words."""

    labels: List[Any]
    prompts: List[SearchResultPrompt]
    query: str
    supernodes: List[Any]
