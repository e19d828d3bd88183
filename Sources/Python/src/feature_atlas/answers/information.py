"""What an atlas holds, and what importing added."""

from __future__ import annotations

from typing import List, TypedDict


class InformationCorpus(TypedDict, total=False):
    name: str
    promptCount: int


class InformationRun(TypedDict, total=False):
    corpus: str
    finishedAt: str
    id: int
    options: str
    programVersion: str
    startedAt: str


class Information(TypedDict, total=False):
    """What an atlas is about, and how much it holds."""

    activationCount: int
    aggregatedEdgeCount: int
    answeredCount: int
    basis: str
    bytesPerActivation: float
    bytesPerEdge: float
    corpora: List[InformationCorpus]
    countedTokens: int
    derivedAt: str
    edgeCount: int
    effectCount: int
    explainedTokenCount: int
    featuresPerLayer: int
    fileSize: int
    firedFeatureCount: int
    graphCount: int
    headBytesPerEdge: float
    headedGraphCount: int
    isImported: bool
    isStale: bool
    comparedRows: int
    largestRounding: float
    labelCount: int
    largestViolation: float
    layerCount: int
    meanCompletenessScore: float
    meanReplacementScore: float
    measuredCount: int
    modelFingerprint: str
    modelName: str
    modelWidth: int
    nodeCount: int
    promptCount: int
    runs: List[InformationRun]
    shareRight: float
    tokenCount: int
    transcoderFingerprint: str
    transcoderKind: str
    transcoderName: str
    vocabularySize: int


class ImportRefusal(TypedDict, total=False):
    file: str
    reason: str


class ImportSummary(TypedDict, total=False):
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
