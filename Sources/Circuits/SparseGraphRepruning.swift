extension SparseGraph {
    /// The part of a stored graph that survives tighter thresholds.
    ///
    /// Nodes are chosen by their stored influence, so the choice is that of the graph before pruning. Edge scores are
    /// computed from the stored edges: edges that were not stored are missing from their sums, which can move a
    /// threshold's last edges. From a graph stored with thresholds of 1 the result is exact.
    ///
    /// - Parameters:
    ///   - nodeThreshold: at most the graph's own; a larger one keeps what there is
    ///   - edgeThreshold: at most the graph's own; a larger one keeps what there is
    public func pruned(nodeThreshold: Double, edgeThreshold: Double) -> SparseGraph {
        var kept = nodesWithin(nodeThreshold)
        var edges = edgesWithin(edgeThreshold, kept: kept)
        removeDeadEnds(&kept, &edges)
        var place = [Int](repeating: -1, count: nodes.count)
        let order = nodes.indices.filter { kept[$0] }
        for (new, old) in order.enumerated() { place[old] = new }
        var result = self
        result.nodes = order.map { nodes[$0] }
        result.targetInfluence = targetInfluence.map { influence in order.map { influence[$0] } }
        result.edges = edges.map { Edge(target: place[$0.target], source: place[$0.source], weight: $0.weight) }
        result.effects = effects?.keeping(order)
        result.heads = heads?.keeping(places(of: edges))
        result.nodeThreshold = min(nodeThreshold, self.nodeThreshold)
        result.edgeThreshold = min(edgeThreshold, self.edgeThreshold)
        return result
    }

    /// The places of some of the edges, which are in the same order.
    private func places(of some: [Edge]) -> [Int] {
        var place = edges.startIndex
        return some.map { edge in
            while edges[place].target != edge.target || edges[place].source != edge.source { place += 1 }
            defer { place += 1 }
            return place
        }
    }

    /// The nodes that are needed to cover a share of all influence, the crossing one included; tokens and logits always.
    private func nodesWithin(_ threshold: Double) -> [Bool] {
        let top = nodes.max { $0.influence < $1.influence }
        let total = top.map { Double($0.influence) / max(Double($0.cumulativeInfluence), .leastNormalMagnitude) } ?? 0
        return nodes.map { node in
            switch node.id {
            case .token, .logit, .bias: return true
            case .feature, .error:
                guard threshold < nodeThreshold else { return true }
                let coveredBefore = Double(node.cumulativeInfluence) - Double(node.influence) / total
                // Shares are stored as Float32: half a unit in the last place decides nothing.
                return coveredBefore < threshold - 1e-7
            }
        }
    }

    /// The edges between kept nodes that are needed to cover a share of all edge scores.
    private func edgesWithin(_ threshold: Double, kept: [Bool]) -> [Edge] {
        let inside = edges.filter { kept[$0.target] && kept[$0.source] }
        var sums = [Float](repeating: 0, count: nodes.count)
        for edge in inside { sums[edge.target] += edge.weight.magnitude }
        var influence = nodes.map { node -> Float in
            guard case .logit(let ordinal) = node.id else { return 0 }
            return targets[ordinal].probability
        }
        // Edges are ordered by target and every edge points up the order, so backwards all of a target's own
        // influence is known when its inputs' turn comes.
        var scores = [Float](repeating: 0, count: inside.count)
        for index in inside.indices.reversed() {
            let edge = inside[index]
            let score = influence[edge.target] * edge.weight.magnitude / max(sums[edge.target], Influence.sumFloor)
            scores[index] = score
            influence[edge.source] += score
        }
        let smallest = coveringScore(scores, share: threshold < edgeThreshold ? threshold : 1)
        return inside.indices.filter { scores[$0] >= smallest }.map { inside[$0] }
    }

    private func removeDeadEnds(_ kept: inout [Bool], _ edges: inout [Edge]) {
        var changed = true
        while changed {
            changed = false
            var hasInput = [Bool](repeating: false, count: nodes.count)
            var hasOutput = hasInput
            for edge in edges {
                hasInput[edge.target] = true
                hasOutput[edge.source] = true
            }
            for (index, node) in nodes.enumerated() where kept[index] {
                let isDeadEnd: Bool
                switch node.id {
                case .feature: isDeadEnd = !hasInput[index] || !hasOutput[index]
                case .error: isDeadEnd = !hasOutput[index]
                case .token, .logit, .bias: isDeadEnd = false
                }
                if isDeadEnd {
                    kept[index] = false
                    changed = true
                }
            }
            if changed { edges.removeAll { !kept[$0.target] || !kept[$0.source] } }
        }
    }
}
