/// Influence of nodes on the targets: w Â + w Â² + …, where Â holds each target's absolute inputs divided by their sum.
///
/// The graph is acyclic and its nodes are in topological order, so one pass from the logits down gives the sum exactly:
/// when a target's turn comes, all its own influence is known. The bias node takes no part, as in the reference.
///
/// - SeeAlso: Ameisen et al. 2025, "Graph Pruning".
public struct Influence: Sendable {
    /// The floor of a row's sum, as the reference has it: a target without inputs passes nothing on.
    public static let sumFloor: Float = 1e-10

    private let layout: NodeLayout
    private let weights: [Float]
    /// `[layout.targetCount]`: each target's sum of absolute inputs.
    public let inputSums: [Float]

    /// Prepares `weights`, `[layout.targetCount, layout.sourceCount]`, for questions about influence.
    public init(layout: NodeLayout, weights: [Float]) {
        precondition(weights.count == layout.targetCount * layout.sourceCount)
        self.layout = layout
        self.weights = weights
        inputSums = (0..<layout.targetCount).map { target in
            var sum: Float = 0
            for source in target * layout.sourceCount..<(target + 1) * layout.sourceCount {
                sum += weights[source].magnitude
            }
            return sum
        }
    }

    /// Prepares a graph.
    public init(_ graph: AttributionGraph) { self.init(layout: graph.layout, weights: graph.weights) }

    /// The influence of every source for these weights of the logits.
    ///
    /// - Parameter logitWeights: `[layout.logitCount]`
    /// - Returns: `[layout.sourceCount]`
    /// - Complexity: O(targets × sources)
    public func ofSources(logitWeights: [Float]) -> [Float] {
        precondition(logitWeights.count == layout.logitCount)
        let sourceCount = layout.sourceCount
        var influence = [Float](repeating: 0, count: sourceCount)
        weights.withUnsafeBufferPointer { weights in
            influence.withUnsafeMutableBufferPointer { influence in
                for target in stride(from: layout.targetCount - 1, through: 0, by: -1) {
                    let own =
                        target < layout.featureCount
                        ? influence[target] : logitWeights[target - layout.featureCount]
                    if own == 0 { continue }
                    let scale = own / max(inputSums[target], Self.sumFloor)
                    let row = target * sourceCount
                    for source in 0..<sourceCount { influence[source] += scale * weights[row + source].magnitude }
                }
            }
        }
        return influence
    }

    /// One edge's share of its target's inputs.
    public func share(target: Int, source: Int) -> Float {
        weights[target * layout.sourceCount + source].magnitude / max(inputSums[target], Self.sumFloor)
    }
}
