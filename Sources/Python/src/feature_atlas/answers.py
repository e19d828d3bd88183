"""The answers to an atlas's questions, as the program and a server give them in JSON.

Every answer is a dictionary with the fields of its type; one that does not apply is absent. A feature is
``{"layer": 2, "index": 157}``. What the numbers mean is told by ``atlas query QUESTION --help`` and on the pages.
Written by ``make_answers.py`` from the description of the interface: not to be changed by hand.
"""

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union


class ServiceReportCapabilities(TypedDict):
    modelLoaded: bool
    needsToken: bool
    writable: bool


class ServiceReportIdentity(TypedDict):
    featuresPerLayer: int
    layerCount: int
    modelName: str
    transcoderKind: str
    transcoderName: str
    vocabularySize: int


class AtlasInformationCorpus(TypedDict):
    name: str
    promptCount: int


class _NeuronOptions(TypedDict):
    baseline: Literal["zero", "pair", "group", "corpus"]
    coverage: float


class NeuronOptions(_NeuronOptions, total=False):
    groupTag: str
    maximumNeurons: int


class _AtlasInformationRun(TypedDict):
    corpus: str
    id: int
    options: str
    programVersion: str
    startedAt: str


class AtlasInformationRun(_AtlasInformationRun, total=False):
    finishedAt: str


class _Information(TypedDict):
    activationCount: int
    aggregatedEdgeCount: int
    answeredCount: int
    basis: str
    corpora: List[AtlasInformationCorpus]
    countedTokens: int
    edgeCount: int
    effectCount: int
    explainedTokenCount: int
    featuresPerLayer: int
    fileSize: int
    firedFeatureCount: int
    graphCount: int
    headedGraphCount: int
    isImported: bool
    isStale: bool
    labelCount: int
    layerCount: int
    measuredCount: int
    modelFingerprint: str
    modelName: str
    modelWidth: int
    nodeCount: int
    promptCount: int
    runs: List[AtlasInformationRun]
    tokenCount: int
    transcoderFingerprint: str
    transcoderKind: str
    transcoderName: str
    vocabularySize: int


class Information(_Information, total=False):
    bytesPerActivation: float
    bytesPerEdge: float
    derivedAt: str
    headBytesPerEdge: float
    largestViolation: float
    meanCompletenessScore: float
    meanReplacementScore: float
    neuronSettings: NeuronOptions
    shardCount: int
    shareRight: float


class ServiceReport(TypedDict):
    """What is indexed, how well it is explained, and what can be done here."""

    capabilities: ServiceReportCapabilities
    identity: ServiceReportIdentity
    information: Information
    name: str
    programVersion: str


class _Problem(TypedDict):
    detail: str
    status: int
    title: str


class Problem(_Problem, total=False):
    allowed: List[str]
    nearest: List[str]
    retryAfter: int


class CircuitReportEdge(TypedDict):
    mean: float
    samePositionShare: float
    share: float
    signConsistency: float
    source: int
    spread: float
    support: int
    target: int


class FeatureID(TypedDict):
    index: int
    layer: int


class _Node(TypedDict):
    kind: str


class Node(_Node, total=False):
    feature: FeatureID
    layer: int
    text: str
    token: int


class _CircuitReportNode(TypedDict):
    influence: float
    labelIsAutomatic: bool
    node: Node


class CircuitReportNode(_CircuitReportNode, total=False):
    effect: float
    errorShare: float
    label: str
    meanActivation: float
    outsideShare: float
    promptShare: float


class PromptFilterCondition(TypedDict):
    name: str
    value: str


class PromptFilter(TypedDict):
    conditions: List[PromptFilterCondition]


class _CircuitOptions(TypedDict):
    edgeThreshold: float
    expanded: List[FeatureID]
    nodeThreshold: float
    promptLimit: int
    ranking: Literal["influence", "effect"]
    size: int
    storedEdgeLimit: int


class CircuitOptions(_CircuitOptions, total=False):
    group: PromptFilter


class CircuitScores(TypedDict):
    completeness: float
    errors: float
    outside: float
    replacement: float
    tokens: float
    withoutInputs: float


class CircuitSeed(TypedDict, total=False):
    feature: FeatureID
    group: PromptFilter
    prompt: int
    token: int


class _Circuit(TypedDict):
    edges: List[CircuitReportEdge]
    groupSize: int
    joinedCount: int
    keptInfluence: float
    nodes: List[CircuitReportNode]
    options: CircuitOptions
    scores: CircuitScores
    seed: CircuitSeed
    seedName: str
    weighting: str


class Circuit(_Circuit, total=False):
    """The global circuit that leads to a logit, a feature, a prompt's or a group's answers."""

    promptCount: int
    seedProbability: float


class _StabilityReportEdge(TypedDict):
    kept: float
    source: Node
    target: Node
    weight: float


class StabilityReportEdge(_StabilityReportEdge, total=False):
    sourcePosition: int
    targetPosition: int


class StabilityGrid(TypedDict):
    edgeThresholds: List[float]
    nodeThresholds: List[float]


class _StabilityReportNode(TypedDict):
    influence: float
    kept: float
    node: Node


class StabilityReportNode(_StabilityReportNode, total=False):
    label: str
    position: int


class _Stability(TypedDict):
    edges: List[StabilityReportEdge]
    grid: StabilityGrid
    name: str
    nodes: List[StabilityReportNode]


class Stability(_Stability, total=False):
    """Which of a circuit's nodes and edges hang on the thresholds of pruning."""

    prompt: int


class GraphScores(TypedDict):
    completeness: float
    replacement: float


class _SupernodesReportMember(TypedDict):
    feature: FeatureID
    influence: float


class SupernodesReportMember(_SupernodesReportMember, total=False):
    label: str


