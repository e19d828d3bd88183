import Circuits

/// Through which heads the shown edges of one prompt's graph go: the other half of a ``GraphReport`` of the same view.
public struct GraphHeadsReport: Codable, Sendable, Equatable {
    /// A shown edge with its main heads; both lists are empty for an edge that goes through none.
    public struct Edge: Codable, Sendable, Equatable {
        /// The index in `nodes` of what affects.
        public let source: Int
        /// The index in `nodes` of what is affected.
        public let target: Int
        /// The indices in the report's `heads` of the fewest heads that cover 90 % of the absolute loadings, at most 8, the
        /// largest first.
        public let heads: [Int]
        /// `[heads]`: the parts of the edge that go through them, signed.
        public let loadings: [Float]
        /// The sum of the other heads' absolute loadings.
        public let rest: Float
    }

    /// Whether the atlas knows the heads of this graph's edges; everything else is empty where it does not.
    public let isComputed: Bool
    /// The ids of the shown nodes, as in the ``GraphReport``.
    public let nodes: [String]
    /// Heads by their share of the shown edges' absolute loadings, the largest first.
    public let heads: [EdgeHeadsReport.Head]
    /// Shown edges by target, then source.
    public let edges: [Edge]
}

extension AtlasReader {
    /// Through which heads the edges go that a view shows of a graph, told as not computed where the graph has no heads.
    public func graphHeads(of graph: SparseGraph, view: GraphView = GraphView()) -> GraphHeadsReport {
        let part = ShownPart(of: graph, view)
        guard let heads = part.pruned.heads?.keeping(part.edges) else {
            return GraphHeadsReport(isComputed: false, nodes: [], heads: [], edges: [])
        }
        let ranked = EdgeHeadsReport.shares(heads)
        var rank: [Int: Int] = [:]
        for (place, head) in ranked.enumerated() { rank[head.layer * heads.headCount + head.head] = place }
        let edges = part.edges.enumerated().map { place, index in
            let own = heads[place].sorted { $0.loading.magnitude > $1.loading.magnitude }
            let edge = part.pruned.edges[index]
            return GraphHeadsReport.Edge(
                source: part.place[edge.source], target: part.place[edge.target],
                heads: own.compactMap { rank[$0.layer * heads.headCount + $0.head] }, loadings: own.map(\.loading),
                rest: heads.rests[place])
        }
        return GraphHeadsReport(
            isComputed: true, nodes: part.nodes.map { graphID(of: part.pruned.nodes[$0].id, in: part.pruned) },
            heads: ranked, edges: edges)
    }
}
