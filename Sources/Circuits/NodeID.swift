/// Names one node of one prompt's attribution graph.
public enum NodeID: Hashable, Sendable {
    /// An active feature.
    case feature(layer: Int, position: Int, index: Int)
    /// What a layer's transcoder does not reconstruct of its MLP's output at a position.
    case error(layer: Int, position: Int)
    /// The embedding of the token at a position.
    case token(position: Int)
    /// The target with this ordinal in the graph's list of targets.
    case logit(ordinal: Int)
    /// Everything no other source accounts for: biases, learned positions, MLP outputs at zeroed positions.
    case bias
}

extension NodeID {
    /// The feature of a feature node; `nil` for any other.
    public var feature: FeatureID? {
        guard case .feature(let layer, _, let index) = self else { return nil }
        return FeatureID(layer: layer, index: index)
    }

    /// The node's position; of a logit the position whose next token it is, 0 for the bias node.
    ///
    /// - Parameter targets: those of the graph, which logits are numbered by
    public func position(in targets: [LogitTarget]) -> Int {
        switch self {
        case .feature(_, let position, _), .error(_, let position), .token(let position): position
        case .logit(let ordinal): targets[ordinal].position
        case .bias: 0
        }
    }
}
