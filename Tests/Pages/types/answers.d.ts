// The answers of a server's routes. Written by make_answers.py from the description of the interface: not to be changed by
// hand.

interface AtlasInformation {
    activationCount: number;
    aggregatedEdgeCount: number;
    answeredCount: number;
    basis: string;
    bytesPerActivation?: number;
    bytesPerEdge?: number;
    corpora: AtlasInformationCorpus[];
    countedTokens: number;
    derivedAt?: string;
    edgeCount: number;
    effectCount: number;
    explainedTokenCount: number;
    featuresPerLayer: number;
    fileSize: number;
    firedFeatureCount: number;
    graphCount: number;
    headBytesPerEdge?: number;
    headedGraphCount: number;
    isImported: boolean;
    isStale: boolean;
    labelCount: number;
    largestViolation?: number;
    layerCount: number;
    meanCompletenessScore?: number;
    meanReplacementScore?: number;
    measuredCount: number;
    modelFingerprint: string;
    modelName: string;
    modelWidth: number;
    neuronSettings?: NeuronOptions;
    nodeCount: number;
    promptCount: number;
    runs: AtlasInformationRun[];
    shardCount?: number;
    shareRight?: number;
    tokenCount: number;
    transcoderFingerprint: string;
    transcoderKind: string;
    transcoderName: string;
    vocabularySize: number;
}

interface AtlasInformationCorpus {
    name: string;
    promptCount: number;
}

interface AtlasInformationRun {
    corpus: string;
    finishedAt?: string;
    id: number;
    options: string;
    programVersion: string;
    startedAt: string;
}

interface AttentionReport {
    against?: AttentionReportPlace;
    groups: AttentionReportGroup[];
    head: number;
    isAgainstMean: boolean;
    key: AttentionReportPlace;
    keySources: AttentionReportShare[];
    largestViolation: number;
    layer: number;
    pairCount: number;
    pairs: AttentionReportPair[];
    query: AttentionReportPlace;
    querySources: AttentionReportShare[];
    score: number;
    softCap?: number;
    weight: number;
}

interface AttentionReportGroup {
    contribution: number;
    key: string;
    query: string;
}

interface AttentionReportPair {
    contribution: number;
    key: NamedNode;
    query: NamedNode;
}

interface AttentionReportPlace {
    position: number;
    token: string;
}

interface AttentionReportShare {
    contribution: number;
    node: NamedNode;
}

interface CircuitOptions {
    edgeThreshold: number;
    expanded: FeatureID[];
    group?: PromptFilter;
    nodeThreshold: number;
    promptLimit: number;
    ranking: "influence" | "effect";
    size: number;
    storedEdgeLimit: number;
}

interface CircuitReport {
    edges: CircuitReportEdge[];
    groupSize: number;
    joinedCount: number;
    keptInfluence: number;
    nodes: CircuitReportNode[];
    options: CircuitOptions;
    promptCount?: number;
    scores: CircuitScores;
    seed: CircuitSeed;
    seedName: string;
    seedProbability?: number;
    weighting: string;
}

interface CircuitReportEdge {
    mean: number;
    samePositionShare: number;
    share: number;
    signConsistency: number;
    source: number;
    spread: number;
    support: number;
    target: number;
}

interface CircuitReportNode {
    effect?: number;
    errorShare?: number;
    influence: number;
    label?: string;
    labelIsAutomatic: boolean;
    meanActivation?: number;
    node: NodeName;
    outsideShare?: number;
    promptShare?: number;
}

interface CircuitScores {
    completeness: number;
    errors: number;
    outside: number;
    replacement: number;
    tokens: number;
    withoutInputs: number;
}

interface CircuitSeed {
    feature?: FeatureID;
    group?: PromptFilter;
    prompt?: number;
    token?: number;
}

interface ContrastReport {
    ambiguousValues: number;
    features: ContrastReportRow[];
    first: string;
    pairCount: number;
    pairedBy?: string;
    second: string;
    significantFeatures: number;
    testedFeatures: number;
    unpairedPrompts: number;
}

interface ContrastReportRow {
    both: number;
    examples: PromptPair[];
    feature: FeatureID;
    label?: string;
    labelIsAutomatic: boolean;
    neither: number;
    onlyFirst: number;
    onlySecond: number;
    pValue: number;
    qValue: number;
}

interface CorrelatedFeatures {
    activeTokens: number;
    correlated: CorrelatedFeaturesCorrelated[];
    countedTokens: number;
    feature: FeatureID;
    filter?: string;
    partnerCount: number;
    promptCount: number;
    ranking: "pearson" | "jaccard";
}

interface CorrelatedFeaturesCorrelated {
    activeTokens: number;
    coactiveTokens: number;
    feature: FeatureID;
    jaccard: number;
    label?: string;
    pearson: number;
}

interface DiffOptions {
    coreShare: number;
    falseDiscoveryRate: number;
    limit: number;
    minimumSupport: number;
    promptLimit: number;
}

interface DiffReport {
    core: DiffReportCoreFeature[];
    coreEdgeCount: number;
    coreEdges: DiffReportCoreEdge[];
    coreFeatureCount: number;
    edges: DiffReportEdgeRow[];
    features: DiffReportFeatureRow[];
    first: DiffReportGroup;
    limitations: string[];
    options: DiffOptions;
    second: DiffReportGroup;
    significantEdgeStrengths: number;
    significantEdges: number;
    significantFeatureStrengths: number;
    significantFeatures: number;
    strengthTestedEdges: number;
    strengthTestedFeatures: number;
    testedEdges: number;
    testedFeatures: number;
}