class SupernodesReportGroup(TypedDict):
    correlation: float
    edgeCosine: float
    influence: float
    members: List[SupernodesReportMember]
    name: str
    similarity: float


class SuggestedSupernodes(TypedDict):
    """Groups of alike features suggested for a circuit, with the loss that each costs."""

    after: GraphScores
    alone: List[SupernodesReportMember]
    before: GraphScores
    groups: List[SupernodesReportGroup]
    promptCount: int
    seed: CircuitSeed
    seedName: str
    threshold: float


class PromptPair(TypedDict):
    first: int
    second: int


class _ContrastReportRow(TypedDict):
    both: int
    examples: List[PromptPair]
    feature: FeatureID
    labelIsAutomatic: bool
    neither: int
    onlyFirst: int
    onlySecond: int
    pValue: float
    qValue: float


class ContrastReportRow(_ContrastReportRow, total=False):
    label: str


class _Contrast(TypedDict):
    ambiguousValues: int
    features: List[ContrastReportRow]
    first: str
    pairCount: int
    second: str
    significantFeatures: int
    testedFeatures: int
    unpairedPrompts: int


class Contrast(_Contrast, total=False):
    """What differs within pairs of prompts that share a tag's value."""

    pairedBy: str


class _DiffReportCoreFeature(TypedDict):
    feature: FeatureID
    firstShare: float
    labelIsAutomatic: bool
    secondShare: float


class DiffReportCoreFeature(_DiffReportCoreFeature, total=False):
    label: str


class _DiffReportCoreEdge(TypedDict):
    firstShare: float
    secondShare: float
    source: Node
    target: Node


class DiffReportCoreEdge(_DiffReportCoreEdge, total=False):
    sourceLabel: str
    targetLabel: str


class DiffReportStrength(TypedDict):
    firstLarger: float
    pValue: float
    qValue: float


class _DiffReportEdgeRow(TypedDict):
    difference: float
    firstMean: float
    firstShare: float
    pValue: float
    qValue: float
    secondMean: float
    secondShare: float
    source: Node
    target: Node


class DiffReportEdgeRow(_DiffReportEdgeRow, total=False):
    sourceLabel: str
    strength: DiffReportStrength
    targetLabel: str


class _DiffReportFeatureRow(TypedDict):
    difference: float
    feature: FeatureID
    firstMaximum: float
    firstShare: float
    labelIsAutomatic: bool
    pValue: float
    qValue: float
    secondMaximum: float
    secondShare: float


class DiffReportFeatureRow(_DiffReportFeatureRow, total=False):
    firstGraphShare: float
    firstInfluence: float
    label: str
    secondGraphShare: float
    secondInfluence: float
    strength: DiffReportStrength


class DiffReportGroup(TypedDict):
    filter: str
    graphCount: int
    promptCount: int
    readPrompts: int


class DiffOptions(TypedDict):
    coreShare: float
    falseDiscoveryRate: float
    limit: int
    minimumSupport: int
    promptLimit: int


class Diff(TypedDict):
    """What sets two groups of prompts apart, and what they share."""

    core: List[DiffReportCoreFeature]
    coreEdgeCount: int
    coreEdges: List[DiffReportCoreEdge]
    coreFeatureCount: int
    edges: List[DiffReportEdgeRow]
    features: List[DiffReportFeatureRow]
    first: DiffReportGroup
    limitations: List[str]
    options: DiffOptions
    second: DiffReportGroup
    significantEdgeStrengths: int
    significantEdges: int
    significantFeatureStrengths: int
    significantFeatures: int
    strengthTestedEdges: int
    strengthTestedFeatures: int
    testedEdges: int
    testedFeatures: int


class EdgeReportLink(TypedDict):
    sourcePosition: int
    sourceText: str
    targetPosition: int
    targetText: str
    weight: float


class EdgeReportExample(TypedDict):
    links: List[EdgeReportLink]
    promptID: int
    text: str
    weight: float


class _WeightScale(TypedDict):
    largeWeight: float
    pairCount: int
    tinyWeight: float


class WeightScale(_WeightScale, total=False):
    largeTargetWeighted: float


class _GlobalWeight(TypedDict):
    coactiveTokens: int
    era: float
    twera: float
    virtualWeight: float


class GlobalWeight(_GlobalWeight, total=False):
    flag: Literal["interference", "co-activation alone"]


class _Neighbour(TypedDict):
    mean: float
    meanShare: float
    node: Node
    samePositionShare: float
    signConsistency: float
    spread: float
    support: int


class Neighbour(_Neighbour, total=False):
    label: str
    weights: GlobalWeight


class _EdgeReport(TypedDict):
    examinedGraphs: int
    examples: List[EdgeReportExample]
    examplesAreStrongest: bool
    graphCount: int
    source: Node
    target: Neighbour


class EdgeReport(_EdgeReport, total=False):
    """What one node does to another, across prompts."""

    filter: str
    scale: WeightScale
    sourceLabel: str


class JobTicket(TypedDict):
    """Puts the features of one value of a tag in the place of another's."""

    job: str


class _FailuresReportRow(TypedDict):
    predicted: str
    probability: float
    prompt: int
    text: str


class FailuresReportRow(_FailuresReportRow, total=False):
    answer: str
    completeness: float
    errorInfluence: float
    isRight: bool
    violation: float


class _FailuresReportTagRow(TypedDict):
    graphCount: int
    name: str
    promptCount: int
    value: str


class FailuresReportTagRow(_FailuresReportTagRow, total=False):
    meanCompleteness: float
    meanReplacement: float
    rightShare: float


class _Failures(TypedDict):
    answeredCount: int
    byErrorInfluence: List[FailuresReportRow]
    byViolation: List[FailuresReportRow]
    filter: str
    graphCount: int
    promptCount: int
    tags: List[FailuresReportTagRow]
    wrongAnswers: List[FailuresReportRow]
    wrongCount: int


