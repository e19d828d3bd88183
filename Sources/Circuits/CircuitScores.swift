/// Where the influence on a circuit's seed ends: in tokens, in errors, or outside of the circuit.
///
/// Every path backwards from the seed through members ends in one of these or in a member without stored inputs, so the
/// four shares add up to 1 (to 0, if the seed itself has no inputs: then `withoutInputs` is 1).
public struct CircuitScores: Hashable, Sendable, Codable {
    /// The share that ends in token embeddings, whether or not they joined.
    public var tokens: Double
    /// The share that ends in reconstruction errors.
    public var errors: Double
    /// The share that ends in features that did not join.
    public var outside: Double
    /// The share that ends in members of which no inputs are known.
    public var withoutInputs: Double
    /// tokens / (tokens + errors), as the replacement score of a graph.
    public var replacement: Double
    /// The influence-weighted share of members' inputs that do not come from errors, as the completeness score of a
    /// graph: what ends in tokens and errors counts as explained.
    public var completeness: Double

    /// What a node is to the scores.
    public enum Role: Sendable {
        /// A token's embedding.
        case token
        /// A reconstruction error.
        case error
        /// Anything that has inputs.
        case feature
    }

    /// Scores a grown circuit.
    public init<Node>(_ growth: CircuitGrowth<Node>, role: (Node) -> Role) {
        (tokens, errors, outside, withoutInputs) = (0, 0, 0, 0)
        var explained = 0.0
        var total = 0.0
        for node in growth.known {
            let own = growth.influence(of: node)
            switch role(node) {
            case .token: tokens += own
            case .error: errors += own
            case .feature:
                guard growth.contains(node) else {
                    outside += own
                    continue
                }
                let inputs = growth.inputs(of: node)
                if inputs.isEmpty { withoutInputs += own }
                var fromErrors = 0.0
                for input in inputs where role(input.source) == .error { fromErrors += input.share }
                explained += own * (1 - fromErrors)
                total += own
            }
        }
        explained += tokens + errors
        total += tokens + errors
        replacement = tokens + errors > 0 ? tokens / (tokens + errors) : 0
        completeness = total > 0 ? explained / total : 0
    }
}