interface DiffReportCoreEdge {
    firstShare: number;
    secondShare: number;
    source: NodeName;
    sourceLabel?: string;
    target: NodeName;
    targetLabel?: string;
}

interface DiffReportCoreFeature {
    feature: FeatureID;
    firstShare: number;
    label?: string;
    labelIsAutomatic: boolean;
    secondShare: number;
}

interface DiffReportEdgeRow {
    difference: number;
    firstMean: number;
    firstShare: number;
    pValue: number;
    qValue: number;
    secondMean: number;
    secondShare: number;
    source: NodeName;
    sourceLabel?: string;
    strength?: DiffReportStrength;
    target: NodeName;
    targetLabel?: string;
}

interface DiffReportFeatureRow {
    difference: number;
    feature: FeatureID;
    firstGraphShare?: number;
    firstInfluence?: number;
    firstMaximum: number;
    firstShare: number;
    label?: string;
    labelIsAutomatic: boolean;
    pValue: number;
    qValue: number;
    secondGraphShare?: number;
    secondInfluence?: number;
    secondMaximum: number;
    secondShare: number;
    strength?: DiffReportStrength;
}

interface DiffReportGroup {
    filter: string;
    graphCount: number;
    promptCount: number;
    readPrompts: number;
}

interface DiffReportStrength {
    firstLarger: number;
    pValue: number;
    qValue: number;
}

interface DriversReport {
    answerPromptCount: number;
    cover: DriversReportCoverStep[];
    effectPromptCount: number;
    features: DriversReportDriver[];
    loweredBy: DriversReportWeightEffect[];
    meanProbability: number;
    promptCount: number;
    raisedBy: DriversReportWeightEffect[];
    rankedBy: "effect" | "influence";
    text: string;
    token: number;
    tokensAndErrors: DriversReportDriver[];
}

interface DriversReportCoverStep {
    covered: number;
    feature: FeatureID;
    label?: string;
    newlyCovered: number;
}

interface DriversReportDriver {
    coverage: number;
    directEffect: number;
    directSpread: number;
    directSupport: number;
    effect?: number;
    effectConsistency?: number;
    effectSpread?: number;
    effectSupport: number;
    influence: number;
    label?: string;
    labelIsAutomatic: boolean;
    measuredEffect?: number;
    measuredSupport: number;
    negative?: DriversReportNegativeTail;
    node: NodeName;
    signConsistency: number;
    specificity?: number;
    support: number;
}

interface DriversReportNegativeTail {
    directEffect: number;
    directSupport: number;
    influence: number;
    support: number;
}

interface DriversReportWeightEffect {
    feature: FeatureID;
    label?: string;
    value: number;
}

interface EdgeHeadsReportHead {
    edgeCount: number;
    head: number;
    layer: number;
    share: number;
}

interface EdgeHeadsReportLoading {
    head: number;
    layer: number;
    loading: number;
}

interface EdgeReport {
    examinedGraphs: number;
    examples: EdgeReportExample[];
    examplesAreStrongest: boolean;
    filter?: string;
    graphCount: number;
    scale?: WeightScale;
    source: NodeName;
    sourceLabel?: string;
    target: Neighbour;
}

interface EdgeReportExample {
    links: EdgeReportLink[];
    promptID: number;
    text: string;
    weight: number;
}

interface EdgeReportLink {
    sourcePosition: number;
    sourceText: string;
    targetPosition: number;
    targetText: string;
    weight: number;
}

interface EffectReport {
    gradientOnAnswer: number;
    gradientOnGap: number;
    measured?: EffectReportMeasured;
    totalOnAnswer: number;
    totalOnGap: number;
}

interface EffectReportMeasured {
    answer: number;
    divergence: number;
    gap: number;
}

interface ExchangeBody {
    by: string;
    features?: number;
    judgement?: "likeliest" | "preferred";
    positions?: "last" | "all";
    rankBy?: "influence" | "logit" | "paths" | "gap";
    seed?: number;
    strength?: number;
    trials?: number;
    where?: string;
}

interface ExchangeReport {
    featureLimit: number;
    judgement: "likeliest" | "preferred";
    positions: "last" | "all";
    promptCount: number;
    ranking: "influence" | "logit" | "paths" | "gap";
    sameAnswerPairs: number;
    strength: number;
    tag: string;
    trials: ExchangeReportTrial[];
    values: ExchangeReportValue[];
    wrongPairs: number;
    wrongPrompts: number;
}

interface ExchangeReportOwnFeature {
    activation: number;
    activeValues: number;
    contribution: number;
    feature: FeatureID;
    influence: number;
    label?: string;
    merit: number;
    tokensBeforeEnd: number;
}

interface ExchangeReportTrial {
    control: "moved" | "stayed" | "lost";
    from: string;
    outcome: "moved" | "stayed" | "lost";
    probabilityAfter: number;
    probabilityBefore: number;
    promptID: number;
    text: string;
    to: string;
    token: number;
}

interface ExchangeReportValue {
    answer: string;
    answerToken: number;
    control: ExchangeReportOwnFeature[];
    features: ExchangeReportOwnFeature[];
    promptCount: number;
    value: string;
}

interface FailuresReport {
    answeredCount: number;
    byErrorInfluence: FailuresReportRow[];
    byViolation: FailuresReportRow[];
    filter: string;
    graphCount: number;
    meanErrorInfluence?: number;
    promptCount: number;
    tags: FailuresReportTagRow[];
    wrongAnswers: FailuresReportRow[];
    wrongCount: number;
}

