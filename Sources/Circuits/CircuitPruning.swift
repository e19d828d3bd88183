/// Which nodes and edges of a grown circuit are kept.
///
/// As a graph is pruned (``Pruning``), but for what collapsing changes:
/// 1. Nodes: members and outlying nodes that the caller adds (errors), the most influential until `nodeThreshold` of
///    their influence is covered, or of what they were ranked by; the seed, what joined as a member was expanded, and
///    nodes that `isAlwaysKept` names stay.
/// 2. Edges between kept nodes: by share times the target's influence, until `edgeThreshold` of the total is covered; those
///    by which expanded members took in others stay.
/// 3. Nodes without an outgoing edge go, until nothing changes. A node without an incoming edge stays: its inputs are
///    outside of the circuit, not missing.
public struct CircuitPruning<Node: Hashable & Comparable & Sendable>: Sendable {
    /// One kept edge.
    public struct Edge: Sendable, Hashable {
        /// The node that affects.
        public let source: Node
        /// The node that is affected.
        public let target: Node
        /// The source's share of the target's absolute inputs.
        public let share: Double
    }

    /// The kept nodes, in descending order of influence or of their ranks; the seed first.
    public let nodes: [Node]
    /// The kept edges, by target in the order of ``nodes``, then as the inputs were given.
    public let edges: [Edge]

    /// Prunes a circuit to both thresholds, each in 0…1.
    ///
    /// - Parameters:
    ///   - outlying: known nodes that are no members and are to be kept by their influence
    ///   - isAlwaysKept: nodes that the node threshold does not touch
    public init(
        _ growth: CircuitGrowth<Node>, outlying: [Node], nodeThreshold: Double, edgeThreshold: Double,
        isAlwaysKept: (Node) -> Bool
    ) {
        precondition((0...1).contains(nodeThreshold) && (0...1).contains(edgeThreshold))
        let seed = growth.members[0]
        let candidates = Array(growth.members.dropFirst()) + outlying
        let ranks = candidates.map { Float(growth.rank(of: $0)) }
        let smallest = coveringScore(ranks, share: nodeThreshold)
        var kept: Set<Node> = [seed]
        let expanded = growth.expansions.values.reduce(into: Set<Node>()) { $0.formUnion($1) }
        for (node, rank) in zip(candidates, ranks)
        where rank >= smallest || expanded.contains(node) || isAlwaysKept(node) {
            kept.insert(node)
        }
        var order = ([seed] + candidates).filter(kept.contains)
        order.sort { (growth.rank(of: $1), $0) < (growth.rank(of: $0), $1) }
        if let place = order.firstIndex(of: seed) { order.insert(order.remove(at: place), at: 0) }

        var all: [Edge] = []
        for target in order where growth.contains(target) {
            for input in growth.inputs(of: target) where kept.contains(input.source) && input.share > 0 {
                all.append(Edge(source: input.source, target: target, share: input.share))
            }
        }
        let scores = all.map { Float(growth.influence(of: $0.target) * $0.share) }
        let least = coveringScore(scores, share: edgeThreshold)
        all = all.indices.filter {
            scores[$0] >= least || growth.expansions[all[$0].target]?.contains(all[$0].source) == true
        }.map { all[$0] }
        var changed = true
        while changed {
            let sources = Set(all.map(\.source))
            let dead = kept.filter { $0 != seed && !sources.contains($0) }
            changed = !dead.isEmpty
            kept.subtract(dead)
            all.removeAll { dead.contains($0.target) }
        }
        nodes = order.filter(kept.contains)
        edges = all
    }
}
