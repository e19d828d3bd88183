import Circuits

/// A prompt as a vector over features: how much each one matters in it.
///
/// Sums run in ascending order of features, so that equal prompts have equal vectors.
struct FeatureVector {
    /// Features in ascending order.
    let features: [FeatureID]
    /// Their weights; below 0 for a feature whose activations are.
    let weights: [Double]
    /// The Euclidean length.
    let length: Double

    /// Sorts the weights of a prompt.
    init(_ weights: [FeatureID: Double]) {
        features = weights.keys.sorted()
        self.weights = features.map { weights[$0]! }
        length = self.weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }

    /// The cosine with another vector, and what each shared feature adds to it; 0 with a vector of length 0.
    func shared(with other: FeatureVector) -> (cosine: Double, parts: [(feature: FeatureID, part: Double)]) {
        let scale = length * other.length
        guard scale > 0 else { return (0, []) }
        var parts: [(feature: FeatureID, part: Double)] = []
        var (left, right, sum) = (0, 0, 0.0)
        while left < features.count, right < other.features.count {
            if features[left] == other.features[right] {
                let part = weights[left] * other.weights[right]
                sum += part
                parts.append((features[left], part / scale))
                left += 1
                right += 1
            } else if features[left] < other.features[right] {
                left += 1
            } else {
                right += 1
            }
        }
        return (sum / scale, parts)
    }
}
