import Circuits

/// Through which heads the edges of one prompt's graph go.
public struct EdgeHeadsReport: Codable, Sendable, Equatable {
    /// A head with what goes through it in this prompt.
    public struct Head: Codable, Sendable, Equatable {
        /// Its layer.
        public let layer: Int
        /// The head.
        public let head: Int
        /// Its share of the absolute loadings of all edges.
        public let share: Double
        /// Edges of which it is a main head.
        public let edgeCount: Int
    }

    /// A head of one edge.
    public struct Loading: Codable, Sendable, Equatable {
        /// Its layer.
        public let layer: Int
        /// The head.
        public let head: Int
        /// The part of the edge that goes through it, signed.
        public let loading: Double
    }

    /// An edge with its main heads.
    public struct Edge: Codable, Sendable, Equatable {
        /// What affects.
        public let source: NamedNode
        /// What is affected.
        public let target: NamedNode
        /// The signed contribution to the target's pre-activation or logit.
        public let weight: Double
        /// The fewest heads that cover 90 % of the absolute loadings, at most 8, the largest first.
        public let heads: [Loading]
        /// The sum of the other heads' absolute loadings.
        public let rest: Double
    }

    /// Heads by share, the largest first.
    public let heads: [Head]
    /// Edges by weight, the largest first.
    public let edges: [Edge]

    /// Puts names to a graph's edges and their heads.
    ///
    /// - Parameters:
    ///   - tokens: the prompt's tokens as texts
    ///   - targetName: what a target is called
    public init(
        _ graph: SparseGraph, heads: EdgeHeads, tokens: [String], targetName: (LogitTarget) -> String,
        label: (FeatureID) -> String? = { _ in nil }
    ) {
        let targets = graph.targets.map { (name: targetName($0), position: $0.position) }
        let nodes = graph.nodes.map { NamedNode($0.id, tokens: tokens, targets: targets, label: label) }
        edges = graph.edges.indices.sorted {
            (graph.edges[$1].weight.magnitude, $0) < (graph.edges[$0].weight.magnitude, $1)
        }.map { place in
            let edge = graph.edges[place]
            return Edge(
                source: nodes[edge.source], target: nodes[edge.target], weight: Double(edge.weight),
                heads: Self.loadings(heads, ofEdge: place), rest: Double(heads.rests[place]))
        }
        self.heads = Self.shares(heads)
    }

    /// The kept heads of one edge, the largest first.
    static func loadings(_ heads: EdgeHeads, ofEdge edge: Int) -> [Loading] {
        heads[edge].sorted { $0.loading.magnitude > $1.loading.magnitude }.map {
            Loading(layer: $0.layer, head: $0.head, loading: Double($0.loading))
        }
    }

    /// Heads by their share of all absolute loadings, the largest first.
    static func shares(_ heads: EdgeHeads) -> [Head] {
        var sums: [Int: (sum: Double, count: Int)] = [:]
        for entry in heads.loadings {
            let place = entry.layer * heads.headCount + entry.head
            sums[place, default: (0, 0)].sum += Double(entry.loading.magnitude)
            sums[place, default: (0, 0)].count += 1
        }
        let total = sums.values.reduce(0) { $0 + $1.sum } + heads.rests.reduce(0) { $0 + Double($1) }
        return sums.map { place, own in
            Head(
                layer: place / heads.headCount, head: place % heads.headCount, share: total > 0 ? own.sum / total : 0,
                edgeCount: own.count)
        }.sorted { ($1.share, $0.layer, $0.head) < ($0.share, $1.layer, $1.head) }
    }
}
