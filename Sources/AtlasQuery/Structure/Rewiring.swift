import Circuits

/// Rewires one graph at random, again and again from the same start.
///
/// Two edges of the same sign, `a → b` and `c → d`, become `a → d` and `c → b`, where both are absent so far and run to a
/// later layer and no earlier position. Every pair that may be exchanged is as likely to be drawn as its reverse, so that
/// long rewiring reaches each graph that the null allows equally often.
struct Rewiring {
    /// A try at exchanging for each edge, so many times.
    static let triesPerEdge = 10

    /// One way in which edges may be exchanged: within groups, which no exchange changes.
    private struct Grouping {
        /// The places of edges, group by group.
        var members: [Int] = []
        /// For each edge where its group begins in `members`, and how many it has.
        var starts: [Int]
        var counts: [Int]
        /// Whether the new edge at each place keeps its target, not its source; the same two edges come about.
        let exchangesSources: Bool
    }

    private let graph: FeatureGraph
    private let groupings: [Grouping]
    /// By source and target, in rows of `graph.features.count`: whether an edge may be there, and whether one is.
    private let allowed: [Bool]
    private let linked: [Bool]

    /// Prepares to rewire a graph as a null asks.
    init(_ graph: FeatureGraph, null: MotifNull) {
        self.graph = graph
        let nodes = graph.features.indices
        allowed = nodes.flatMap { source in nodes.map { graph.allows(source, $0) } }
        var linked = [Bool](repeating: false, count: allowed.count)
        for edge in graph.edges { linked[edge.source * nodes.count + edge.target] = true }
        self.linked = linked
        switch null {
        case .degrees: groupings = [Self.grouping(graph, exchangesSources: false) { [$0.sign.rawValue] }]
        case .places:
            // How many edges lead from each layer and position to each other stays where both targets are at one layer
            // and position, or both sources. Exchanging what the group has in common keeps every edge in its groups.
            func place(_ node: Int) -> [Int] { [graph.features[node].layer, graph.positions[node]] }
            groupings = [
                Self.grouping(graph, exchangesSources: false) { [$0.sign.rawValue] + place($0.target) },
                Self.grouping(graph, exchangesSources: true) { [$0.sign.rawValue] + place($0.source) },
            ]
        }
    }

    private static func grouping(
        _ graph: FeatureGraph, exchangesSources: Bool, by key: (FeatureGraph.Edge) -> [Int]
    ) -> Grouping {
        let zeros = [Int](repeating: 0, count: graph.edges.count)
        var grouping = Grouping(starts: zeros, counts: zeros, exchangesSources: exchangesSources)
        let groups = Dictionary(grouping: graph.edges.indices) { key(graph.edges[$0]) }
        for members in groups.values.sorted(by: { $0[0] < $1[0] }) {
            for edge in members {
                grouping.starts[edge] = grouping.members.count
                grouping.counts[edge] = members.count
            }
            grouping.members += members
        }
        return grouping
    }

    /// A rewired graph.
    func next(using generator: inout SeededNumbers) -> FeatureGraph {
        let (width, count) = (graph.features.count, graph.edges.count)
        guard count > 1 else { return graph }
        var (edges, linked) = (graph.edges, linked)
        edges.withUnsafeMutableBufferPointer { edges in
            linked.withUnsafeMutableBufferPointer { linked in
                allowed.withUnsafeBufferPointer { allowed in
                    for _ in 0..<Self.triesPerEdge * count {
                        let way = groupings.count == 1 ? 0 : generator.below(groupings.count)
                        let first = generator.below(count)
                        let member = groupings[way].starts[first] + generator.below(groupings[way].counts[first])
                        let second = groupings[way].members[member]
                        let (left, right) = (edges[first], edges[second])
                        let one = left.source * width + right.target
                        let other = right.source * width + left.target
                        guard left.source != right.source, left.target != right.target, allowed[one],
                            allowed[other], !linked[one], !linked[other]
                        else { continue }
                        linked[left.source * width + left.target] = false
                        linked[right.source * width + right.target] = false
                        linked[one] = true
                        linked[other] = true
                        if groupings[way].exchangesSources {
                            edges[first].source = right.source
                            edges[second].source = left.source
                        } else {
                            edges[first].target = right.target
                            edges[second].target = left.target
                        }
                    }
                }
            }
        }
        return FeatureGraph(features: graph.features, positions: graph.positions, edges: edges)
    }
}
