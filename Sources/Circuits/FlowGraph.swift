/// A circuit as signed flows of influence, which can be added up when nodes are treated as one.
///
/// The flow of an edge is the target's influence times the source's share of its inputs, with the sign of the edge's
/// weight. Flows of parallel edges add up, signs and all, so nodes that work against each other cancel when they are
/// merged: that is what merging loses.
public struct FlowGraph: Hashable, Sendable {
    /// An edge and its flow.
    public struct Edge: Hashable, Sendable {
        /// The affecting node.
        public let source: Int
        /// The affected node.
        public let target: Int
        /// The signed flow.
        public let flow: Double

        /// Describes the edge from `source` to `target`.
        public init(source: Int, target: Int, flow: Double) {
            self.source = source
            self.target = target
            self.flow = flow
        }
    }

    /// What each node is; the first node is the seed.
    public let roles: [CircuitScores.Role]
    /// The edges, by target, then source, without repetition.
    public let edges: [Edge]

    /// Holds a graph; parallel edges are added up.
    public init(roles: [CircuitScores.Role], edges: [Edge]) {
        precondition(!roles.isEmpty)
        self.roles = roles
        var merged: [Edge] = []
        for edge in edges.enumerated().sorted(by: {
            ($0.element.target, $0.element.source, $0.offset) < ($1.element.target, $1.element.source, $1.offset)
        }).map(\.element) {
            if let last = merged.last, last.source == edge.source, last.target == edge.target {
                merged[merged.count - 1] = Edge(source: edge.source, target: edge.target, flow: last.flow + edge.flow)
            } else {
                merged.append(edge)
            }
        }
        self.edges = merged
    }

    /// The graph with nodes of the same group as one; edges inside a group are gone.
    ///
    /// - Parameter groups: for each node the number of its group, from 0 without gaps; the seed's is 0. A group is of one
    ///   role.
    public func merged(_ groups: [Int]) -> FlowGraph {
        precondition(groups.count == roles.count && groups[0] == 0)
        var roles = [CircuitScores.Role](repeating: .feature, count: (groups.max() ?? 0) + 1)
        for (node, group) in groups.enumerated() { roles[group] = self.roles[node] }
        return FlowGraph(
            roles: roles,
            edges: edges.compactMap { edge in
                let (source, target) = (groups[edge.source], groups[edge.target])
                return source == target ? nil : Edge(source: source, target: target, flow: edge.flow)
            })
    }

    /// The nodes, each after all nodes that it affects; `nil` when the graph has a cycle.
    public var order: [Int]? {
        var outputs = [Int](repeating: 0, count: roles.count)
        var inputs = [[Int]](repeating: [], count: roles.count)
        for edge in edges {
            outputs[edge.source] += 1
            inputs[edge.target].append(edge.source)
        }
        var ready = roles.indices.filter { outputs[$0] == 0 }
        var order: [Int] = []
        while let node = ready.popLast() {
            order.append(node)
            for source in inputs[node] {
                outputs[source] -= 1
                if outputs[source] == 0 { ready.append(source) }
            }
        }
        return order.count == roles.count ? order : nil
    }

    /// Replacement and completeness score, from the graph's own absolute flows; `nil` when the graph has a cycle.
    public var scores: GraphScores? {
        guard let order else { return nil }
        var inputs = [[Edge]](repeating: [], count: roles.count)
        for edge in edges { inputs[edge.target].append(edge) }
        var influence = [Double](repeating: 0, count: roles.count)
        influence[0] = 1
        var (tokens, errors, explained, total) = (0.0, 0.0, 0.0, 0.0)
        for node in order {
            let own = influence[node]
            switch roles[node] {
            case .token: tokens += own
            case .error: errors += own
            case .feature:
                let sum = inputs[node].reduce(0) { $0 + $1.flow.magnitude }
                var fromErrors = 0.0
                for edge in inputs[node] where sum > 0 {
                    let share = edge.flow.magnitude / sum
                    influence[edge.source] += own * share
                    if roles[edge.source] == .error { fromErrors += share }
                }
                explained += own * (1 - fromErrors)
                total += own
            }
        }
        explained += tokens + errors
        total += tokens + errors
        return GraphScores(
            replacement: tokens + errors > 0 ? tokens / (tokens + errors) : 0,
            completeness: total > 0 ? explained / total : 0)
    }
}
