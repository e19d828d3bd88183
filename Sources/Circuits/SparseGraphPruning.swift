extension SparseGraph {
    /// Keeps what survives both thresholds of a dense graph.
    public init(_ graph: AttributionGraph, nodeThreshold: Double, edgeThreshold: Double) {
        let layout = graph.layout
        let pruning = Pruning(graph, nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold)
        let influence = Influence(graph)
        let kept = (0..<layout.nodeCount).filter { pruning.keptNodes[$0] }
        var place = [Int](repeating: -1, count: layout.nodeCount)
        for (new, old) in kept.enumerated() { place[old] = new }
        let nodes = kept.map { node in
            let target = layout.target(ofNode: node)
            return Node(
                id: graph.id(ofNode: node), activation: node < layout.featureCount ? graph.feature(node).activation : 0,
                influence: pruning.nodeInfluence[node], cumulativeInfluence: pruning.cumulativeInfluence[node],
                inputSum: target.map { influence.inputSums[$0] } ?? 0,
                biasInput: target.map { graph.biasWeights[$0] } ?? 0)
        }
        var edges: [Edge] = []
        for target in 0..<layout.targetCount where pruning.keptNodes[layout.node(ofTarget: target)] {
            for source in 0..<layout.sourceCount where pruning.keptEdges[target * layout.sourceCount + source] {
                edges.append(
                    Edge(
                        target: place[layout.node(ofTarget: target)], source: place[source],
                        weight: graph[target: target, source: source]))
            }
        }
        let targetInfluence = graph.targets.indices.map { ordinal in
            var alone = [Float](repeating: 0, count: graph.targets.count)
            alone[ordinal] = 1
            let sources = influence.ofSources(logitWeights: alone)
            return kept.map { $0 < layout.sourceCount ? sources[$0] : 0 }
        }
        self.init(
            tokens: graph.tokens, targets: graph.targets, nodes: nodes, targetInfluence: targetInfluence, edges: edges,
            scores: GraphScores(graph), activeFeatureCount: graph.activeFeatures.count,
            selectedFeatureCount: graph.selectedFeatures.count, largestViolation: graph.violations().max() ?? 0,
            nodeThreshold: nodeThreshold, edgeThreshold: edgeThreshold)
    }
}
