/// Which nodes and edges of an attribution graph are kept.
///
/// 1. Nodes: the most influential until `nodeThreshold` of all influence is covered; tokens and logits always.
/// 2. Edges between kept nodes: by share of the target's kept inputs times the target's influence, until
///    `edgeThreshold` of the total is covered.
/// 3. Features and errors without an outgoing edge, and features without an incoming one, go, until nothing changes.
///
/// - SeeAlso: Ameisen et al. 2025, "Graph Pruning".
public struct Pruning: Sendable {
    /// The field's viewing thresholds.
    public static let viewingThresholds = (node: 0.8, edge: 0.98)

    /// `[layout.nodeCount]`: influence before pruning, without the logits' own weights.
    public let nodeInfluence: [Float]
    /// `[layout.nodeCount]`: the share of all influence held by a node and the more influential ones.
    public let cumulativeInfluence: [Float]
    /// `[layout.nodeCount]`.
    public let keptNodes: [Bool]
    /// `[layout.targetCount, layout.sourceCount]`.
    public let keptEdges: [Bool]

    /// Prunes `graph` to both thresholds, each in 0…1.
    public init(_ graph: AttributionGraph, nodeThreshold: Double, edgeThreshold: Double) {
        precondition((0...1).contains(nodeThreshold) && (0...1).contains(edgeThreshold))
        let layout = graph.layout
        let logitWeights = graph.targets.map(\.probability)
        let influence =
            Influence(graph).ofSources(logitWeights: logitWeights) + [Float](repeating: 0, count: layout.logitCount)
        let smallest = coveringScore(influence, share: nodeThreshold)
        var nodes = influence.map { $0 >= smallest }
        for node in layout.tokens.lowerBound..<layout.nodeCount { nodes[node] = true }
        var edges = Self.edges(of: graph, between: nodes, logitWeights: logitWeights, threshold: edgeThreshold)
        Self.removeDeadEnds(layout, nodes: &nodes, edges: &edges)
        nodeInfluence = influence
        cumulativeInfluence = cumulativeShares(influence)
        keptNodes = nodes
        keptEdges = edges
    }

    private static func edges(
        of graph: AttributionGraph, between nodes: [Bool], logitWeights: [Float], threshold: Double
    ) -> [Bool] {
        let layout = graph.layout
        var weights = graph.weights
        for target in 0..<layout.targetCount {
            let kept = nodes[layout.node(ofTarget: target)]
            for source in 0..<layout.sourceCount where !(kept && nodes[source]) {
                weights[target * layout.sourceCount + source] = 0
            }
        }
        let pruned = Influence(layout: layout, weights: weights)
        let influence = pruned.ofSources(logitWeights: logitWeights)
        for target in 0..<layout.targetCount {
            let own = target < layout.featureCount ? influence[target] : logitWeights[target - layout.featureCount]
            let scale = own / max(pruned.inputSums[target], Influence.sumFloor)
            for edge in target * layout.sourceCount..<(target + 1) * layout.sourceCount {
                weights[edge] = weights[edge].magnitude * scale
            }
        }
        let smallest = coveringScore(weights, share: threshold)
        return weights.map { $0 >= smallest }
    }

    private static func removeDeadEnds(_ layout: NodeLayout, nodes: inout [Bool], edges: inout [Bool]) {
        var changed = true
        while changed {
            changed = false
            var hasOutput = [Bool](repeating: false, count: layout.sourceCount)
            var hasInput = [Bool](repeating: false, count: layout.targetCount)
            for target in 0..<layout.targetCount {
                let kept = nodes[layout.node(ofTarget: target)]
                for source in 0..<layout.sourceCount {
                    let edge = target * layout.sourceCount + source
                    guard edges[edge] else { continue }
                    edges[edge] = kept && nodes[source]
                    if edges[edge] {
                        hasOutput[source] = true
                        hasInput[target] = true
                    }
                }
            }
            for node in 0..<layout.errors.upperBound where nodes[node] {
                if !hasOutput[node] || (node < layout.featureCount && !hasInput[node]) {
                    nodes[node] = false
                    changed = true
                }
            }
        }
    }
}
