import Circuits

/// The part of a graph that a view asks for.
struct ShownPart {
    /// The graph at the view's thresholds.
    let pruned: SparseGraph
    /// The shown ones of its nodes, in graph order.
    let nodes: [Int]
    /// `[pruned.nodes]`: where each node stands among `nodes`; −1 where it is not shown.
    let place: [Int]
    /// The shown ones of its edges, by target, then source.
    let edges: [Int]

    /// Prunes, and leaves out what there is no room for.
    init(of graph: SparseGraph, _ view: GraphView) {
        pruned = graph.pruned(nodeThreshold: view.nodeThreshold, edgeThreshold: view.edgeThreshold)
        nodes = pruned.mostInfluential(view.nodeLimit)
        var place = [Int](repeating: -1, count: pruned.nodes.count)
        for (new, old) in nodes.enumerated() { place[old] = new }
        self.place = place
        edges = pruned.passingOnMost(
            view.edgeLimit,
            of: pruned.edges.indices.filter { [edges = pruned.edges] index in
                place[edges[index].source] >= 0 && place[edges[index].target] >= 0
            })
    }
}

extension SparseGraph {
    /// The indices of the logits and of the nodes of most influence, `limit` in all, in graph order.
    fileprivate func mostInfluential(_ limit: Int) -> [Int] {
        guard nodes.count > limit else { return Array(nodes.indices) }
        func rank(_ index: Int) -> Float {
            if case .logit = nodes[index].id { .infinity } else { nodes[index].influence }
        }
        return nodes.indices.sorted { (rank($1), $0) < (rank($0), $1) }.prefix(limit).sorted()
    }

    /// Those of some edges that carry most of the targets' influence, `limit` at most, in their order.
    fileprivate func passingOnMost(_ limit: Int, of places: [Int]) -> [Int] {
        guard places.count > limit else { return places }
        let scores = places.map { place in
            let edge = edges[place]
            let own: Double
            if case .logit(let ordinal) = nodes[edge.target].id {
                own = Double(targets[ordinal].probability)
            } else {
                own = Double(nodes[edge.target].influence)
            }
            return own * share(edge)
        }
        return places.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(limit).sorted().map { places[$0] }
    }
}