class Failures(_Failures, total=False):
    """Where the model is wrong, or explained badly."""

    meanErrorInfluence: float


class _FamiliesReportSharedFeature(TypedDict):
    feature: FeatureID
    weight: float


class FamiliesReportSharedFeature(_FamiliesReportSharedFeature, total=False):
    label: str


class FamiliesReportTagShare(TypedDict):
    name: str
    overallShare: float
    share: float
    value: str


class FamiliesReportFamily(TypedDict):
    examples: List[int]
    leader: int
    meanSimilarity: float
    shared: List[FamiliesReportSharedFeature]
    size: int
    tags: List[FamiliesReportTagShare]
    text: str


class Families(TypedDict):
    """Prompts sorted into families of alike ones."""

    families: List[FamiliesReportFamily]
    familyCount: int
    filter: str
    measure: Literal["influence", "activation"]
    promptCount: int
    readPrompts: int
    singleCount: int
    threshold: float


class _FeatureListItem(TypedDict):
    activePrompts: int
    activeTokens: int
    countedPrompts: int
    countedTokens: int
    feature: FeatureID
    labelIsAutomatic: bool
    maximum: float
    mean: float


class FeatureListItem(_FeatureListItem, total=False):
    label: str
    minimum: float
    negativeTokens: int


class _FeatureList(TypedDict):
    items: List[FeatureListItem]
    total: int


class FeatureList(_FeatureList, total=False):
    """Features that fire, or those that never do, in an order."""

    next: str


class TokenEffect(TypedDict):
    text: str
    token: int
    value: float


class _FeatureExample(TypedDict):
    activation: float
    activations: List[float]
    firstPosition: int
    position: int
    promptID: int
    tokenCount: int
    tokens: List[str]


class FeatureExample(_FeatureExample, total=False):
    answer: str


class FeatureInterval(TypedDict):
    examples: List[FeatureExample]
    lower: float
    promptCount: int
    upper: float


class FeatureNegativeTail(TypedDict):
    activePrompts: int
    activeTokens: int
    histogram: List[int]
    intervals: List[FeatureInterval]
    label: str
    minimum: float
    topExamples: List[FeatureExample]


class _FeatureReport(TypedDict):
    activePrompts: int
    activeTokens: int
    countedPrompts: int
    countedTokens: int
    downstream: List[Neighbour]
    excitedBy: List[TokenEffect]
    feature: FeatureID
    histogram: List[int]
    intervals: List[FeatureInterval]
    labelIsAutomatic: bool
    maximum: float
    mean: float
    promoted: List[TokenEffect]
    suppressed: List[TokenEffect]
    topExamples: List[FeatureExample]
    upstream: List[Neighbour]


class FeatureReport(_FeatureReport, total=False):
    """One feature: statistics, examples, token effects and neighbours."""

    countsStoredOnly: bool
    label: str
    negative: FeatureNegativeTail


class _CorrelatedFeaturesCorrelated(TypedDict):
    activeTokens: int
    coactiveTokens: int
    feature: FeatureID
    jaccard: float
    pearson: float


class CorrelatedFeaturesCorrelated(_CorrelatedFeaturesCorrelated, total=False):
    label: str


class _Correlated(TypedDict):
    activeTokens: int
    correlated: List[CorrelatedFeaturesCorrelated]
    countedTokens: int
    feature: FeatureID
    partnerCount: int
    promptCount: int
    ranking: Literal["pearson", "jaccard"]


class Correlated(_Correlated, total=False):
    """Features that fire where a feature fires."""

    filter: str


class _Neighbours(TypedDict):
    direction: Literal["upstream", "downstream"]
    feature: FeatureID
    graphCount: int
    neighbours: List[Neighbour]
    promptCount: int
    ranking: Literal["edges", "twera", "era", "virtual"]


class Neighbours(_Neighbours, total=False):
    """What a feature drives across prompts."""

    activeTokens: int
    countedTokens: int
    filter: str
    scale: WeightScale


class FeatureHeadsReportHead(TypedDict):
    edgeCount: int
    head: int
    layer: int
    loading: float
    promptCount: int
    share: float


class _FeatureHeads(TypedDict):
    edgeCount: int
    feature: FeatureID
    graphCount: int
    heads: List[FeatureHeadsReportHead]
    ownPositionShare: float


class FeatureHeads(_FeatureHeads, total=False):
    """The heads that carry a feature."""

    label: str


class _InhibitorsReportInhibitor(TypedDict):
    activeShare: float
    edgeSupport: int
    feature: FeatureID
    meanEdge: float
    meanInhibition: float
    silentShare: float
    silentTokens: int
    virtualWeight: float


class InhibitorsReportInhibitor(_InhibitorsReportInhibitor, total=False):
    label: str
    lift: float


class _InhibitorsReportSource(TypedDict):
    feature: FeatureID
    twera: float


class InhibitorsReportSource(_InhibitorsReportSource, total=False):
    label: str


class _Inhibitors(TypedDict):
    activeTokens: int
    countedTokens: int
    expectedTokens: int
    feature: FeatureID
    inhibitors: List[InhibitorsReportInhibitor]
    silentTokens: int
    sources: List[InhibitorsReportSource]


class Inhibitors(_Inhibitors, total=False):
    """What may keep a feature silent where it is expected."""

    filter: str


class _FeatureName(TypedDict):
    feature: FeatureID
    labelIsAutomatic: bool
    note: str


class FeatureName(_FeatureName, total=False):
    """Takes a feature's label and note away."""

    label: str


class OperandsReportCell(TypedDict):
    column: int
    row: int
    value: float


