/// The orders in which features are listed; `FeatureOrder("-density")` is the order backwards.
public struct FeatureOrder: ListOrder {
    /// What features are ordered by.
    public enum Key: String, CaseIterable, Sendable {
        /// By layer and index.
        case feature
        /// Those active at most tokens first.
        case density
        /// Those active in most prompts first.
        case prompts
        /// Those of the largest activation first.
        case maximum
        /// Those of the largest mean activation first.
        case mean
        /// Those of the most negative activation first, and those that are never negative last.
        case minimum
    }

    /// What features are ordered by.
    public var key: Key
    /// Whether the order is turned round; what has no value stays last.
    public var isBackwards: Bool

    /// Orders by `key`.
    public init(_ key: Key = .feature, isBackwards: Bool = false) {
        self.key = key
        self.isBackwards = isBackwards
    }

    var keyset: KeysetOrder {
        var order = KeysetOrder(key: ["s.layer", "s.feature_index"])
        switch key {
        case .feature: order.keyDescends = isBackwards
        case .density: order.value = "s.active_tokens"
        case .prompts: order.value = "s.active_prompts"
        case .maximum: order.value = "s.maximum"
        case .mean: order.value = "s.activation_sum / s.active_tokens"
        case .minimum:
            order.value = """
                (SELECT n.minimum FROM feature_negative_tails n WHERE n.layer = s.layer
                    AND n.feature_index = s.feature_index)
                """
        }
        // The most negative of all is the smallest.
        order.isDescending = (key != .minimum) != isBackwards
        return order
    }
}
