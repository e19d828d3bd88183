/// One feature that fires at one position of one prompt.
public struct ActiveFeature: Hashable, Sendable {
    /// The layer that reads the feature.
    public let layer: Int
    /// The token position it fires at.
    public let position: Int
    /// Its row in the layer's encoder, or the neuron's number in its MLP.
    public let index: Int
    /// How strongly it fires, after the activation function; never zero, but where a neuron that was chosen for its
    /// distance from a baseline happens to be.
    public let activation: Float

    /// Describes a feature that fires with `activation` at `position`.
    public init(layer: Int, position: Int, index: Int, activation: Float) {
        self.layer = layer
        self.position = position
        self.index = index
        self.activation = activation
    }

    /// The feature without its position.
    public var feature: FeatureID { FeatureID(layer: layer, index: index) }
}

extension ActiveFeature: Comparable {
    /// Lexicographic: by layer, position, then index. This is the order of every list of active features.
    public static func < (left: ActiveFeature, right: ActiveFeature) -> Bool {
        (left.layer, left.position, left.index) < (right.layer, right.position, right.index)
    }
}
