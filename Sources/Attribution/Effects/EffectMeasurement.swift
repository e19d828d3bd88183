import Circuits
import Foundation
import LanguageModels
import Tensors

/// Silences features of one prompt, one at a time, patterns held and all else recomputed, and reads what that does.
struct EffectMeasurement {
    let attributor: Attributor
    let result: Attributor.Result
    let readout: EffectReadout

    /// Rows (variants × positions) of one matrix product at most: enough to run at full speed.
    static let rowsAPiece = 1024
    /// Variants whose logits are held at once.
    static let logitsAPiece = 64

    /// What silencing each feature does, in the order given.
    ///
    /// - Parameter features: each with what it contributes there: its activation, a neuron's less its baseline
    func measured(_ features: [GradientSources.Feature]) throws -> [NodeEffects.Measurement] {
        let (model, basis, trace) = (attributor.model, attributor.basis, result.local.trace)
        let run = VariantRun(model, trace, site: basis.outputHook.site)
        let before = Reading(result.logits, readout)
        let width = model.configuration.modelWidth
        var found = [NodeEffects.Measurement?](repeating: nil, count: features.count)
        let byPosition = Dictionary(grouping: features.indices) { features[$0].position }
        for (position, members) in byPosition.sorted(by: { $0.key < $1.key }) {
            let ordered = members.sorted { (features[$0].layer, $0) < (features[$1].layer, $1) }
            let size = max(1, Self.rowsAPiece / (trace.tokens.count - position))
            for start in stride(from: 0, to: ordered.count, by: size) {
                let piece = Array(ordered[start..<min(ordered.count, start + size)])
                let starts = piece.map { features[$0].layer }
                let rows = run.finalRows(position: position, starts: starts) { layer, variant in
                    let feature = features[piece[variant]]
                    let source = basis.layers[feature.layer]
                    guard source.outputLayers.contains(layer) else { return nil }
                    var row = [Float](repeating: 0, count: width)
                    source.copyDecoderRow(feature.index, outputLayer: layer, into: &row)
                    for column in row.indices { row[column] *= -feature.contribution }
                    return row
                }
                for first in stride(from: 0, to: piece.count, by: Self.logitsAPiece) {
                    let places = first..<min(piece.count, first + Self.logitsAPiece)
                    var logits = model.unembedding.applied(to: model.finalNorm.applied(to: rows.rows(places)))
                    model.cap(&logits.values)
                    for place in places {
                        let own = Array(logits.row(place - first))
                        try model.requireFinite(logits: own)
                        let (after, index) = (Reading(own, readout), piece[place])
                        found[index] = NodeEffects.Measurement(
                            node: features[index].node, answer: Float(before.answer - after.answer),
                            gap: Float(before.gap - after.gap), divergence: before.divergence(to: after))
                    }
                }
            }
        }
        return found.compactMap(\.self)
    }

    /// What is read of one run's logits.
    private struct Reading {
        let answer: Double
        let gap: Double
        private let next: NextTokenDistribution

        init(_ logits: [Float], _ readout: EffectReadout) {
            let mean = logits.reduce(0.0) { $0 + Double($1) } / Double(logits.count)
            answer = Double(logits[readout.answer]) - mean
            gap = Double(logits[readout.answer]) - Double(logits[readout.rival])
            next = NextTokenDistribution(logits[...])
        }

        /// Σ p log (p / q), in nats; what rounds below 0 is 0.
        func divergence(to other: Reading) -> Float {
            let sum = zip(next.logProbabilities, other.next.logProbabilities).reduce(0.0) { sum, pair in
                sum + exp(Double(pair.0)) * Double(pair.0 - pair.1)
            }
            return Float(max(0, sum))
        }
    }
}
