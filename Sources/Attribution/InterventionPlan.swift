import Circuits
import LanguageModels
import Tensors

/// Interventions that were checked, and what they change layer by layer.
struct InterventionPlan {
    private let byLayer: [[Intervention]]
    private let basis: FeatureBasis
    /// Features at positions before it are off, whatever is asked for.
    private let firstSettablePosition: Int

    /// Whether anything asks what the undisturbed model has.
    let needsUndisturbed: Bool

    /// - Parameter firstCountedPosition: the first position whose features count in graphs
    /// - Throws: `TargetError` for a feature that does not exist, one that is set twice at a position, and a setting
    ///   that is not finite.
    init(
        _ interventions: [Intervention], basis: FeatureBasis, model: LanguageModel, firstCountedPosition: Int
    ) throws(TargetError) {
        let checks = TargetChecks(model: model, basis: basis)
        var byLayer = basis.layers.map { _ in [Intervention]() }
        for intervention in interventions {
            try checks.check(intervention.feature)
            let number =
                switch intervention.setting {
                case .value(let value), .multiple(let value): value
                }
            guard number.isFinite else {
                throw TargetError("feature \(intervention.feature)", expected: "a finite setting", found: "\(number)")
            }
            let earlier = byLayer[intervention.feature.layer].first {
                $0.feature == intervention.feature && $0.positions.overlaps(intervention.positions)
            }
            if let earlier {
                throw TargetError(
                    "feature \(intervention.feature)", expected: "one setting at each position",
                    found: "one at \(earlier.positions) and one at \(intervention.positions)")
            }
            byLayer[intervention.feature.layer].append(intervention)
        }
        self.byLayer = byLayer
        self.basis = basis
        firstSettablePosition = basis.firstSettablePosition(firstCountedPosition)
        needsUndisturbed = interventions.contains { if case .multiple = $0.setting { true } else { false } }
    }

    /// Whether some feature of `layer` is set.
    func sets(layer: Int) -> Bool { !byLayer[layer].isEmpty }

    /// The changes as features whose "activation" is the new value less the old, and whose position is a row.
    ///
    /// - Parameters:
    ///   - reference: `[rows, featureCount]`, values that the old activations are taken from
    ///   - undisturbed: `[rows, featureCount]`, values that multiples are taken of
    ///   - firstPosition: where in the prompt the first row stands
    /// - Throws: `TargetError` for a multiple at a position whose baseline is not known.
    func changes(
        layer: Int, from reference: Matrix, undisturbed: Matrix, firstPosition: Int = 0
    ) throws(TargetError) -> [ActiveFeature] {
        let features = basis.layers[layer]
        var changes: [ActiveFeature] = []
        for intervention in byLayer[layer] {
            let index = intervention.feature.index
            let positions = intervention.positions.positions(below: firstPosition + reference.rowCount)
            for position in positions where position >= firstPosition {
                let row = position - firstPosition
                let isOff = position < firstSettablePosition
                let old = isOff ? 0 : features.activation(of: index, row: row, values: reference)
                let new: Float
                switch intervention.setting {
                case .value(let value): new = value
                case .multiple(let factor):
                    let before = isOff ? 0 : features.activation(of: index, row: row, values: undisturbed)
                    let resting = isOff ? 0 : try features.restingActivation(of: index, position: position)
                    new = resting + factor * (before - resting)
                }
                changes.append(ActiveFeature(layer: layer, position: row, index: index, activation: new - old))
            }
        }
        return changes
    }
}
