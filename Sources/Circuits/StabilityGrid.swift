/// A grid of pruning settings, and what each keeps: whether a conclusion hangs on a threshold.
public struct StabilityGrid: Hashable, Sendable, Codable {
    /// The node thresholds tried, ascending.
    public let nodeThresholds: [Double]
    /// The edge thresholds tried, ascending.
    public let edgeThresholds: [Double]

    /// The grid that is used unless another is asked for: node thresholds 0.5 to 0.95, edge thresholds 0.8 to 0.99.
    public static let standard = StabilityGrid(
        nodeThresholds: [0.5, 0.6, 0.7, 0.8, 0.9, 0.95], edgeThresholds: [0.8, 0.85, 0.9, 0.95, 0.98, 0.99])

    /// Holds a grid of at least one setting.
    public init(nodeThresholds: [Double], edgeThresholds: [Double]) {
        precondition(!nodeThresholds.isEmpty && !edgeThresholds.isEmpty)
        self.nodeThresholds = nodeThresholds.sorted()
        self.edgeThresholds = edgeThresholds.sorted()
    }

    /// How many settings there are.
    public var count: Int { nodeThresholds.count * edgeThresholds.count }

    /// The settings that a graph stored with these thresholds can tell about: tighter ones or the same.
    ///
    /// Where no threshold of the grid is as tight, the graph's own is the only one.
    public func within(node: Double, edge: Double) -> StabilityGrid {
        let nodes = nodeThresholds.filter { $0 <= node }
        let edges = edgeThresholds.filter { $0 <= edge }
        return StabilityGrid(
            nodeThresholds: nodes.isEmpty ? [node] : nodes, edgeThresholds: edges.isEmpty ? [edge] : edges)
    }

    /// Calls `body` for every setting.
    public func forEach(_ body: (_ node: Double, _ edge: Double) throws -> Void) rethrows {
        for node in nodeThresholds { for edge in edgeThresholds { try body(node, edge) } }
    }
}

/// In which share of a grid's settings each node and edge survives pruning.
public struct Stability: Hashable, Sendable {
    /// The settings that were tried.
    public let grid: StabilityGrid
    /// For each node, in the order of the graph or circuit, the share of settings that keep it.
    public let nodes: [Double]
    /// For each edge, in the order of the graph or circuit, the share of settings that keep it.
    public let edges: [Double]

    /// Prunes a stored graph with every setting of the grid that it can tell about.
    public init(_ graph: SparseGraph, grid: StabilityGrid = .standard) {
        let grid = grid.within(node: graph.nodeThreshold, edge: graph.edgeThreshold)
        let places = Dictionary(uniqueKeysWithValues: graph.nodes.enumerated().map { ($1.id, $0) })
        struct Ends: Hashable {
            let source: Int
            let target: Int
        }
        let edgePlaces = Dictionary(
            uniqueKeysWithValues: graph.edges.enumerated().map { (Ends(source: $1.source, target: $1.target), $0) })
        var nodeCounts = [Int](repeating: 0, count: graph.nodes.count)
        var edgeCounts = [Int](repeating: 0, count: graph.edges.count)
        grid.forEach { node, edge in
            let pruned = graph.pruned(nodeThreshold: node, edgeThreshold: edge)
            let original = pruned.nodes.map { places[$0.id]! }
            for place in original { nodeCounts[place] += 1 }
            for edge in pruned.edges {
                edgeCounts[edgePlaces[Ends(source: original[edge.source], target: original[edge.target])]!] += 1
            }
        }
        self.init(grid: grid, nodeCounts: nodeCounts, edgeCounts: edgeCounts)
    }

    /// Prunes a grown circuit with every setting.
    ///
    /// - Parameters:
    ///   - whole: the circuit pruned with thresholds of 1, whose nodes and edges are told about
    ///   - outlying: see ``CircuitPruning``
    ///   - isAlwaysKept: see ``CircuitPruning``
    public init<Node>(
        _ growth: CircuitGrowth<Node>, whole: CircuitPruning<Node>, outlying: [Node], grid: StabilityGrid = .standard,
        isAlwaysKept: (Node) -> Bool
    ) {
        var nodeCounts: [Node: Int] = [:]
        var edgeCounts: [CircuitPruning<Node>.Edge: Int] = [:]
        grid.forEach { node, edge in
            let pruning = CircuitPruning(
                growth, outlying: outlying, nodeThreshold: node, edgeThreshold: edge, isAlwaysKept: isAlwaysKept)
            for node in pruning.nodes { nodeCounts[node, default: 0] += 1 }
            for edge in pruning.edges { edgeCounts[edge, default: 0] += 1 }
        }
        self.init(
            grid: grid, nodeCounts: whole.nodes.map { nodeCounts[$0] ?? 0 },
            edgeCounts: whole.edges.map { edgeCounts[$0] ?? 0 })
    }

    private init(grid: StabilityGrid, nodeCounts: [Int], edgeCounts: [Int]) {
        self.grid = grid
        nodes = nodeCounts.map { Double($0) / Double(grid.count) }
        edges = edgeCounts.map { Double($0) / Double(grid.count) }
    }
}
