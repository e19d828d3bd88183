import Circuits

/// A graph node without its position, packed into one integer: what edges and drivers are aggregated by.
///
/// | kind | key |
/// |---|---|
/// | feature | `layer << 24 \| index` |
/// | error | `1 << 40 \| layer << 24` |
/// | token | `2 << 40 \| token id` |
/// | logit | `3 << 40 \| token id` |
///
/// The order of keys is: features by layer and index, errors by layer, tokens, logits.
public struct NodeKey: Hashable, Sendable, Comparable {
    /// The four kinds of nodes that an atlas aggregates.
    public enum Kind: Int64, Sendable {
        /// A transcoder feature.
        case feature = 0
        /// A layer's reconstruction error.
        case error = 1
        /// A token's embedding.
        case token = 2
        /// A token's logit.
        case logit = 3
    }

    /// The packed form, as it stands in the database.
    public let rawValue: Int64

    /// Wraps a packed key read from the database.
    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The key of a feature.
    public init(_ feature: FeatureID) {
        precondition(0..<1 << 16 ~= feature.layer && 0..<1 << 24 ~= feature.index, "\(feature) has no node key")
        rawValue = Int64(feature.layer) << 24 | Int64(feature.index)
    }

    /// The key of a layer's error.
    public init(errorOfLayer layer: Int) {
        precondition(0..<1 << 16 ~= layer, "layer \(layer) has no node key")
        rawValue = Kind.error.rawValue << 40 | Int64(layer) << 24
    }

    /// The key of a token's embedding.
    public init(token: Int) {
        rawValue = Kind.token.rawValue << 40 | Int64(token)
    }

    /// The key of a token's logit.
    public init(logit token: Int) {
        rawValue = Kind.logit.rawValue << 40 | Int64(token)
    }

    /// The key of a node of a graph with these tokens and targets; `nil` for the bias node, which is never stored.
    public init?(_ node: NodeID, tokens: [Int], targets: [LogitTarget]) {
        switch node {
        case .feature(let layer, _, let index): self.init(FeatureID(layer: layer, index: index))
        case .error(let layer, _): self.init(errorOfLayer: layer)
        case .token(let position): self.init(token: tokens[position])
        case .logit(let ordinal): self.init(logit: targets[ordinal].token)
        case .bias: return nil
        }
    }

    /// What kind of node it names.
    public var kind: Kind { Kind(rawValue: rawValue >> 40 & 3)! }

    /// The layer of a feature or an error.
    public var layer: Int? { rawValue >> 40 < 2 ? Int(rawValue >> 24 & 0xFFFF) : nil }

    /// The feature it names, if it names one.
    public var feature: FeatureID? {
        kind == .feature ? FeatureID(layer: Int(rawValue >> 24), index: Int(rawValue & 0xFF_FFFF)) : nil
    }

    /// The token of a token or a logit.
    public var token: Int? { rawValue >> 40 > 1 ? Int(rawValue & 0xFF_FFFF_FFFF) : nil }

    /// By packed form.
    public static func < (left: NodeKey, right: NodeKey) -> Bool { left.rawValue < right.rawValue }
}