class OperandShapeFit(TypedDict):
    explained: float
    groupCount: int
    kind: Literal["constant", "bar", "stripe", "diagonal", "lookup", "none"]
    name: str


class OperandShapePeak(TypedDict):
    mean: float
    name: str


class _OperandShape(TypedDict):
    activeShare: float
    cellCount: int
    deviation: float
    fits: List[OperandShapeFit]
    kind: Literal["constant", "bar", "stripe", "diagonal", "lookup", "none"]
    maximum: float
    mean: float
    peaks: List[OperandShapePeak]


class OperandShape(_OperandShape, total=False):
    explained: float
    fit: str
    label: str
    minimum: float
    rectangleDefect: float
    sumDefect: float


class _Operands(TypedDict):
    columnTag: str
    columns: List[int]
    feature: FeatureID
    filter: str
    labelIsAutomatic: bool
    position: Literal["last", "largest"]
    rowTag: str
    rows: List[int]
    shape: OperandShape
    values: List[List[Optional[float]]]


class Operands(_Operands, total=False):
    """A feature's activation over the two operands of a template."""

    cells: List[OperandsReportCell]
    label: str


class FiringPrompt(TypedDict):
    activation: float
    hasGraph: bool
    position: int
    positionCount: int
    promptID: int
    text: str


class _ItemListOfFiringPrompt(TypedDict):
    items: List[FiringPrompt]
    total: int


class ItemListOfFiringPrompt(_ItemListOfFiringPrompt, total=False):
    """The prompts in which a feature fires, in an order."""

    next: str


class HeadsReportHead(TypedDict):
    distance: float
    edgeCount: int
    entropy: float
    first: float
    head: int
    layer: int
    previous: float
    same: float
    share: float


class Heads(TypedDict):
    """Where every head looks, and how much of the stored edges goes through it."""

    graphCount: int
    headCount: int
    heads: List[HeadsReportHead]
    lackingCount: int
    layerCount: int


class _HeadReportFeature(TypedDict):
    edgeCount: int
    feature: FeatureID
    promptCount: int
    share: float
    shareOfFeature: float


class HeadReportFeature(_HeadReportFeature, total=False):
    label: str


class _NamedNode(TypedDict):
    kind: str


class NamedNode(_NamedNode, total=False):
    feature: FeatureID
    label: str
    layer: int
    position: int
    text: str


class HeadReportExample(TypedDict):
    loading: float
    prompt: int
    source: NamedNode
    target: NamedNode
    text: str
    weight: float


class HeadReport(TypedDict):
    """What one head carries, and to what."""

    carried: List[HeadReportFeature]
    examples: List[HeadReportExample]
    graphCount: int
    head: HeadsReportHead
    served: List[HeadReportFeature]


class HeadPairsReportExample(TypedDict):
    contribution: float
    key: int
    prompt: int
    query: int
    text: str
    weight: float


class _HeadPairsReportSource(TypedDict):
    node: Node


class HeadPairsReportSource(_HeadPairsReportSource, total=False):
    label: str


class HeadPairsReportPair(TypedDict):
    count: int
    examples: List[HeadPairsReportExample]
    key: HeadPairsReportSource
    mean: float
    query: HeadPairsReportSource
    spread: float


class HeadPairs(TypedDict):
    """The pairs of sources that make a head look, over prompts."""

    head: int
    layer: int
    pairs: List[HeadPairsReportPair]
    pairsAScore: int
    scoreCount: int


class _InvariantReportRow(TypedDict):
    feature: FeatureID
    insideCount: int
    insideShare: float
    labelIsAutomatic: bool
    meanMaximum: float
    outsideCount: int
    outsideShare: float


class InvariantReportRow(_InvariantReportRow, total=False):
    label: str
    lift: float


class Invariant(TypedDict):
    """What a share of a group's prompts has in common."""

    absent: List[InvariantReportRow]
    absentCount: int
    features: List[InvariantReportRow]
    filter: str
    invariantCount: int
    outsideCount: int
    promptCount: int
    share: float


class GraphReportEdge(TypedDict):
    share: float
    source: int
    target: int
    weight: float


class PromptReportToken(TypedDict):
    text: str
    token: int


class GapReport(TypedDict):
    answer: PromptReportToken
    answerLogit: float
    gap: float
    rival: PromptReportToken


class EffectReportMeasured(TypedDict):
    answer: float
    divergence: float
    gap: float


class _EffectReport(TypedDict):
    gradientOnAnswer: float
    gradientOnGap: float
    totalOnAnswer: float
    totalOnGap: float


class EffectReport(_EffectReport, total=False):
    measured: EffectReportMeasured


class _GraphReportNode(TypedDict):
    activation: float
    cumulativeInfluence: float
    id: str
    influence: float
    inputSum: float
    kind: str
    labelIsAutomatic: bool
    position: int


class GraphReportNode(_GraphReportNode, total=False):
    effects: EffectReport
    feature: FeatureID
    label: str
    layer: int
    probability: float
    text: str
    token: int


class GraphReportOmitted(TypedDict):
    edges: int
    nodes: int


class PromptReportTarget(TypedDict):
    kind: str
    position: int
    probability: float
    text: str
    token: int


class _GraphReport(TypedDict):
    edgeThreshold: float
    edges: List[GraphReportEdge]
    layerCount: int
    nodeThreshold: float
    nodes: List[GraphReportNode]
    omitted: GraphReportOmitted
    scores: GraphScores
    storedEdgeCount: int
    storedNodeCount: int
    targets: List[PromptReportTarget]
    text: str
    tokens: List[PromptReportToken]


class GraphReport(_GraphReport, total=False):
    """The graph of a text that was run, as prompts/{id}/graph."""

    gap: GapReport
    prompt: int


