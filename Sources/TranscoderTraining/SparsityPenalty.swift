import Foundation

/// What firing costs: `weight · tanh(steepness · size)` with the size of a contribution, activation times the norm of what
/// the feature writes, as a share of a layer's mean output.
///
/// A small contribution costs what it is worth, a large one costs the weight, whatever its size, so that features that are
/// needed are not held down.
///
/// - SeeAlso: Ameisen et al. 2025, "Cross-layer transcoders: training"
struct SparsityPenalty: Sendable {
    /// The cost of a feature that fires strongly, as a share of a layer's mean squared output.
    let weight: Float
    /// One over the size that counts as strong.
    let steepness: Float

    /// - Parameters:
    ///   - weight: the cost of a feature that fires strongly
    ///   - steepness: one over the size that counts as strong, as a share of a layer's mean output
    ///   - modelWidth: the square of that mean output, in scaled units
    init(weight: Double, steepness: Double, modelWidth: Int) {
        self.weight = Float(weight)
        self.steepness = Float(steepness / Double(modelWidth).squareRoot())
    }

    /// The cost of a contribution of this size, and how fast it rises there.
    func price(_ size: Float) -> (cost: Float, slope: Float) {
        guard weight > 0, size >= 0 else { return (0, 0) }
        let value = size > 0 ? tanhf(steepness * size) : 0
        return (weight * value, weight * steepness * (1 - value * value))
    }
}