interface FailuresReportRow {
    answer?: string;
    completeness?: number;
    errorInfluence?: number;
    isRight?: boolean;
    predicted: string;
    probability: number;
    prompt: number;
    text: string;
    violation?: number;
}

interface FailuresReportTagRow {
    graphCount: number;
    meanCompleteness?: number;
    meanReplacement?: number;
    name: string;
    promptCount: number;
    rightShare?: number;
    value: string;
}

interface FamiliesReport {
    families: FamiliesReportFamily[];
    familyCount: number;
    filter: string;
    measure: "influence" | "activation";
    promptCount: number;
    readPrompts: number;
    singleCount: number;
    threshold: number;
}

interface FamiliesReportFamily {
    examples: number[];
    leader: number;
    meanSimilarity: number;
    shared: FamiliesReportSharedFeature[];
    size: number;
    tags: FamiliesReportTagShare[];
    text: string;
}

interface FamiliesReportSharedFeature {
    feature: FeatureID;
    label?: string;
    weight: number;
}

interface FamiliesReportTagShare {
    name: string;
    overallShare: number;
    share: number;
    value: string;
}

interface FeatureExample {
    activation: number;
    activations: number[];
    answer?: string;
    firstPosition: number;
    position: number;
    promptID: number;
    tokenCount: number;
    tokens: string[];
}

interface FeatureHeadsReport {
    edgeCount: number;
    feature: FeatureID;
    graphCount: number;
    heads: FeatureHeadsReportHead[];
    label?: string;
    ownPositionShare: number;
}

interface FeatureHeadsReportHead {
    edgeCount: number;
    head: number;
    layer: number;
    loading: number;
    promptCount: number;
    share: number;
}

interface FeatureID {
    index: number;
    layer: number;
}

interface FeatureInterval {
    examples: FeatureExample[];
    lower: number;
    promptCount: number;
    upper: number;
}

interface FeatureLabel {
    feature: FeatureID;
    label: string;
    note: string;
}

interface FeatureListItem {
    activePrompts: number;
    activeTokens: number;
    countedPrompts: number;
    countedTokens: number;
    feature: FeatureID;
    label?: string;
    labelIsAutomatic: boolean;
    maximum: number;
    mean: number;
    minimum?: number;
    negativeTokens?: number;
}

interface FeatureName {
    feature: FeatureID;
    label?: string;
    labelIsAutomatic: boolean;
    note: string;
}

interface FeatureNegativeTail {
    activePrompts: number;
    activeTokens: number;
    histogram: number[];
    intervals: FeatureInterval[];
    label: string;
    minimum: number;
    topExamples: FeatureExample[];
}

interface FeatureReport {
    activePrompts: number;
    activeTokens: number;
    countedPrompts: number;
    countedTokens: number;
    countsStoredOnly?: boolean;
    downstream: Neighbour[];
    excitedBy: TokenEffect[];
    feature: FeatureID;
    histogram: number[];
    intervals: FeatureInterval[];
    label?: string;
    labelIsAutomatic: boolean;
    maximum: number;
    mean: number;
    negative?: FeatureNegativeTail;
    promoted: TokenEffect[];
    suppressed: TokenEffect[];
    topExamples: FeatureExample[];
    upstream: Neighbour[];
}

type FeatureText = string | Record<string, any>;

interface FiringPrompt {
    activation: number;
    hasGraph: boolean;
    position: number;
    positionCount: number;
    promptID: number;
    text: string;
}

interface GapReport {
    answer: PromptReportToken;
    answerLogit: number;
    gap: number;
    rival: PromptReportToken;
}

interface GlobalNeighbours {
    activeTokens?: number;
    countedTokens?: number;
    direction: "upstream" | "downstream";
    feature: FeatureID;
    filter?: string;
    graphCount: number;
    neighbours: Neighbour[];
    promptCount: number;
    ranking: "edges" | "twera" | "era" | "virtual";
    scale?: WeightScale;
}

interface GlobalWeight {
    coactiveTokens: number;
    era: number;
    flag?: "interference" | "co-activation alone";
    twera: number;
    virtualWeight: number;
}

interface GraphFeaturesReport {
    answer?: GraphFeaturesReportAnswer;
    columnTag?: string;
    countedTokens: number;
    features: GraphFeaturesReportFeature[];
    prompt?: number;
    promptCount: number;
    rowTag?: string;
}

interface GraphFeaturesReportAnswer {
    promptCount: number;
    readPrompts: number;
    text: string;
    token: number;
}

interface GraphFeaturesReportFeature {
    answerShare?: number;
    density: number;
    feature: FeatureID;
    operandExplained?: number;
    operandLabel?: string;
    promptShare: number;
    specificity?: number;
}

interface GraphHeadsReport {
    edges: GraphHeadsReportEdge[];
    heads: EdgeHeadsReportHead[];
    isComputed: boolean;
    nodes: string[];
}

interface GraphHeadsReportEdge {
    heads: number[];
    loadings: number[];
    rest: number;
    source: number;
    target: number;
}

interface GraphNodeReport {
    inputCount: number;
    inputs: GraphNodeReportLink[];
    node: GraphReportNode;
    outputCount: number;
    outputs: GraphNodeReportLink[];
}

interface GraphNodeReportLink {
    heads?: EdgeHeadsReportLoading[];
    node: GraphReportNode;
    rest?: number;
    share: number;
    weight: number;
}

interface GraphReport {
    edgeThreshold: number;
    edges: GraphReportEdge[];
    gap?: GapReport;
    layerCount: number;
    nodeThreshold: number;
    nodes: GraphReportNode[];
    omitted: GraphReportOmitted;
    prompt?: number;
    scores: GraphScores;
    storedEdgeCount: number;
    storedNodeCount: number;
    targets: PromptReportTarget[];
    text: string;
    tokens: PromptReportToken[];
}

