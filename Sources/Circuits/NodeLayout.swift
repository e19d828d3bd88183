/// The one owner of the order of nodes in a graph: features, errors (layer-major), tokens, logits.
///
/// A *source* index counts features, errors and tokens; it is a column of `AttributionGraph.weights`.
/// A *target* index counts features, then logits; it is a row. The bias node stands apart and has no index.
public struct NodeLayout: Sendable, Equatable {
    /// How many feature nodes there are.
    public let featureCount: Int
    /// The model's layers.
    public let layerCount: Int
    /// The prompt's tokens.
    public let positionCount: Int
    /// The attributed logits.
    public let logitCount: Int

    /// Describes the order of a graph of these dimensions.
    public init(featureCount: Int, layerCount: Int, positionCount: Int, logitCount: Int) {
        self.featureCount = featureCount
        self.layerCount = layerCount
        self.positionCount = positionCount
        self.logitCount = logitCount
    }

    /// The error nodes among the sources and among all nodes.
    public var errors: Range<Int> { featureCount..<featureCount + layerCount * positionCount }
    /// The token nodes among the sources and among all nodes.
    public var tokens: Range<Int> { errors.upperBound..<errors.upperBound + positionCount }
    /// The logit nodes among all nodes.
    public var logits: Range<Int> { tokens.upperBound..<tokens.upperBound + logitCount }
    /// Columns: features, errors and tokens.
    public var sourceCount: Int { tokens.upperBound }
    /// Rows: features and logits.
    public var targetCount: Int { featureCount + logitCount }
    /// All nodes without the bias.
    public var nodeCount: Int { logits.upperBound }

    /// The source index of an error node.
    public func error(layer: Int, position: Int) -> Int { featureCount + layer * positionCount + position }
    /// The source index of a token node.
    public func token(position: Int) -> Int { tokens.lowerBound + position }
    /// The node index of a target.
    public func node(ofTarget target: Int) -> Int {
        target < featureCount ? target : logits.lowerBound + target - featureCount
    }
    /// The target index of a node; `nil` for errors and tokens, which have no inputs.
    public func target(ofNode node: Int) -> Int? {
        if node < featureCount { return node }
        return logits.contains(node) ? featureCount + node - logits.lowerBound : nil
    }
}
