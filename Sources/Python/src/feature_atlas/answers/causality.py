"""What the model was run for."""

from __future__ import annotations

from typing import Any, Dict, List, TypedDict

from .circuits import GroupCondition
from .nodes import FeatureID
from .prompts import (
    PromptReportFeatureEffects,
    PromptReportGraphGap,
    PromptReportGraphGapAnswer,
    PromptReportGraphScores,
    PromptReportGraphTarget,
)


class RunGraphEdge(TypedDict, total=False):
    share: float
    source: int
    target: int
    weight: float


class RunGraphNode(TypedDict, total=False):
    activation: float
    cumulativeInfluence: float
    effects: PromptReportFeatureEffects
    feature: FeatureID
    id: str
    influence: float
    inputSum: float
    kind: str
    label: str
    labelIsAutomatic: bool
    layer: int
    position: int
    probability: float
    text: str
    token: int


class RunGraphOmitted(TypedDict, total=False):
    edges: int
    nodes: int


class RunGraph(TypedDict, total=False):
    edgeThreshold: float
    edges: List[RunGraphEdge]
    gap: PromptReportGraphGap
    layerCount: int
    nodeThreshold: float
    nodes: List[RunGraphNode]
    omitted: RunGraphOmitted
    scores: PromptReportGraphScores
    storedEdgeCount: int
    storedNodeCount: int
    targets: List[PromptReportGraphTarget]
    text: str
    tokens: List[PromptReportGraphGapAnswer]


class RunNextToken(TypedDict, total=False):
    probability: float
    text: str
    token: int


class Run(TypedDict, total=False):
    """A new text: what the model says, and which features matter."""

    activeFeatureCount: int
    graph: RunGraph
    nextTokens: List[RunNextToken]
    text: str


class SteeredToken(TypedDict, total=False):
    decoder: float
    mean: float
    spread: float
    text: str
    token: int


class SteeringOptionsGroup(TypedDict, total=False):
    conditions: List[Any]


class SteeringOptions(TypedDict, total=False):
    downstream: int
    factor: float
    features: int
    group: SteeringOptionsGroup
    prompts: int
    readout: str
    resamples: int
    risers: int
    seed: int


class Steering(TypedDict, total=False):
    """What rises and falls when a feature is made stronger."""

    fallingFeatures: List[Any]
    fallingTokens: List[SteeredToken]
    feature: FeatureID
    label: str
    options: SteeringOptions
    positionCount: int
    promptCount: int
    risingFeatures: List[Any]
    risingTokens: List[SteeredToken]


class SteeringPrediction(TypedDict, total=False):
    area: float
    correlation: float
    shared: float


class SteeringTestFeature(TypedDict, total=False):
    feature: FeatureID
    features: Dict[str, SteeringPrediction]
    heldOutPrompts: int
    largestRise: float
    learntPrompts: int
    tokens: Dict[str, SteeringPrediction]


class Interval(TypedDict, total=False):
    high: float
    low: float


class SteeringTestResultPredictorsValue(TypedDict, total=False):
    area: float
    correlation: float
    count: float
    interval: Interval
    shared: float


class SteeringTestResult(TypedDict, total=False):
    count: float
    name: str
    predictors: Dict[str, SteeringTestResultPredictorsValue]
    subject: str


class SteeringTest(TypedDict, total=False):
    """Whether the atlas foretells what rises when features are steered."""

    candidateCount: int
    features: List[SteeringTestFeature]
    options: SteeringOptions
    results: List[SteeringTestResult]
    silentCount: int
    steeredCount: int


class ValidationAlternativePredictorsValue(TypedDict, total=False):
    correlation: float
    count: float
    signAgreement: float
    sizes: float
    withinPromptCount: int


class ValidationAlternative(TypedDict, total=False):
    count: float
    meanChange: float
    mode: str
    name: str
    predictors: Dict[str, ValidationAlternativePredictorsValue]
    promptCount: int
    readout: str


class ValidationCircuit(TypedDict, total=False):
    featureCount: int
    fittedPrompts: int
    heldOutPrompts: int
    text: str
    token: int
    trialCount: int


class ValidationMatched(TypedDict, total=False):
    count: float
    largerShare: float
    meanEffect: float
    meanMatchedEffect: float


class ValidationOptionsCircuit(TypedDict, total=False):
    edgeThreshold: float
    group: GroupCondition
    nodeThreshold: float
    promptLimit: int
    ranking: str
    size: float
    storedEdgeLimit: int


class ValidationOptions(TypedDict, total=False):
    ablation: float
    circuit: ValidationOptionsCircuit
    groupTag: str
    interventions: int
    measuredPrompts: int
    modes: List[str]
    readouts: List[str]
    resamples: int
    seed: int
    wholePrompts: bool


class ValidationResultPredictorsValue(TypedDict, total=False):
    correlation: float
    count: float
    interval: Interval
    signAgreement: float
    sizes: float
    withinPromptCount: int


class ValidationResult(TypedDict, total=False):
    count: float
    meanChange: float
    mode: str
    name: str
    predictors: Dict[str, ValidationResultPredictorsValue]
    promptCount: int
    readout: str


class ValidationTrialMeasured(TypedDict, total=False):
    divergence: float
    gap: float
    logProbability: float
    logit: float


class ValidationTrial(TypedDict, total=False):
    contribution: float
    feature: FeatureID
    group: str
    influence: float
    isAnswer: bool
    matched: FeatureID
    matchedLogit: float
    measured: List[ValidationTrialMeasured]
    predictedGap: Dict[str, float]
    predictedLogit: Dict[str, float]
    prompt: int
    token: int


class Validation(TypedDict, total=False):
    """Circuits held against interventions on held-out prompts."""

    alternatives: List[ValidationAlternative]
    circuits: List[ValidationCircuit]
    matched: ValidationMatched
    options: ValidationOptions
    possibleCount: int
    promptsWithoutEffects: int
    results: List[ValidationResult]
    skippedTokens: List[int]
    strata: List[Any]
    trials: List[ValidationTrial]


ExchangeTrial = TypedDict(
    "ExchangeTrial",
    {
        "control": str,
        "from": str,
        "outcome": str,
        "probabilityAfter": float,
        "probabilityBefore": float,
        "promptID": int,
        "text": str,
        "to": str,
        "token": int,
    },
    total=False,
)


class ExchangeOutcome(TypedDict, total=False):
    activation: float
    activeValues: int
    contribution: float
    feature: FeatureID
    influence: float
    label: str
    merit: float
    tokensBeforeEnd: int


class ExchangeValue(TypedDict, total=False):
    answer: str
    answerToken: int
    control: List[ExchangeOutcome]
    features: List[ExchangeOutcome]
    promptCount: int
    value: str


class Exchange(TypedDict, total=False):
    """Features of one value of a tag in the place of another's."""

    featureLimit: int
    judgement: str
    positions: str
    promptCount: int
    ranking: str
    sameAnswerPairs: int
    strength: float
    tag: str
    trials: List[ExchangeTrial]
    values: List[ExchangeValue]
    wrongPairs: int
    wrongPrompts: int


class InterventionToken(TypedDict, total=False):
    after: float
    before: float
    text: str
    token: int


class InterventionChange(TypedDict, total=False):
    after: float
    before: float
    feature: FeatureID
    position: int


class Intervention(TypedDict, total=False):
    """``intervene()``: the likeliest next tokens after and before, and the features that changed most."""

    changed: List[InterventionChange]
    nextTokens: List[InterventionToken]
    settings: List[str]
    tokens: List[str]