interface GraphReportEdge {
    share: number;
    source: number;
    target: number;
    weight: number;
}

interface GraphReportNode {
    activation: number;
    cumulativeInfluence: number;
    effects?: EffectReport;
    feature?: FeatureID;
    id: string;
    influence: number;
    inputSum: number;
    kind: string;
    label?: string;
    labelIsAutomatic: boolean;
    layer?: number;
    position: number;
    probability?: number;
    text?: string;
    token?: number;
}

interface GraphReportOmitted {
    edges: number;
    nodes: number;
}

interface GraphScores {
    completeness: number;
    replacement: number;
}

interface HeadID {
    head: number;
    layer: number;
}

interface HeadPairsReport {
    head: number;
    layer: number;
    pairs: HeadPairsReportPair[];
    pairsAScore: number;
    scoreCount: number;
}

interface HeadPairsReportExample {
    contribution: number;
    key: number;
    prompt: number;
    query: number;
    text: string;
    weight: number;
}

interface HeadPairsReportPair {
    count: number;
    examples: HeadPairsReportExample[];
    key: HeadPairsReportSource;
    mean: number;
    query: HeadPairsReportSource;
    spread: number;
}

interface HeadPairsReportSource {
    label?: string;
    node: NodeName;
}

interface HeadReport {
    carried: HeadReportFeature[];
    examples: HeadReportExample[];
    graphCount: number;
    head: HeadsReportHead;
    served: HeadReportFeature[];
}

interface HeadReportExample {
    loading: number;
    prompt: number;
    source: NamedNode;
    target: NamedNode;
    text: string;
    weight: number;
}

interface HeadReportFeature {
    edgeCount: number;
    feature: FeatureID;
    label?: string;
    promptCount: number;
    share: number;
    shareOfFeature: number;
}

interface HeadValidationBody {
    heads: string[];
    leastWeight?: number;
    pairs?: number;
    prompts?: number;
    seed?: number;
    tokensBeforeEnd?: number;
    where?: string;
}

interface HeadValidationReport {
    heads: HeadID[];
    leastWeight: number;
    pairs: number;
    promptCount: number;
    promptsWithoutLooks: number;
    tokensBeforeEnd: number;
    trials: HeadValidationReportTrial[];
    wrongPrompts: number;
}

interface HeadValidationReportAnswer {
    gap: number;
    probability: number;
    text: string;
    token: number;
}

interface HeadValidationReportKnockOut {
    feature: FeatureID;
    label?: string;
    position: number;
    weight: number;
}

interface HeadValidationReportLook {
    head: HeadID;
    key: number;
    knockOut?: HeadValidationReportKnockOut;
    query: number;
    randomKnockOut?: HeadValidationReportKnockOut;
    removed: number;
    removedAtRandom: number;
    score: number;
    text: string;
    weight: number;
    weightWithoutPairs: number;
    weightWithoutRandomPairs: number;
}

interface HeadValidationReportTrial {
    answer: string;
    before: HeadValidationReportAnswer;
    looks: HeadValidationReportLook[];
    otherHeads?: HeadValidationReportAnswer;
    promptID: number;
    text: string;
    withoutPairs: HeadValidationReportAnswer;
    withoutRandomPairs: HeadValidationReportAnswer;
}

interface HeadsReport {
    graphCount: number;
    headCount: number;
    heads: HeadsReportHead[];
    lackingCount: number;
    layerCount: number;
}

interface HeadsReportHead {
    distance: number;
    edgeCount: number;
    entropy: number;
    first: number;
    head: number;
    layer: number;
    previous: number;
    same: number;
    share: number;
}

interface InhibitorsReport {
    activeTokens: number;
    countedTokens: number;
    expectedTokens: number;
    feature: FeatureID;
    filter?: string;
    inhibitors: InhibitorsReportInhibitor[];
    silentTokens: number;
    sources: InhibitorsReportSource[];
}

interface InhibitorsReportInhibitor {
    activeShare: number;
    edgeSupport: number;
    feature: FeatureID;
    label?: string;
    lift?: number;
    meanEdge: number;
    meanInhibition: number;
    silentShare: number;
    silentTokens: number;
    virtualWeight: number;
}

interface InhibitorsReportSource {
    feature: FeatureID;
    label?: string;
    twera: number;
}

interface InterventionBody {
    layers?: string;
    mode?: "free" | "frozen" | "constrained" | "attention-frozen" | "norms-frozen";
    settings: InterventionBodySetting[];
    text: string;
}

interface InterventionBodySetting {
    feature?: FeatureText;
    features?: FeatureText[];
    multiple?: number;
    positions?: string;
    supernode?: string;
    value?: number;
}

interface InterventionReport {
    changed: InterventionReportChange[];
    generated?: InterventionReportContinuations;
    nextTokens: InterventionReportCandidate[];
    settings: string[];
    text: string;
    tokens: PromptReportToken[];
}

interface InterventionReportCandidate {
    after: number;
    before: number;
    text: string;
    token: number;
}

interface InterventionReportChange {
    after: number;
    before: number;
    feature: FeatureID;
    label?: string;
    position: number;
}

interface InterventionReportContinuations {
    after: string;
    before: string;
    tokensAfter: number[];
    tokensBefore: number[];
}

interface InvariantReport {
    absent: InvariantReportRow[];
    absentCount: number;
    features: InvariantReportRow[];
    filter: string;
    invariantCount: number;
    outsideCount: number;
    promptCount: number;
    share: number;
}

