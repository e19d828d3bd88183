import Circuits
import LanguageModels
import Tensors
import Transcoders

/// Interventions that were checked, and what they change layer by layer.
struct InterventionPlan {
    private let byLayer: [[Intervention]]
    private let transcoders: TranscoderSet
    private let firstCountedPosition: Int

    /// Whether anything asks what the undisturbed model has.
    let needsUndisturbed: Bool

    /// - Parameter firstCountedPosition: features at positions before it count as not active
    /// - Throws: `TargetError` for a feature that does not exist, one that is set twice at a position, and a setting
    ///   that is not finite.
    init(
        _ interventions: [Intervention], transcoders: TranscoderSet, model: LanguageModel, firstCountedPosition: Int
    ) throws(TargetError) {
        let checks = TargetChecks(model: model, transcoders: transcoders)
        var byLayer = transcoders.layers.map { _ in [Intervention]() }
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
        self.transcoders = transcoders
        self.firstCountedPosition = firstCountedPosition
        needsUndisturbed = interventions.contains { if case .multiple = $0.setting { true } else { false } }
    }

    /// Whether some feature of `layer` is set.
    func sets(layer: Int) -> Bool { !byLayer[layer].isEmpty }

    /// The changes as features whose "activation" is the new value less the old, and whose position is a row.
    ///
    /// - Parameters:
    ///   - reference: `[rows, featureCount]`, pre-activations that the old values are taken from
    ///   - undisturbed: `[rows, featureCount]`, pre-activations that multiples are taken of
    ///   - firstPosition: where in the prompt the first row stands
    func changes(layer: Int, from reference: Matrix, undisturbed: Matrix, firstPosition: Int = 0) -> [ActiveFeature] {
        let transcoder = transcoders.layers[layer]
        return byLayer[layer].flatMap { intervention in
            let index = intervention.feature.index
            func activation(_ preActivations: Matrix, _ position: Int) -> Float {
                guard position >= firstCountedPosition else { return 0 }
                return transcoder.activation(
                    of: index, position: position - firstPosition, preActivations: preActivations)
            }
            return intervention.positions.positions(below: firstPosition + reference.rowCount)
                .filter { $0 >= firstPosition }
                .map { position in
                    let new =
                        switch intervention.setting {
                        case .value(let value): value
                        case .multiple(let factor): factor * activation(undisturbed, position)
                        }
                    return ActiveFeature(
                        layer: layer, position: position - firstPosition, index: index,
                        activation: new - activation(reference, position))
                }
        }
    }
}
