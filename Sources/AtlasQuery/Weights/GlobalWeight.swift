import Circuits

/// What weights and co-activations say about one feature's effect on another's, at the same position, without attention.
///
/// With `V` the virtual weight (see `VirtualWeights`: norm gains folded in, denominators left out) and expectations over
/// counted tokens:
///
///     ERA   = E[ 1(a_target > 0) a_source ] V
///     TWERA = ( E[ a_target a_source ] / E[ a_target ] ) V
///
/// The target's denominator in both directions, so that lists of sources and of targets agree about each pair.
public struct GlobalWeight: Codable, Sendable, Equatable {
    /// What to make of a pair whose weight and co-activation do not go together.
    public enum Flag: String, Codable, Sendable, CaseIterable {
        /// A large weight between features that are never active at the same token: they share room in the residual
        /// stream, and nothing flows.
        case interference
        /// A tiny weight whose TWERA is large because the two fire together so often or so strongly.
        case coactivationAlone = "co-activation alone"
    }

    /// The virtual weight.
    public let virtualWeight: Double
    /// The expected residual attribution.
    public let era: Double
    /// The target-weighted expected residual attribution; 0 where the target never fires.
    public let twera: Double
    /// Tokens where both are active: trust no ERA or TWERA with few.
    public let coactiveTokens: Int
    /// Whether weight and co-activation go together.
    public let flag: Flag?
}

/// What counts as large and as tiny among the pairs of one feature: all sources of a target, or all targets of a source.
public struct WeightScale: Codable, Sendable, Equatable {
    /// The share of all pairs whose |V| is large.
    public static let largeWeightShare = 0.01
    /// The share of all pairs whose |V| is tiny.
    public static let tinyWeightShare = 0.5
    /// The share of pairs that co-activate whose |TWERA| is large.
    public static let largeTargetWeightedShare = 0.05

    /// How many pairs there are.
    public let pairCount: Int
    /// |V| from which a weight is large: the top 1 % of all pairs.
    public let largeWeight: Double
    /// |V| up to which a weight is tiny: the lower half of all pairs.
    public let tinyWeight: Double
    /// |TWERA| from which one is large: the top 5 % of the pairs that co-activate; `nil` where none does.
    public let largeTargetWeighted: Double?

    /// - Parameter magnitudes: |V| of all pairs, ascending
    init(weights magnitudes: [Double], targetWeighted: [Double]) {
        let others = targetWeighted.map(\.magnitude).sorted()
        pairCount = magnitudes.count
        largeWeight = Self.lowest(ofTop: Self.largeWeightShare, magnitudes) ?? 0
        tinyWeight = magnitudes.isEmpty ? 0 : magnitudes[Int(Double(magnitudes.count - 1) * Self.tinyWeightShare)]
        largeTargetWeighted = Self.lowest(ofTop: Self.largeTargetWeightedShare, others)
    }

    /// The smallest of the largest values that make up `share` of all, at least one of them.
    static func lowest(ofTop share: Double, _ ascending: [Double]) -> Double? {
        guard !ascending.isEmpty else { return nil }
        return ascending[ascending.count - max(1, Int(Double(ascending.count) * share))]
    }

    func flag(weight: Double, twera: Double, coactiveTokens: Int) -> GlobalWeight.Flag? {
        if coactiveTokens == 0 { return weight != 0 && weight.magnitude >= largeWeight ? .interference : nil }
        guard let largeTargetWeighted, twera != 0, twera.magnitude >= largeTargetWeighted else { return nil }
        return weight.magnitude <= tinyWeight ? .coactivationAlone : nil
    }
}

/// Another feature, and the weight between it and the one asked about.
public struct WeightedFeature: Codable, Sendable, Equatable {
    /// The other feature.
    public let feature: FeatureID
    /// The weight between the two.
    public let weight: GlobalWeight
}
