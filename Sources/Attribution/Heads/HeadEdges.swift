import Circuits

/// Edges asked for by their ends, each end once.
struct HeadEdges {
    /// An edge of one target, whose source is found among groups.
    struct Wanted {
        /// Its place among the edges.
        let edge: Int
        /// The source's group, and its place in it.
        let group: Int
        let source: Int
    }

    /// Distinct, in the order in which they were named.
    private(set) var sources: [SweepSource] = []
    /// Distinct, in the order in which they were named.
    private(set) var targets: [SweepTarget] = []
    /// Places of both ends, in the order asked for.
    private(set) var edges: [(target: Int, source: Int)] = []
    /// `[sources]`: places among `edges`.
    private var bySource: [[Int]] = []

    init(
        _ asked: [HeadLoadings.Edge], source: (NodeID) -> SweepSource, target: (NodeID) -> SweepTarget
    ) {
        var (sourcePlaces, targetPlaces) = ([NodeID: Int](), [NodeID: Int]())
        edges.reserveCapacity(asked.count)
        for (place, edge) in asked.enumerated() {
            let from: Int
            if let known = sourcePlaces[edge.source] {
                from = known
            } else {
                from = sources.count
                sourcePlaces[edge.source] = from
                sources.append(source(edge.source))
                bySource.append([])
            }
            let to: Int
            if let known = targetPlaces[edge.target] {
                to = known
            } else {
                to = targets.count
                targetPlaces[edge.target] = to
                targets.append(target(edge.target))
            }
            bySource[from].append(place)
            edges.append((to, from))
        }
    }

    /// `[targets]`: the edges from some groups of sources.
    func wanted(of groups: [[Int]]) -> [[Wanted]] {
        var wanted = [[Wanted]](repeating: [], count: targets.count)
        for (group, members) in groups.enumerated() {
            for (place, source) in members.enumerated() {
                for edge in bySource[source] {
                    wanted[edges[edge].target].append(Wanted(edge: edge, group: group, source: place))
                }
            }
        }
        return wanted
    }
}

extension HeadLoadings {
    /// Every edge of a graph before pruning, by target, then source, with those of the bias node after each target's
    /// others where wanted; and their weights.
    public static func edges(
        of graph: AttributionGraph, withBias: Bool = false
    ) -> (edges: [Edge], weights: [Float]) {
        let layout = graph.layout
        let nodes = (0..<layout.nodeCount).map { graph.id(ofNode: $0) }
        var (edges, weights) = ([Edge](), [Float]())
        for target in 0..<layout.targetCount {
            let end = nodes[layout.node(ofTarget: target)]
            edges += (0..<layout.sourceCount).map { Edge(target: end, source: nodes[$0]) }
            weights += graph.weights[target * layout.sourceCount..<(target + 1) * layout.sourceCount]
            guard withBias else { continue }
            edges.append(Edge(target: end, source: .bias))
            weights.append(graph.biasWeights[target])
        }
        return (edges, weights)
    }
}