interface InvariantReportRow {
    feature: FeatureID;
    insideCount: number;
    insideShare: number;
    label?: string;
    labelIsAutomatic: boolean;
    lift?: number;
    meanMaximum: number;
    outsideCount: number;
    outsideShare: number;
}

interface ItemListOfFeatureLabel {
    items: FeatureLabel[];
    next?: string;
    total: number;
}

interface ItemListOfFeatureListItem {
    items: FeatureListItem[];
    next?: string;
    total: number;
}

interface ItemListOfFiringPrompt {
    items: FiringPrompt[];
    next?: string;
    total: number;
}

interface ItemListOfLogitListItem {
    items: LogitListItem[];
    next?: string;
    total: number;
}

interface ItemListOfPromptListItem {
    items: PromptListItem[];
    next?: string;
    total: number;
}

interface ItemListOfSavedRun {
    items: SavedRun[];
    next?: string;
    total: number;
}

interface ItemListOfStoredSupernode {
    items: StoredSupernode[];
    next?: string;
    total: number;
}

interface ItemListOfTagSummary {
    items: TagSummary[];
    next?: string;
    total: number;
}

interface JobReport {
    done: number;
    error?: string;
    id: string;
    kind: string;
    rate?: number;
    result?: JobResult;
    secondsLeft?: number;
    state: "queued" | "running" | "done" | "failed" | "cancelled";
    total?: number;
    unit?: string;
    waitingBefore: number;
}

type JobResult = RunReport | InterventionReport | SteeredTextReport | ValidationReport | ExchangeReport | HeadValidationReport | SteeredFeature | SteeringReport;

interface JobTicket {
    job: string;
}

interface LabelBody {
    label: string;
    note?: string;
}

interface LabelFileAnswer {
    content: string;
    format: "csv" | "jsonl";
}

interface LabelFileBody {
    content: string;
    name: string;
    replace?: boolean;
}

interface LabelImport {
    added: number;
    alreadyThere: number;
    kept: number;
    repeated: number;
    replaced: number;
    unknownFeatures: number;
}

interface LogitListItem {
    meanProbability: number;
    promptCount: number;
    text: string;
    token: number;
}

interface MotifsOptions {
    edgeThreshold: number;
    falseDiscoveryRate: number;
    graphLimit: number;
    limit: number;
    minimumSupport: number;
    nodeThreshold: number;
    rewirings: number;
    seed: number;
    signed: boolean;
    testedLimit: number;
}

interface MotifsReport {
    census: MotifsReportCensusRow[];
    filter: string;
    found: Record<string, number>;
    limitations: string[];
    meanEdges: number;
    meanNodes: number;
    motifs: MotifsReportRow[];
    options: MotifsOptions;
    promptCount: number;
    readGraphs: number;
    significantCount: number;
    significantInBoth: number;
    testedCount: number;
}

interface MotifsReportCensusExpectation {
    deviation: number;
    expected: number;
    pValueFewer: number;
    pValueMore: number;
    zScore?: number;
}

interface MotifsReportCensusRow {
    count: number;
    degrees: MotifsReportCensusExpectation;
    places: MotifsReportCensusExpectation;
    shape: string;
}

interface MotifsReportExpectation {
    deviation: number;
    expected: number;
    pValue: number;
    qValue: number;
    zScore?: number;
}

interface MotifsReportRow {
    degrees: MotifsReportExpectation;
    features: FeatureID[];
    kind: "edge" | "chain" | "triangle" | "fanIn" | "fanOut";
    labels: (string | null)[];
    places: MotifsReportExpectation;
    signs?: number[];
    support: number;
    together: number;
}

interface NamedNode {
    feature?: FeatureID;
    kind: string;
    label?: string;
    layer?: number;
    position?: number;
    text?: string;
}

interface Neighbour {
    label?: string;
    mean: number;
    meanShare: number;
    node: NodeName;
    samePositionShare: number;
    signConsistency: number;
    spread: number;
    support: number;
    weights?: GlobalWeight;
}

interface NeuronOptions {
    baseline: "zero" | "pair" | "group" | "corpus";
    coverage: number;
    groupTag?: string;
    maximumNeurons?: number;
}

interface NodeName {
    feature?: FeatureID;
    kind: string;
    layer?: number;
    text?: string;
    token?: number;
}

type OpenAPIDocument = Record<string, any>;

interface OperandLabels {
    cellCount: number;
    columnTag?: string;
    features: OperandLabelsRow[];
    rowTag?: string;
}

interface OperandLabelsRow {
    explained?: number;
    feature: FeatureID;
    kind: "constant" | "bar" | "stripe" | "diagonal" | "lookup" | "none";
    label?: string;
}

interface OperandRanking {
    cellCount: number;
    columnTag: string;
    counts: Record<string, number>;
    featureCount: number;
    features: OperandRankingRow[];
    filter: string;
    minimumShare: number;
    position: "last" | "largest";
    rareCount: number;
    rowTag: string;
}

interface OperandRankingRow {
    feature: FeatureID;
    label?: string;
    labelIsAutomatic: boolean;
    shape: OperandShape;
}

interface OperandShape {
    activeShare: number;
    cellCount: number;
    deviation: number;
    explained?: number;
    fit?: string;
    fits: OperandShapeFit[];
    kind: "constant" | "bar" | "stripe" | "diagonal" | "lookup" | "none";
    label?: string;
    maximum: number;
    mean: number;
    minimum?: number;
    peaks: OperandShapePeak[];
    rectangleDefect?: number;
    sumDefect?: number;
}

