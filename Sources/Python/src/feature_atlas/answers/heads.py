"""Attention heads."""

from __future__ import annotations

from typing import List, TypedDict

from .nodes import FeatureID, Node


class HeadsHead(TypedDict, total=False):
    distance: float
    edgeCount: int
    entropy: float
    first: float
    head: int
    layer: int
    previous: float
    same: float
    share: float


class Heads(TypedDict, total=False):
    """Where heads look, and what goes through them."""

    graphCount: int
    headCount: int
    heads: List[HeadsHead]
    lackingCount: int
    layerCount: int


class FeatureHeadsHead(TypedDict, total=False):
    edgeCount: int
    head: int
    layer: int
    loading: float
    promptCount: int
    share: float


class FeatureHeads(TypedDict, total=False):
    """The heads that carry a feature."""

    edgeCount: int
    feature: FeatureID
    graphCount: int
    heads: List[FeatureHeadsHead]
    label: str
    ownPositionShare: float


class HeadReportCarried(TypedDict, total=False):
    edgeCount: int
    feature: FeatureID
    label: str
    promptCount: int
    share: float
    shareOfFeature: float


class PlacedNode(TypedDict, total=False):
    feature: FeatureID
    kind: str
    label: str
    layer: int
    position: int
    text: str


class HeadReportExample(TypedDict, total=False):
    loading: float
    prompt: int
    source: PlacedNode
    target: PlacedNode
    text: str
    weight: float


class HeadReport(TypedDict, total=False):
    """What one head carries, and to what."""

    carried: List[HeadReportCarried]
    examples: List[HeadReportExample]
    graphCount: int
    head: HeadsHead
    served: List[HeadReportCarried]


class HeadPairsPairExample(TypedDict, total=False):
    contribution: float
    key: int
    prompt: int
    query: int
    text: str
    weight: float


class HeadPairsPairKey(TypedDict, total=False):
    label: str
    node: Node


class HeadPairsPair(TypedDict, total=False):
    count: float
    examples: List[HeadPairsPairExample]
    key: HeadPairsPairKey
    mean: float
    query: HeadPairsPairKey
    spread: float


class HeadPairs(TypedDict, total=False):
    """The pairs of sources that make a head look."""

    head: int
    layer: int
    pairs: List[HeadPairsPair]
    pairsAScore: int
    scoreCount: int


class AttentionGroup(TypedDict, total=False):
    contribution: float
    key: str
    query: str


class AttentionKey(TypedDict, total=False):
    position: int
    token: str


class AttentionKeySource(TypedDict, total=False):
    contribution: float
    node: PlacedNode


class AttentionPair(TypedDict, total=False):
    contribution: float
    key: PlacedNode
    query: PlacedNode


class Attention(TypedDict, total=False):
    """Why a head looks from one position to another."""

    groups: List[AttentionGroup]
    head: int
    isAgainstMean: bool
    key: AttentionKey
    keySources: List[AttentionKeySource]
    largestViolation: float
    layer: int
    pairCount: int
    pairs: List[AttentionPair]
    query: AttentionKey
    querySources: List[AttentionKeySource]
    score: float
    weight: float


class HeadName(TypedDict, total=False):
    head: int
    layer: int


class HeadValidationAnswer(TypedDict, total=False):
    gap: float
    probability: float
    text: str
    token: int


class KnockOut(TypedDict, total=False):
    feature: FeatureID
    label: str
    position: int
    weight: float


class HeadLook(TypedDict, total=False):
    head: HeadName
    key: int
    knockOut: KnockOut
    query: int
    randomKnockOut: KnockOut
    removed: float
    removedAtRandom: float
    score: float
    text: str
    weight: float
    weightWithoutPairs: float
    weightWithoutRandomPairs: float


class HeadTrial(TypedDict, total=False):
    answer: str
    before: HeadValidationAnswer
    looks: List[HeadLook]
    otherHeads: HeadValidationAnswer
    promptID: int
    text: str
    withoutPairs: HeadValidationAnswer
    withoutRandomPairs: HeadValidationAnswer


class HeadValidation(TypedDict, total=False):
    """Whether heads look where they look because of what their scores say, and whether answers need it."""

    heads: List[HeadName]
    leastWeight: float
    pairs: int
    promptCount: int
    promptsWithoutLooks: int
    tokensBeforeEnd: int
    trials: List[HeadTrial]
    wrongPrompts: int