class RunReportNextToken(TypedDict):
    probability: float
    text: str
    token: int


class Run(TypedDict):
    activeFeatureCount: int
    graph: GraphReport
    nextTokens: List[RunReportNextToken]
    text: str


class _InterventionReportChange(TypedDict):
    after: float
    before: float
    feature: FeatureID
    position: int


class InterventionReportChange(_InterventionReportChange, total=False):
    label: str


class InterventionReportContinuations(TypedDict):
    after: str
    before: str
    tokensAfter: List[int]
    tokensBefore: List[int]


class InterventionReportCandidate(TypedDict):
    after: float
    before: float
    text: str
    token: int


class _Intervention(TypedDict):
    changed: List[InterventionReportChange]
    nextTokens: List[InterventionReportCandidate]
    settings: List[str]
    text: str
    tokens: List[PromptReportToken]


class Intervention(_Intervention, total=False):
    generated: InterventionReportContinuations


class _SteeredTextReportDose(TypedDict):
    dose: float
    probabilities: List[float]


class SteeredTextReportDose(_SteeredTextReportDose, total=False):
    difference: float


class _SteeredTextReportStep(TypedDict):
    probability: float
    text: str
    token: int


class SteeredTextReportStep(_SteeredTextReportStep, total=False):
    likeliest: str


class _SteeredText(TypedDict):
    doses: List[SteeredTextReportDose]
    plain: List[SteeredTextReportStep]
    settings: List[str]
    steered: List[SteeredTextReportStep]
    text: str
    tokens: List[PromptReportToken]
    watched: List[PromptReportToken]


class SteeredText(_SteeredText, total=False):
    seed: int
    temperature: float


class ValidationReportInterval(TypedDict):
    high: float
    low: float


class _ValidationReportQuality(TypedDict):
    count: int
    withinPromptCount: int


class ValidationReportQuality(_ValidationReportQuality, total=False):
    correlation: float
    interval: ValidationReportInterval
    signAgreement: float
    sizes: float
    withinPrompts: float


class ValidationReportResult(TypedDict):
    count: int
    meanChange: float
    mode: Literal["attention-frozen", "norms-frozen", "free", "frozen"]
    name: str
    predictors: Dict[str, ValidationReportQuality]
    promptCount: int
    readout: Literal["gap", "logit", "log-probability", "divergence"]


class ValidationReportCircuit(TypedDict):
    featureCount: int
    fittedPrompts: int
    heldOutPrompts: int
    text: str
    token: int
    trialCount: int


class ValidationReportMatched(TypedDict):
    count: int
    largerShare: float
    meanEffect: float
    meanMatchedEffect: float


class ValidationOptions(TypedDict):
    ablation: float
    circuit: CircuitOptions
    groupTag: str
    interventions: int
    measuredPrompts: int
    modes: List[Literal["attention-frozen", "norms-frozen", "free", "frozen"]]
    readouts: List[Literal["gap", "logit", "log-probability", "divergence"]]
    resamples: int
    seed: int
    wholePrompts: bool


class ValidationReportChange(TypedDict):
    divergence: float
    gap: float
    logProbability: float
    logit: float


class _ValidationReportTrial(TypedDict):
    contribution: float
    feature: FeatureID
    group: str
    influence: float
    isAnswer: bool
    measured: List[ValidationReportChange]
    predictedGap: Dict[str, float]
    predictedLogit: Dict[str, float]
    prompt: int
    token: int


class ValidationReportTrial(_ValidationReportTrial, total=False):
    matched: FeatureID
    matchedLogit: float


class _Validation(TypedDict):
    alternatives: List[ValidationReportResult]
    circuits: List[ValidationReportCircuit]
    matched: ValidationReportMatched
    options: ValidationOptions
    possibleCount: int
    promptsWithoutEffects: int
    results: List[ValidationReportResult]
    skippedTokens: List[int]
    strata: List[ValidationReportResult]
    trials: List[ValidationReportTrial]


class Validation(_Validation, total=False):
    otherTokens: ValidationReportResult


ExchangeReportTrial = TypedDict(
    "ExchangeReportTrial",
    {
        "control": Literal["moved", "stayed", "lost"],
        "from": str,
        "outcome": Literal["moved", "stayed", "lost"],
        "probabilityAfter": float,
        "probabilityBefore": float,
        "promptID": int,
        "text": str,
        "to": str,
        "token": int,
    },
)


class _ExchangeReportOwnFeature(TypedDict):
    activation: float
    activeValues: int
    contribution: float
    feature: FeatureID
    influence: float
    merit: float
    tokensBeforeEnd: int


class ExchangeReportOwnFeature(_ExchangeReportOwnFeature, total=False):
    label: str


class ExchangeReportValue(TypedDict):
    answer: str
    answerToken: int
    control: List[ExchangeReportOwnFeature]
    features: List[ExchangeReportOwnFeature]
    promptCount: int
    value: str


class Exchange(TypedDict):
    featureLimit: int
    judgement: Literal["likeliest", "preferred"]
    positions: Literal["last", "all"]
    promptCount: int
    ranking: Literal["influence", "logit", "paths", "gap"]
    sameAnswerPairs: int
    strength: float
    tag: str
    trials: List[ExchangeReportTrial]
    values: List[ExchangeReportValue]
    wrongPairs: int
    wrongPrompts: int


class HeadID(TypedDict):
    head: int
    layer: int


class HeadValidationReportAnswer(TypedDict):
    gap: float
    probability: float
    text: str
    token: int


class _HeadValidationReportKnockOut(TypedDict):
    feature: FeatureID
    position: int
    weight: float


class HeadValidationReportKnockOut(_HeadValidationReportKnockOut, total=False):
    label: str


