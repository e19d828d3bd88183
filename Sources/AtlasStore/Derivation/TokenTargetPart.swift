import Circuits

/// The part of a graph that can be added up over prompts: without targets that are no single token.
///
/// A token's logit is the same question in every prompt; a custom target is the question of one run, and has no node
/// key. Features, errors and tokens all stay.
struct TokenTargetPart {
    /// The targets that are tokens.
    let targets: [LogitTarget]
    /// The nodes, logits numbered by their place in `targets`.
    let nodes: [SparseGraph.Node]
    /// Where everything went; `nil` when nothing was left out.
    private let dropped: Places?

    private struct Places {
        /// For each target that stays its place in the graph.
        let targets: [Int]
        /// For each node that stays its place in the graph.
        let nodes: [Int]
        /// For each node of the graph its new place, or -1.
        let new: [Int]
    }

    /// Leaves custom targets out of a graph's nodes, which name no target beyond `targets`.
    init(targets: [LogitTarget], nodes: [SparseGraph.Node]) {
        let kept = targets.indices.filter { targets[$0].custom == nil }
        guard kept.count < targets.count else {
            self.targets = targets
            self.nodes = nodes
            dropped = nil
            return
        }
        var ordinals = [Int](repeating: -1, count: targets.count)
        for (new, old) in kept.enumerated() { ordinals[old] = new }
        var keptNodes: [Int] = []
        var places = [Int](repeating: -1, count: nodes.count)
        var remaining: [SparseGraph.Node] = []
        for (index, node) in nodes.enumerated() {
            var id = node.id
            if case .logit(let ordinal) = id, ordinals.indices.contains(ordinal) {
                guard ordinals[ordinal] >= 0 else { continue }
                id = .logit(ordinal: ordinals[ordinal])
            }
            places[index] = remaining.count
            keptNodes.append(index)
            remaining.append(
                SparseGraph.Node(
                    id: id, activation: node.activation, influence: node.influence,
                    cumulativeInfluence: node.cumulativeInfluence, inputSum: node.inputSum, biasInput: node.biasInput))
        }
        self.targets = kept.map { targets[$0] }
        self.nodes = remaining
        dropped = Places(targets: kept, nodes: keptNodes, new: places)
    }

    /// The edges between nodes that stay.
    func edges(_ edges: [SparseGraph.Edge]) -> [SparseGraph.Edge] {
        guard let places = dropped?.new else { return edges }
        return edges.compactMap { edge in
            guard places[edge.target] >= 0, places[edge.source] >= 0 else { return nil }
            return SparseGraph.Edge(target: places[edge.target], source: places[edge.source], weight: edge.weight)
        }
    }

    /// What is left of measurements, with the nodes' new places.
    func measured(_ measured: [NodeEffects.Measurement]) -> [NodeEffects.Measurement] {
        guard let places = dropped?.new else { return measured }
        return measured.compactMap { measurement in
            guard places[measurement.node] >= 0 else { return nil }
            var moved = measurement
            moved.node = places[measurement.node]
            return moved
        }
    }

    /// What is left of `[nodes]`.
    func ofNodes(_ values: [Float]) -> [Float] { dropped.map { $0.nodes.map { values[$0] } } ?? values }

    /// What is left of `[targets][nodes]`.
    func influence(_ influence: [[Float]]) -> [[Float]] {
        guard let dropped else { return influence }
        return dropped.targets.map { target in dropped.nodes.map { influence[target][$0] } }
    }
}
