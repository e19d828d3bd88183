import Circuits
import Tensors

/// Sorts vectors into families around leaders; the answer depends on their order and on nothing else.
struct LeaderClustering {
    /// The leaders, as places among the vectors.
    private(set) var leaders: [Int] = []
    /// For each vector the place of its family's leader in `leaders`.
    private(set) var families: [Int] = []
    /// For each vector its cosine with that leader.
    private(set) var similarities: [Double] = []
    /// For each feature the leaders that have it, with the weight divided by the leader's length.
    private var index: [FeatureID: [(leader: Int, weight: Double)]] = [:]

    /// - Parameters:
    ///   - vectors: in canonical order; one of length 0 leads a family of its own
    ///   - threshold: the cosine from which a vector needs no leader of its own
    /// - Throws: ``Cancelled``
    init(_ vectors: [FeatureVector], threshold: Double) throws(Cancelled) {
        for (place, vector) in vectors.enumerated() {
            try Cancellation.check()
            guard nearestLeader(vector).map({ $0.cosine >= threshold }) != true else { continue }
            for (feature, weight) in zip(vector.features, vector.weights) {
                index[feature, default: []].append((leaders.count, weight / vector.length))
            }
            leaders.append(place)
        }
        let own = Dictionary(uniqueKeysWithValues: leaders.enumerated().map { ($1, $0) })
        for (place, vector) in vectors.enumerated() {
            try Cancellation.check()
            if let family = own[place] {
                families.append(family)
                similarities.append(1)
            } else {
                let nearest = nearestLeader(vector)!
                families.append(nearest.leader)
                similarities.append(nearest.cosine)
            }
        }
    }

    /// The leader with the largest cosine, the first of equals; `nil` where none shares a feature.
    private func nearestLeader(_ vector: FeatureVector) -> (leader: Int, cosine: Double)? {
        guard vector.length > 0 else { return nil }
        var sums = [Double](repeating: 0, count: leaders.count)
        for (feature, weight) in zip(vector.features, vector.weights) {
            for entry in index[feature] ?? [] { sums[entry.leader] += weight * entry.weight }
        }
        guard let best = sums.indices.max(by: { (sums[$0], $1) < (sums[$1], $0) }), sums[best] > 0 else { return nil }
        return (best, min(1, sums[best] / vector.length))
    }
}