class _HeadValidationReportLook(TypedDict):
    head: HeadID
    key: int
    query: int
    removed: float
    removedAtRandom: float
    score: float
    text: str
    weight: float
    weightWithoutPairs: float
    weightWithoutRandomPairs: float


class HeadValidationReportLook(_HeadValidationReportLook, total=False):
    knockOut: HeadValidationReportKnockOut
    randomKnockOut: HeadValidationReportKnockOut


class _HeadValidationReportTrial(TypedDict):
    answer: str
    before: HeadValidationReportAnswer
    looks: List[HeadValidationReportLook]
    promptID: int
    text: str
    withoutPairs: HeadValidationReportAnswer
    withoutRandomPairs: HeadValidationReportAnswer


class HeadValidationReportTrial(_HeadValidationReportTrial, total=False):
    otherHeads: HeadValidationReportAnswer


class HeadValidation(TypedDict):
    heads: List[HeadID]
    leastWeight: float
    pairs: int
    promptCount: int
    promptsWithoutLooks: int
    tokensBeforeEnd: int
    trials: List[HeadValidationReportTrial]
    wrongPrompts: int


class _SteeredFeatureLater(TypedDict):
    feature: FeatureID
    mean: float
    spread: float


class SteeredFeatureLater(_SteeredFeatureLater, total=False):
    label: str


class SteeredFeatureToken(TypedDict):
    decoder: float
    mean: float
    spread: float
    text: str
    token: int


class SteeringOptions(TypedDict):
    downstream: int
    factor: float
    features: int
    group: PromptFilter
    prompts: int
    readout: Literal["own", "last"]
    resamples: int
    risers: int
    seed: int


class _Steering(TypedDict):
    fallingFeatures: List[SteeredFeatureLater]
    fallingTokens: List[SteeredFeatureToken]
    feature: FeatureID
    options: SteeringOptions
    positionCount: int
    promptCount: int
    risingFeatures: List[SteeredFeatureLater]
    risingTokens: List[SteeredFeatureToken]


class Steering(_Steering, total=False):
    label: str


class _RiseQuality(TypedDict):
    area: float
    shared: float


class RiseQuality(_RiseQuality, total=False):
    correlation: float


class SteeringReportFeature(TypedDict):
    feature: FeatureID
    features: Dict[str, RiseQuality]
    heldOutPrompts: int
    largestRise: float
    learntPrompts: int
    tokens: Dict[str, RiseQuality]


class _SteeringReportQuality(TypedDict):
    area: float
    count: int
    shared: float


class SteeringReportQuality(_SteeringReportQuality, total=False):
    correlation: float
    interval: ValidationReportInterval


class SteeringReportResult(TypedDict):
    count: int
    name: str
    predictors: Dict[str, SteeringReportQuality]
    subject: Literal["tokens", "features"]


class SteeringTest(TypedDict):
    candidateCount: int
    features: List[SteeringReportFeature]
    options: SteeringOptions
    results: List[SteeringReportResult]
    silentCount: int
    steeredCount: int


JobResult = Union[Run, Intervention, SteeredText, Validation, Exchange, HeadValidation, Steering, SteeringTest]


class _JobReport(TypedDict):
    done: int
    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    waitingBefore: int


class JobReport(_JobReport, total=False):
    """Cancels a job."""

    error: str
    rate: float
    result: JobResult
    secondsLeft: float
    total: int
    unit: str


class GraphFeaturesReportAnswer(TypedDict):
    promptCount: int
    readPrompts: int
    text: str
    token: int


class _GraphFeaturesReportFeature(TypedDict):
    density: float
    feature: FeatureID
    promptShare: float


class GraphFeaturesReportFeature(_GraphFeaturesReportFeature, total=False):
    answerShare: float
    operandExplained: float
    operandLabel: str
    specificity: float


class _GraphFeatures(TypedDict):
    countedTokens: int
    features: List[GraphFeaturesReportFeature]
    promptCount: int


class GraphFeatures(_GraphFeatures, total=False):
    """How generic or specific that graph's features are, as of a stored prompt's."""

    answer: GraphFeaturesReportAnswer
    columnTag: str
    prompt: int
    rowTag: str


class EdgeHeadsReportLoading(TypedDict):
    head: int
    layer: int
    loading: float


class _GraphNodeReportLink(TypedDict):
    node: GraphReportNode
    share: float
    weight: float


class GraphNodeReportLink(_GraphNodeReportLink, total=False):
    heads: List[EdgeHeadsReportLoading]
    rest: float


class GraphNodeReport(TypedDict):
    """Everything that feeds a node of that graph and that it feeds."""

    inputCount: int
    inputs: List[GraphNodeReportLink]
    node: GraphReportNode
    outputCount: int
    outputs: List[GraphNodeReportLink]


class FeatureLabel(TypedDict):
    feature: FeatureID
    label: str
    note: str


class _ItemListOfFeatureLabel(TypedDict):
    items: List[FeatureLabel]
    total: int


class ItemListOfFeatureLabel(_ItemListOfFeatureLabel, total=False):
    """The labels that people gave, by feature."""

    next: str


class LabelImport(TypedDict):
    """Takes over the labels of a file: all of them or, after an error, none."""

    added: int
    alreadyThere: int
    kept: int
    repeated: int
    replaced: int
    unknownFeatures: int


class LabelFileAnswer(TypedDict):
    """The labels that people gave, as a file that other tools read."""

    content: str
    format: Literal["csv", "jsonl"]


class LogitListItem(TypedDict):
    meanProbability: float
    promptCount: int
    text: str
    token: int


class _LogitList(TypedDict):
    items: List[LogitListItem]
    total: int


class LogitList(_LogitList, total=False):
    """Tokens whose logit some stored graph explains, in an order."""

    next: str


