// What the pages' modules hand to each other, beside the answers of a server. Only the check of the pages reads this.

/** Parameters of a question or of an address; what is empty or missing is left out. */
type Terms = Record<string, string | number | boolean | null | undefined>;

/** What an element can have inside: elements, texts and lists of them; null and false are left out. */
type Content = Node | string | number | boolean | null | undefined | Content[];

type Able = ServiceReportCapabilities;

/** What a view is asked for: the parts of its address, its parameters, and the end of its being shown. */
interface Asked {
    parts: string[];
    parameters: URLSearchParams;
    signal: AbortSignal;
}

interface View {
    title: string;
    view: Content[];
    isWide?: boolean;
    shown?: () => void;
}

/** A part of a view that begins to work once it is shown. */
interface Part {
    view: Content[];
    shown?: () => void;
}

/** A column of a table. */
interface Column<Row> {
    title: string;
    cell: (row: Row, ordinal?: number) => Content;
    definition?: string;
    numeric?: boolean;
    head?: boolean;
    width?: string;
    key?: string;
    cellClass?: string;
    value?: (row: Row, ordinal?: number) => string | number | null | undefined;
}

/** How a server orders a table's rows, and how its headings ask for another order. */
interface Order {
    column: string;
    descending: boolean;
    choose: (column: string) => void;
}

interface TableChoices<Row> {
    sort?: Order | null;
    empty?: string;
    withLegend?: boolean;
    rowClass?: ((row: Row) => string | null) | null;
    whole?: (() => Promise<Row[]>) | null;
    data?: ((row: Row) => unknown) | null;
}

/** A part of a long list. */
interface ListPart<Item> {
    items: Item[];
    total: number;
    first: number;
    next: string | null;
    whole: () => Promise<Item[]>;
    note?: string;
}

/** Where one is in a long list: items before, and the server's own mark. */
interface ListPlace {
    first: number;
    after: string;
}

type Named = [key: string, title: string];

type GraphModel = import("../../../Sources/AtlasInterface/Pages/graphModel.js").GraphModel;
type GraphView = import("../../../Sources/AtlasInterface/Pages/graphView.js").GraphView;
type GraphWorkbench = import("../../../Sources/AtlasInterface/Pages/graphWorkbench.js").GraphWorkbench;
type Camera = import("../../../Sources/AtlasInterface/Pages/graphCamera.js").Camera;
type EdgeHeads = import("../../../Sources/AtlasInterface/Pages/edgeHeads.js").EdgeHeads;
type EditHistory = import("../../../Sources/AtlasInterface/Pages/history.js").EditHistory;
type GraphState = ReturnType<typeof import("../../../Sources/AtlasInterface/Pages/graphState.js").graphStateFrom>;

/** A node of a drawing: of one prompt's graph, or of a circuit, whose positions are collapsed. */
interface GraphNode {
    id: string;
    kind: string;
    feature?: FeatureID | null;
    layer?: number | null;
    token?: number | null;
    text?: string | null;
    position?: number | null;
    label?: string | null;
    labelIsAutomatic?: boolean;
    influence?: number | null;
    cumulativeInfluence?: number | null;
    probability?: number | null;
    activation?: number | null;
    inputSum?: number;
    effects?: EffectReport | null;
    meanEffect?: number | null;
    meanActivation?: number | null;
    /** In how many of a circuit's prompts it takes part. */
    share?: number | null;
    /** By how many settings of pruning it is kept. */
    kept?: number;
    density?: number;
    specificity?: number | null;
    operandLabel?: string | null;
    /** The label that a rule gave before the operands' one took its place. */
    ruleLabel?: string | null;
}

/** A link of a drawing; its ends are indices of nodes. */
interface GraphEdge {
    source: number;
    target: number;
    weight: number;
    share?: number | null;
    support?: number;
}

interface GraphColumn {
    position: number;
    text: string;
}

/** Where a node stands, with the room for its name where it has one. */
interface Place {
    x: number;
    y: number;
    slot?: number;
    caption?: boolean;
    isNumbered?: boolean;
}

interface Layout {
    width: number;
    height: number;
    bottom: number;
    footer: number;
    gutter: number;
    places: Place[];
    columns: { x: number; width: number; position: number; text: string }[];
    rows: { y: number; height: number; title: string }[];
}

type LayOut = (model: GraphModel, shown: Set<number>, width: number) => Layout;

/** What is shown of a model, by indices of nodes. */
interface Shown {
    shown: Set<number>;
    selected: number | null;
    pins: Set<number>;
    found?: Set<number> | null;
    receding?: Set<number> | null;
    ends?: string;
}

/** What happens when a drawing, a table or a panel is worked with. */
interface Actions {
    select: (index: number | null) => void;
    pin?: (index: number) => void;
    hover?: (index: number | null) => void;
    zoom?: (scale: number) => void;
    link?: (edge: GraphEdge) => void;
    ends?: (ends: string) => void;
    expand?: ((index: number) => void) | null;
}

/** What the evidence panel shows of a node. */
interface Subject {
    key: string;
    model: GraphModel;
    index: number;
    node: GraphNode;
    prompt: number | string | null;
    text: string | null;
    where: string;
    nodesPath: string | null;
    heads: EdgeHeads | null;
    ends: string;
    actions: Actions;
    isPinned?: boolean;
    isExpanded?: boolean;
}

/** A link with its ends as nodes. */
interface LinkItem {
    source: GraphNode;
    target: GraphNode;
    weight: number;
    share?: number | null;
    heads: { heads: { layer: number; head: number; loading: number }[]; rest: number } | null;
    where: string;
    prompt: number | string | null;
    stays: boolean;
    other?: GraphNode;
    index?: number | null;
    arrow?: string;
}

interface Group {
    name: string;
    members: string[];
}

interface Supernode {
    name: string;
    note: string;
    members: FeatureID[];
}

/** A box of the pinned subgraph; members are indices of nodes. */
interface Box {
    name: string;
    detail: string;
    isGroup: boolean;
    members: number[];
}

interface BoxLink {
    source: number;
    target: number;
    weight: number;
    share: number;
    edges: GraphEdge[];
}

/** A label as an editor knows it. */
interface Label {
    label: string | null;
    isAutomatic: boolean;
    note?: string;
}

/** An edit that can be taken back; `record` is what a kept history remembers of it. */
interface Edit {
    title: string;
    apply: () => unknown;
    revert: () => unknown;
    record?: any;
}

/** Values by row and column; null where no prompt is. */
interface Grid {
    rows: number[];
    columns: number[];
    values: (number | null)[][];
    maximum: number;
    minimum: number;
    size: number;
    rowTag: string;
    columnTag: string;
}

interface Extremes {
    maximum: number;
    minimum: number;
}

/** Which circuit or graph a question is about. */
type Seed = {
    token?: string;
    feature?: string;
    prompt?: string | number;
    where?: string;
};

/** Something that a search offers. */
interface SearchOption {
    content: Content;
    address?: string;
    prompt?: number | string;
    take?: () => void;
}

/** What the panel of the pinned subgraph changes. */
interface SubgraphEdits {
    unpin: (id: string) => unknown;
    group: (name: string, members: string[]) => unknown;
    adopt: (name: string, members: string[]) => unknown;
    rename: (from: string, to: string) => unknown;
    ungroup: (name: string) => unknown;
    remove: (name: string) => unknown;
    forget: (supernode: Supernode) => unknown;
    save: (group: Group) => unknown;
}