interface OperandShapeFit {
    explained: number;
    groupCount: number;
    kind: "constant" | "bar" | "stripe" | "diagonal" | "lookup" | "none";
    name: string;
}

interface OperandShapePeak {
    mean: number;
    name: string;
}

interface OperandTags {
    columnTag?: string;
    rowTag?: string;
}

interface OperandsReport {
    cells?: OperandsReportCell[];
    columnTag: string;
    columns: number[];
    feature: FeatureID;
    filter: string;
    label?: string;
    labelIsAutomatic: boolean;
    position: "last" | "largest";
    rowTag: string;
    rows: number[];
    shape: OperandShape;
    values: ((number | null)[])[];
}

interface OperandsReportCell {
    column: number;
    row: number;
    value: number;
}

interface PatternReport {
    head: number;
    layer: number;
    least: number;
    prompt: number;
    queries: PatternReportQuery[];
    tokens: string[];
}

interface PatternReportQuery {
    keys: number[];
    weights: number[];
}

interface Problem {
    allowed?: string[];
    detail: string;
    nearest?: string[];
    retryAfter?: number;
    status: number;
    title: string;
}

interface PromptFilter {
    conditions: PromptFilterCondition[];
}

interface PromptFilterCondition {
    name: string;
    value: string;
}

interface PromptListItem {
    answer?: string;
    answerProbability?: number;
    hasGraph: boolean;
    id: number;
    isRight?: boolean;
    nodeCount?: number;
    predicted: PromptReportToken;
    predictedProbability: number;
    scores?: GraphScores;
    tags: PromptReportTag[];
    text: string;
    tokenCount: number;
}

interface PromptPair {
    first: number;
    second: number;
}

interface PromptReport {
    activationCount: number;
    answer?: string;
    answerProbability?: number;
    answerToken?: number;
    corpora: string[];
    countedTokens: number;
    externalIDs: string[];
    features: PromptReportFeature[];
    graph?: PromptReportGraph;
    id: number;
    isRight?: boolean;
    predicted: PromptReportToken;
    predictedProbability: number;
    tags: PromptReportTag[];
    text: string;
    tokens: PromptReportToken[];
}

interface PromptReportFeature {
    activation: number;
    effects?: EffectReport;
    feature: FeatureID;
    influence?: number;
    label?: string;
    labelIsAutomatic: boolean;
    position: number;
    text: string;
}

interface PromptReportGraph {
    activeFeatureCount: number;
    edgeCount: number;
    gap?: GapReport;
    largestViolation: number;
    nodeCount: number;
    scores: GraphScores;
    selectedFeatureCount: number;
    targets: PromptReportTarget[];
}

interface PromptReportTag {
    name: string;
    value: string;
}

interface PromptReportTarget {
    kind: string;
    position: number;
    probability: number;
    text: string;
    token: number;
}

interface PromptReportToken {
    text: string;
    token: number;
}

interface RiseQuality {
    area: number;
    correlation?: number;
    shared: number;
}

interface RunBody {
    minus?: string;
    target?: string;
    text: string;
}

interface RunReport {
    activeFeatureCount: number;
    graph: GraphReport;
    nextTokens: RunReportNextToken[];
    text: string;
}

interface RunReportNextToken {
    probability: number;
    text: string;
    token: number;
}

interface SavedRun {
    name: string;
    state: Record<string, string>;
    text: string;
    updatedAt: string;
}

interface SavedRunBody {
    state?: Record<string, string>;
    text: string;
}

interface SchemaReport {
    relations: SchemaReportRelation[];
}

interface SchemaReportColumn {
    name: string;
    note: string;
    type: string;
}

interface SchemaReportRelation {
    columns: SchemaReportColumn[];
    isView: boolean;
    name: string;
    note: string;
}

interface SearchReport {
    labels: SearchReportLabelMatch[];
    names: SearchReportNameMatch[];
    promoters: SearchReportPromoterMatch[];
    prompts: SearchReportPromptMatch[];
    query: string;
    supernodes: SearchReportSupernodeMatch[];
    tokens: SearchReportTokenMatch[];
}

interface SearchReportLabelMatch {
    feature: FeatureID;
    label: string;
    labelIsAutomatic: boolean;
    snippet: SearchReportPart[];
}

interface SearchReportNameMatch {
    id: number;
    name: string;
    text: string;
}

interface SearchReportPart {
    isMatch: boolean;
    text: string;
}

interface SearchReportPromoterMatch {
    feature: FeatureID;
    label?: string;
    labelIsAutomatic: boolean;
    text: string;
    token: number;
    value: number;
}

interface SearchReportPromptMatch {
    id: number;
    snippet: SearchReportPart[];
}

interface SearchReportSupernodeMatch {
    name: string;
    snippet: SearchReportPart[];
}

interface SearchReportTokenMatch {
    explainedPrompts: number;
    promptCount: number;
    text: string;
    token: number;
}

interface ServiceReport {
    capabilities: ServiceReportCapabilities;
    identity: ServiceReportIdentity;
    information: AtlasInformation;
    name: string;
    programVersion: string;
}

interface ServiceReportCapabilities {
    modelLoaded: boolean;
    needsToken: boolean;
    writable: boolean;
}

interface ServiceReportIdentity {
    featuresPerLayer: number;
    layerCount: number;
    modelName: string;
    transcoderKind: string;
    transcoderName: string;
    vocabularySize: number;
}

interface SimilarReport {
    candidateCount: number;
    isExact: boolean;
    measure: "influence" | "activation";
    prompt: number;
    prompts: SimilarReportRow[];
    text: string;
}

