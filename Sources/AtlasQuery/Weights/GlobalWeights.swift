import Circuits

/// The weights of one feature with all features upstream or downstream of it.
package struct GlobalWeights {
    let scale: WeightScale
    let coactivation: Coactivation
    private let direction: NeighbourDirection
    /// The layer of the first of `weights`.
    private let firstLayer: Int
    private let weights: [[Float]]
    /// |V| of all pairs.
    private let ascending: [Double]

    init(_ direction: NeighbourDirection, _ coactivation: Coactivation, firstLayer: Int, _ weights: [[Float]]) {
        self.direction = direction
        self.coactivation = coactivation
        self.firstLayer = firstLayer
        self.weights = weights
        let inRange = coactivation.partners.filter { weights.indices ~= $0.feature.layer - firstLayer }
        ascending = weights.joined().map { Double($0.magnitude) }.sorted()
        scale = WeightScale(
            weights: ascending,
            targetWeighted: inRange.map { partner in
                let weight = Double(weights[partner.feature.layer - firstLayer][partner.feature.index])
                return coactivation.targetWeighted(direction, partner) * weight
            })
    }

    /// The features of largest magnitude, equals in order of layer and index; those of no weight are left out.
    package func strongest(_ limit: Int, by ranking: NeighbourRanking) -> [WeightedFeature] {
        precondition(ranking != .edges, "stored edges are no weights")
        var values: [(feature: FeatureID, magnitude: Double)] = []
        if ranking == .virtual {
            for (offset, row) in weights.enumerated() {
                for (index, weight) in row.enumerated() where weight != 0 {
                    values.append((FeatureID(layer: firstLayer + offset, index: index), Double(weight.magnitude)))
                }
            }
        } else {
            for partner in coactivation.partners {
                guard let weight = weight(with: partner.feature) else { continue }
                let value = ranking == .twera ? weight.twera : weight.era
                if value != 0 { values.append((partner.feature, value.magnitude)) }
            }
        }
        return values.sorted { ($1.magnitude, $0.feature) < ($0.magnitude, $1.feature) }.prefix(limit).map {
            WeightedFeature(feature: $0.feature, weight: weight(with: $0.feature)!)
        }
    }

    /// The smallest |V| of the largest that make up `share` of all pairs.
    func magnitude(ofTop share: Double) -> Double {
        WeightScale.lowest(ofTop: share, ascending) ?? 0
    }

    /// What is known of the pair with one other feature; `nil` where it is not in a layer that can be.
    package func weight(with other: FeatureID) -> GlobalWeight? {
        guard weights.indices ~= other.layer - firstLayer else { return nil }
        let row = weights[other.layer - firstLayer]
        guard row.indices ~= other.index else { return nil }
        let weight = Double(row[other.index])
        guard let partner = coactivation.partner(other) else {
            return GlobalWeight(
                virtualWeight: weight, era: 0, twera: 0, coactiveTokens: 0,
                flag: scale.flag(weight: weight, twera: 0, coactiveTokens: 0))
        }
        let source = direction == .upstream ? partner.partnerSum : partner.ownSum
        let twera = coactivation.targetWeighted(direction, partner) * weight
        return GlobalWeight(
            virtualWeight: weight, era: source / Double(max(1, coactivation.countedTokens)) * weight, twera: twera,
            coactiveTokens: partner.coactiveTokens,
            flag: scale.flag(weight: weight, twera: twera, coactiveTokens: partner.coactiveTokens))
    }
}

extension Coactivation {
    /// E[a_target a_source] / E[a_target]; downstream it needs how the partner fires by itself.
    func targetWeighted(_ direction: NeighbourDirection, _ partner: Partner) -> Double {
        let target = direction == .upstream ? own.sum : partner.firings.sum
        return target == 0 ? 0 : partner.productSum / target
    }
}