class _DriversReportCoverStep(TypedDict):
    covered: int
    feature: FeatureID
    newlyCovered: int


class DriversReportCoverStep(_DriversReportCoverStep, total=False):
    label: str


class DriversReportNegativeTail(TypedDict):
    directEffect: float
    directSupport: int
    influence: float
    support: int


class _DriversReportDriver(TypedDict):
    coverage: float
    directEffect: float
    directSpread: float
    directSupport: int
    effectSupport: int
    influence: float
    labelIsAutomatic: bool
    measuredSupport: int
    node: Node
    signConsistency: float
    support: int


class DriversReportDriver(_DriversReportDriver, total=False):
    effect: float
    effectConsistency: float
    effectSpread: float
    label: str
    measuredEffect: float
    negative: DriversReportNegativeTail
    specificity: float


class _DriversReportWeightEffect(TypedDict):
    feature: FeatureID
    value: float


class DriversReportWeightEffect(_DriversReportWeightEffect, total=False):
    label: str


class Drivers(TypedDict):
    """What drives a token's logit, across prompts and by weights alone."""

    answerPromptCount: int
    cover: List[DriversReportCoverStep]
    effectPromptCount: int
    features: List[DriversReportDriver]
    loweredBy: List[DriversReportWeightEffect]
    meanProbability: float
    promptCount: int
    raisedBy: List[DriversReportWeightEffect]
    rankedBy: Literal["effect", "influence"]
    text: str
    token: int
    tokensAndErrors: List[DriversReportDriver]


class _MotifsReportCensusExpectation(TypedDict):
    deviation: float
    expected: float
    pValueFewer: float
    pValueMore: float


class MotifsReportCensusExpectation(_MotifsReportCensusExpectation, total=False):
    zScore: float


class MotifsReportCensusRow(TypedDict):
    count: int
    degrees: MotifsReportCensusExpectation
    places: MotifsReportCensusExpectation
    shape: str


class _MotifsReportExpectation(TypedDict):
    deviation: float
    expected: float
    pValue: float
    qValue: float


class MotifsReportExpectation(_MotifsReportExpectation, total=False):
    zScore: float


class _MotifsReportRow(TypedDict):
    degrees: MotifsReportExpectation
    features: List[FeatureID]
    kind: Literal["edge", "chain", "triangle", "fanIn", "fanOut"]
    labels: List[Optional[str]]
    places: MotifsReportExpectation
    support: int
    together: int


class MotifsReportRow(_MotifsReportRow, total=False):
    signs: List[int]


class MotifsOptions(TypedDict):
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


class Motifs(TypedDict):
    """Labelled subgraphs that recur over prompts, against graphs rewired at random."""

    census: List[MotifsReportCensusRow]
    filter: str
    found: Dict[str, int]
    limitations: List[str]
    meanEdges: float
    meanNodes: float
    motifs: List[MotifsReportRow]
    options: MotifsOptions
    promptCount: int
    readGraphs: int
    significantCount: int
    significantInBoth: int
    testedCount: int


OpenAPIDocument = Dict[str, Any]


class _OperandLabelsRow(TypedDict):
    feature: FeatureID
    kind: Literal["constant", "bar", "stripe", "diagonal", "lookup", "none"]


class OperandLabelsRow(_OperandLabelsRow, total=False):
    explained: float
    label: str


class _OperandLabels(TypedDict):
    cellCount: int
    features: List[OperandLabelsRow]


class OperandLabels(_OperandLabels, total=False):
    """What features are called by their activations over the operands of a template."""

    columnTag: str
    rowTag: str


class OperandTags(TypedDict, total=False):
    """The two tags that make the corpus an operand grid; none where it is none."""

    columnTag: str
    rowTag: str


class _OperandRankingRow(TypedDict):
    feature: FeatureID
    labelIsAutomatic: bool
    shape: OperandShape


class OperandRankingRow(_OperandRankingRow, total=False):
    label: str


class RankedOperands(TypedDict):
    """Features that depend on the two operands of a template, the best fits of each class first."""

    cellCount: int
    columnTag: str
    counts: Dict[str, int]
    featureCount: int
    features: List[OperandRankingRow]
    filter: str
    minimumShare: float
    position: Literal["last", "largest"]
    rareCount: int
    rowTag: str


class PromptReportTag(TypedDict):
    name: str
    value: str


class _PromptListItem(TypedDict):
    hasGraph: bool
    id: int
    predicted: PromptReportToken
    predictedProbability: float
    tags: List[PromptReportTag]
    text: str
    tokenCount: int


class PromptListItem(_PromptListItem, total=False):
    answer: str
    answerProbability: float
    isRight: bool
    nodeCount: int
    scores: GraphScores


class _PromptList(TypedDict):
    items: List[PromptListItem]
    total: int


class PromptList(_PromptList, total=False):
    """Prompts of a group, in an order."""

    next: str


class _PromptReportFeature(TypedDict):
    activation: float
    feature: FeatureID
    labelIsAutomatic: bool
    position: int
    text: str


class PromptReportFeature(_PromptReportFeature, total=False):
    effects: EffectReport
    influence: float
    label: str


class _PromptReportGraph(TypedDict):
    activeFeatureCount: int
    edgeCount: int
    largestViolation: float
    nodeCount: int
    scores: GraphScores
    selectedFeatureCount: int
    targets: List[PromptReportTarget]


class PromptReportGraph(_PromptReportGraph, total=False):
    gap: GapReport


class _PromptReport(TypedDict):
    activationCount: int
    corpora: List[str]
    countedTokens: int
    externalIDs: List[str]
    features: List[PromptReportFeature]
    id: int
    predicted: PromptReportToken
    predictedProbability: float
    tags: List[PromptReportTag]
    text: str
    tokens: List[PromptReportToken]


