/// Names one feature, a transcoder's or a neuron, by the layer that reads it and its index there, written `layer/index`.
///
/// A feature's name does not depend on a prompt: labels, statistics and aggregated edges belong to it.
public struct FeatureID: Hashable, Sendable, Codable {
    /// The layer whose MLP input the feature reads, from 0.
    public let layer: Int
    /// The feature's row in that layer's encoder, from 0.
    public let index: Int

    /// Names the feature `index` of `layer`.
    public init(layer: Int, index: Int) {
        self.layer = layer
        self.index = index
    }

    /// Reads `layer/index`, for example `3/421`; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let layer = Int(parts[0]), let index = Int(parts[1]), layer >= 0, index >= 0 else {
            return nil
        }
        self.init(layer: layer, index: index)
    }
}

extension FeatureID: Comparable {
    /// Orders by layer, then index.
    public static func < (left: FeatureID, right: FeatureID) -> Bool {
        (left.layer, left.index) < (right.layer, right.index)
    }
}

extension FeatureID: CustomStringConvertible {
    /// `layer/index`.
    public var description: String { "\(layer)/\(index)" }
}
