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