class PromptReport(_PromptReport, total=False):
    """One prompt: what the model said and which features mattered."""

    answer: str
    answerProbability: float
    answerToken: int
    graph: PromptReportGraph
    isRight: bool


class AttentionReportPlace(TypedDict):
    position: int
    token: str


class AttentionReportGroup(TypedDict):
    contribution: float
    key: str
    query: str


class AttentionReportShare(TypedDict):
    contribution: float
    node: NamedNode


class AttentionReportPair(TypedDict):
    contribution: float
    key: NamedNode
    query: NamedNode


class _Attention(TypedDict):
    groups: List[AttentionReportGroup]
    head: int
    isAgainstMean: bool
    key: AttentionReportPlace
    keySources: List[AttentionReportShare]
    largestViolation: float
    layer: int
    pairCount: int
    pairs: List[AttentionReportPair]
    query: AttentionReportPlace
    querySources: List[AttentionReportShare]
    score: float
    weight: float


class Attention(_Attention, total=False):
    """Why a head looks from one position of a prompt to another."""

    against: AttentionReportPlace
    softCap: float


class GraphHeadsReportEdge(TypedDict):
    heads: List[int]
    loadings: List[float]
    rest: float
    source: int
    target: int


class EdgeHeadsReportHead(TypedDict):
    edgeCount: int
    head: int
    layer: int
    share: float


class GraphHeadsReport(TypedDict):
    """Through which heads the edges go that prompts/{id}/graph answers."""

    edges: List[GraphHeadsReportEdge]
    heads: List[EdgeHeadsReportHead]
    isComputed: bool
    nodes: List[str]


class PatternReportQuery(TypedDict):
    keys: List[int]
    weights: List[float]


class PatternReport(TypedDict):
    """Where a head looks from each position of a prompt."""

    head: int
    layer: int
    least: float
    prompt: int
    queries: List[PatternReportQuery]
    tokens: List[str]


class _SimilarReportSharedFeature(TypedDict):
    feature: FeatureID
    part: float


class SimilarReportSharedFeature(_SimilarReportSharedFeature, total=False):
    label: str


class SimilarReportRow(TypedDict):
    prompt: int
    shared: List[SimilarReportSharedFeature]
    sharedCount: int
    similarity: float
    text: str


class Similar(TypedDict):
    """The prompts most like one."""

    candidateCount: int
    isExact: bool
    measure: Literal["influence", "activation"]
    prompt: int
    prompts: List[SimilarReportRow]
    text: str


class SavedRun(TypedDict):
    """Forgets a kept run."""

    name: str
    state: Dict[str, str]
    text: str
    updatedAt: str


class _ItemListOfSavedRun(TypedDict):
    items: List[SavedRun]
    total: int


class ItemListOfSavedRun(_ItemListOfSavedRun, total=False):
    """The runs that people keep, by name."""

    next: str


class SchemaReportColumn(TypedDict):
    name: str
    note: str
    type: str


class SchemaReportRelation(TypedDict):
    columns: List[SchemaReportColumn]
    isView: bool
    name: str
    note: str


class SchemaReport(TypedDict):
    """The tables and views that can be asked in SQL, with what their columns hold."""

    relations: List[SchemaReportRelation]


class SearchReportPart(TypedDict):
    isMatch: bool
    text: str


class SearchReportLabelMatch(TypedDict):
    feature: FeatureID
    label: str
    labelIsAutomatic: bool
    snippet: List[SearchReportPart]


class SearchReportNameMatch(TypedDict):
    id: int
    name: str
    text: str


class _SearchReportPromoterMatch(TypedDict):
    feature: FeatureID
    labelIsAutomatic: bool
    text: str
    token: int
    value: float


class SearchReportPromoterMatch(_SearchReportPromoterMatch, total=False):
    label: str


class SearchReportPromptMatch(TypedDict):
    id: int
    snippet: List[SearchReportPart]


class SearchReportSupernodeMatch(TypedDict):
    name: str
    snippet: List[SearchReportPart]


class SearchReportTokenMatch(TypedDict):
    explainedPrompts: int
    promptCount: int
    text: str
    token: int


class SearchResult(TypedDict):
    """Prompts, their names, tokens, features that promote them, labels and supernodes under some words."""

    labels: List[SearchReportLabelMatch]
    names: List[SearchReportNameMatch]
    promoters: List[SearchReportPromoterMatch]
    prompts: List[SearchReportPromptMatch]
    query: str
    supernodes: List[SearchReportSupernodeMatch]
    tokens: List[SearchReportTokenMatch]


TableAnswerValue = Optional[Union[float, str]]


TableAnswerTruncation = Literal["rows", "bytes"]


class _TableAnswer(TypedDict):
    columns: List[str]
    isTruncated: bool
    rows: List[List[TableAnswerValue]]


class TableAnswer(_TableAnswer, total=False):
    """One SQL statement that reads, over the documented tables and views; who goes away stops it."""

    truncatedBy: TableAnswerTruncation


class StoredSupernode(TypedDict):
    """Forgets a supernode."""

    members: List[FeatureID]
    name: str
    note: str


class _ItemListOfStoredSupernode(TypedDict):
    items: List[StoredSupernode]
    total: int


class ItemListOfStoredSupernode(_ItemListOfStoredSupernode, total=False):
    """The supernodes that people keep, by name."""

    next: str


class TagSummaryValue(TypedDict):
    promptCount: int
    value: str


class TagSummary(TypedDict):
    name: str
    valueCount: int
    values: List[TagSummaryValue]


class _ItemListOfTagSummary(TypedDict):
    items: List[TagSummary]
    total: int


class ItemListOfTagSummary(_ItemListOfTagSummary, total=False):
    """What prompts can be filtered by, with the values of most prompts."""

    next: str