interface SimilarReportRow {
    prompt: number;
    shared: SimilarReportSharedFeature[];
    sharedCount: number;
    similarity: number;
    text: string;
}

interface SimilarReportSharedFeature {
    feature: FeatureID;
    label?: string;
    part: number;
}

interface StabilityGrid {
    edgeThresholds: number[];
    nodeThresholds: number[];
}

interface StabilityReport {
    edges: StabilityReportEdge[];
    grid: StabilityGrid;
    name: string;
    nodes: StabilityReportNode[];
    prompt?: number;
}

interface StabilityReportEdge {
    kept: number;
    source: NodeName;
    sourcePosition?: number;
    target: NodeName;
    targetPosition?: number;
    weight: number;
}

interface StabilityReportNode {
    influence: number;
    kept: number;
    label?: string;
    node: NodeName;
    position?: number;
}

interface SteeredFeature {
    fallingFeatures: SteeredFeatureLater[];
    fallingTokens: SteeredFeatureToken[];
    feature: FeatureID;
    label?: string;
    options: SteeringOptions;
    positionCount: number;
    promptCount: number;
    risingFeatures: SteeredFeatureLater[];
    risingTokens: SteeredFeatureToken[];
}

interface SteeredFeatureLater {
    feature: FeatureID;
    label?: string;
    mean: number;
    spread: number;
}

interface SteeredFeatureToken {
    decoder: number;
    mean: number;
    spread: number;
    text: string;
    token: number;
}

interface SteeredTextBody {
    count?: number;
    doses?: number[];
    layers?: string;
    mode?: "free" | "frozen" | "constrained" | "attention-frozen" | "norms-frozen";
    seed?: number;
    settings: InterventionBodySetting[];
    temperature?: number;
    text: string;
    watched?: string[];
}

interface SteeredTextReport {
    doses: SteeredTextReportDose[];
    plain: SteeredTextReportStep[];
    seed?: number;
    settings: string[];
    steered: SteeredTextReportStep[];
    temperature?: number;
    text: string;
    tokens: PromptReportToken[];
    watched: PromptReportToken[];
}

interface SteeredTextReportDose {
    difference?: number;
    dose: number;
    probabilities: number[];
}

interface SteeredTextReportStep {
    likeliest?: string;
    probability: number;
    text: string;
    token: number;
}

interface SteeringBody {
    factor?: number;
    feature: FeatureText;
    limit?: number;
    prompts?: number;
    read?: "own" | "last";
    seed?: number;
    where?: string;
}

interface SteeringOptions {
    downstream: number;
    factor: number;
    features: number;
    group: PromptFilter;
    prompts: number;
    readout: "own" | "last";
    resamples: number;
    risers: number;
    seed: number;
}

interface SteeringReport {
    candidateCount: number;
    features: SteeringReportFeature[];
    options: SteeringOptions;
    results: SteeringReportResult[];
    silentCount: number;
    steeredCount: number;
}

interface SteeringReportFeature {
    feature: FeatureID;
    features: Record<string, RiseQuality>;
    heldOutPrompts: number;
    largestRise: number;
    learntPrompts: number;
    tokens: Record<string, RiseQuality>;
}

interface SteeringReportQuality {
    area: number;
    correlation?: number;
    count: number;
    interval?: ValidationReportInterval;
    shared: number;
}

interface SteeringReportResult {
    count: number;
    name: string;
    predictors: Record<string, SteeringReportQuality>;
    subject: "tokens" | "features";
}

interface SteeringTestBody {
    factor?: number;
    features?: number;
    prompts?: number;
    read?: "own" | "last";
    risers?: number;
    seed?: number;
    where?: string;
}

interface StoredSupernode {
    members: FeatureID[];
    name: string;
    note: string;
}

interface SupernodeBody {
    features: FeatureText[];
    note?: string;
}

interface SupernodesReport {
    after: GraphScores;
    alone: SupernodesReportMember[];
    before: GraphScores;
    groups: SupernodesReportGroup[];
    promptCount: number;
    seed: CircuitSeed;
    seedName: string;
    threshold: number;
}

interface SupernodesReportGroup {
    correlation: number;
    edgeCosine: number;
    influence: number;
    members: SupernodesReportMember[];
    name: string;
    similarity: number;
}

interface SupernodesReportMember {
    feature: FeatureID;
    influence: number;
    label?: string;
}

interface TableAnswer {
    columns: string[];
    isTruncated: boolean;
    rows: TableAnswerValue[][];
    truncatedBy?: TableAnswerTruncation;
}

type TableAnswerTruncation = "rows" | "bytes";

type TableAnswerValue = number | string | null;

interface TagSummary {
    name: string;
    valueCount: number;
    values: TagSummaryValue[];
}

interface TagSummaryValue {
    promptCount: number;
    value: string;
}

interface TokenEffect {
    text: string;
    token: number;
    value: number;
}

interface ValidationBody {
    ablation?: number;
    by?: string;
    interventions?: number;
    measuredPrompts?: number;
    mode?: "attention-frozen" | "norms-frozen" | "free" | "frozen";
    readout?: "gap" | "logit" | "log-probability" | "divergence";
    seed?: number;
    tokens?: number[];
    where?: string;
}

interface ValidationOptions {
    ablation: number;
    circuit: CircuitOptions;
    groupTag: string;
    interventions: number;
    measuredPrompts: number;
    modes: ("attention-frozen" | "norms-frozen" | "free" | "frozen")[];
    readouts: ("gap" | "logit" | "log-probability" | "divergence")[];
    resamples: number;
    seed: number;
    wholePrompts: boolean;
}

