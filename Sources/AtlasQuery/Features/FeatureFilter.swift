/// Which features a list is about.
public struct FeatureFilter: Hashable, Sendable {
    /// Only those of this layer.
    public var layer: Int?
    /// Only those whose label or note contains these words, as for ``AtlasReader/search(_:limit:kind:prompt:)``, or the one
    /// that is written like this.
    public var words: String?
    /// Whether those are meant that fire in some prompt, or those that fire in none: the dead ones.
    public var firing = true
    /// Only those that are active at this share of the counted tokens or more.
    public var minimumDensity: Double?
    /// Only those that a person named, or only those that no person named.
    public var labelled: Bool?

    /// Means all features that fire.
    public init(layer: Int? = nil, words: String? = nil) {
        self.layer = layer
        self.words = words
    }
}