interface ValidationReport {
    alternatives: ValidationReportResult[];
    circuits: ValidationReportCircuit[];
    matched: ValidationReportMatched;
    options: ValidationOptions;
    otherTokens?: ValidationReportResult;
    possibleCount: number;
    promptsWithoutEffects: number;
    results: ValidationReportResult[];
    skippedTokens: number[];
    strata: ValidationReportResult[];
    trials: ValidationReportTrial[];
}

interface ValidationReportChange {
    divergence: number;
    gap: number;
    logProbability: number;
    logit: number;
}

interface ValidationReportCircuit {
    featureCount: number;
    fittedPrompts: number;
    heldOutPrompts: number;
    text: string;
    token: number;
    trialCount: number;
}

interface ValidationReportInterval {
    high: number;
    low: number;
}

interface ValidationReportMatched {
    count: number;
    largerShare: number;
    meanEffect: number;
    meanMatchedEffect: number;
}

interface ValidationReportQuality {
    correlation?: number;
    count: number;
    interval?: ValidationReportInterval;
    signAgreement?: number;
    sizes?: number;
    withinPromptCount: number;
    withinPrompts?: number;
}

interface ValidationReportResult {
    count: number;
    meanChange: number;
    mode: "attention-frozen" | "norms-frozen" | "free" | "frozen";
    name: string;
    predictors: Record<string, ValidationReportQuality>;
    promptCount: number;
    readout: "gap" | "logit" | "log-probability" | "divergence";
}

interface ValidationReportTrial {
    contribution: number;
    feature: FeatureID;
    group: string;
    influence: number;
    isAnswer: boolean;
    matched?: FeatureID;
    matchedLogit?: number;
    measured: ValidationReportChange[];
    predictedGap: Record<string, number>;
    predictedLogit: Record<string, number>;
    prompt: number;
    token: number;
}

interface WeightScale {
    largeTargetWeighted?: number;
    largeWeight: number;
    pairCount: number;
    tinyWeight: number;
}

/** What answers a path; a path that is not known when this is checked is answered by anything. */
type AnswerAt<Path extends string> = string extends Path ? any
    : Path extends `jobs/${string}/graph/nodes/${string}` ? GraphNodeReport
    : Path extends `prompts/${string}/graph/nodes/${string}` ? GraphNodeReport
    : Path extends `prompts/${string}/patterns/${string}/${string}` ? PatternReport
    : Path extends `jobs/${string}/graph/features` ? GraphFeaturesReport
    : Path extends `prompts/${string}/graph/features` ? GraphFeaturesReport
    : Path extends `prompts/${string}/graph/heads` ? GraphHeadsReport
    : Path extends `features/${string}/${string}/correlated` ? CorrelatedFeatures
    : Path extends `features/${string}/${string}/downstream` ? GlobalNeighbours
    : Path extends `features/${string}/${string}/heads` ? FeatureHeadsReport
    : Path extends `features/${string}/${string}/inhibitors` ? InhibitorsReport
    : Path extends `features/${string}/${string}/label` ? FeatureName
    : Path extends `features/${string}/${string}/operands` ? OperandsReport
    : Path extends `features/${string}/${string}/prompts` ? ItemListOfFiringPrompt
    : Path extends `features/${string}/${string}/upstream` ? GlobalNeighbours
    : Path extends `heads/${string}/${string}/pairs` ? HeadPairsReport
    : Path extends `jobs/${string}/graph` ? GraphReport
    : Path extends `prompts/${string}/attention` ? AttentionReport
    : Path extends `prompts/${string}/graph` ? GraphReport
    : Path extends `prompts/${string}/similar` ? SimilarReport
    : Path extends `prompts/${string}/stability` ? StabilityReport
    : Path extends `edges/${string}/${string}` ? EdgeReport
    : Path extends `features/${string}/${string}` ? FeatureReport
    : Path extends `heads/${string}/${string}` ? HeadReport
    : Path extends `circuits/stability` ? StabilityReport
    : Path extends `circuits/supernodes` ? SupernodesReport
    : Path extends `labels/file` ? LabelFileAnswer
    : Path extends `jobs/${string}` ? JobReport
    : Path extends `logits/${string}` ? DriversReport
    : Path extends `prompts/${string}` ? PromptReport
    : Path extends `saved-runs/${string}` ? SavedRun
    : Path extends `supernodes/${string}` ? StoredSupernode
    : Path extends `atlas` ? ServiceReport
    : Path extends `circuits` ? CircuitReport
    : Path extends `contrast` ? ContrastReport
    : Path extends `diff` ? DiffReport
    : Path extends `failures` ? FailuresReport
    : Path extends `families` ? FamiliesReport
    : Path extends `features` ? ItemListOfFeatureListItem
    : Path extends `heads` ? HeadsReport
    : Path extends `invariant` ? InvariantReport
    : Path extends `labels` ? ItemListOfFeatureLabel
    : Path extends `logits` ? ItemListOfLogitListItem
    : Path extends `motifs` ? MotifsReport
    : Path extends `openapi.json` ? OpenAPIDocument
    : Path extends `operand-labels` ? OperandLabels
    : Path extends `operand-tags` ? OperandTags
    : Path extends `operands` ? OperandRanking
    : Path extends `prompts` ? ItemListOfPromptListItem
    : Path extends `saved-runs` ? ItemListOfSavedRun
    : Path extends `schema` ? SchemaReport
    : Path extends `search` ? SearchReport
    : Path extends `sql` ? TableAnswer
    : Path extends `supernodes` ? ItemListOfStoredSupernode
    : Path extends `tags` ? ItemListOfTagSummary
    : unknown;
