import Circuits
import Tensors

/// Gives features that have long been silent something to do: the tokens that are reconstructed worst.
///
/// A revived feature reads what sets such a token's input apart from the mean input, and writes a part of what is missing
/// there. So it fires at that token and at those that are like it.
///
/// - SeeAlso: Bricken et al. 2023, "Towards Monosemanticity", neuron resampling
struct FeatureRevival {
    /// What is revived at most of a layer at a time, as a share of its features.
    private static let share = 0.25
    /// What a revived feature writes at its token, of what is missing there.
    private static let writtenShare: Float = 0.25

    /// Revives silent features of every layer.
    ///
    /// - Parameters:
    ///   - outcome: of the batch, with the errors' gradients
    ///   - isSilent: of each layer and feature whether it is to be revived
    ///   - threshold: what revived features must exceed
    /// - Returns: how many were revived
    static func revive(
        _ layers: [TranscoderParameters], batch: TrainingBatch, outcome: TranscoderGradients.Outcome,
        isSilent: [[Bool]], threshold: Float, use: inout FeatureUse, _ numbers: inout SeededNumbers
    ) -> Int {
        var revived = 0
        for layer in layers {
            let most = max(1, Int(Self.share * Double(layer.featureCount)))
            let silent = isSilent[layer.layer].indices.filter { isSilent[layer.layer][$0] }.prefix(most)
            guard !silent.isEmpty else { continue }
            let chances = cumulativeErrors(layer, batch: batch, errors: outcome.errorGradients)
            guard let total = chances.last, total > 0 else { continue }
            let mean = batch.meanInput(ofLayer: layer.layer)
            for feature in silent {
                let drawn = numbers.share() * total
                let token = chances.firstIndex { $0 > drawn } ?? batch.tokenCount - 1
                restart(
                    feature, of: layer, at: token, batch: batch, errors: outcome.errorGradients, meanInput: mean,
                    threshold: threshold)
                use.restart(layer: layer.layer, feature: feature)
                revived += 1
            }
        }
        return revived
    }

    /// Sums of the tokens' squared errors at the layers that a layer writes to, from the first on.
    private static func cumulativeErrors(
        _ layer: TranscoderParameters, batch: TrainingBatch, errors: NumberBuffer
    ) -> [Double] {
        var sum = 0.0
        return (0..<batch.tokenCount).map { token in
            let row = errors.base + (token * batch.layerCount + layer.layer) * batch.modelWidth
            sum += Double(squareSum(row, count: layer.decoderRowCount))
            return sum
        }
    }

    /// Pre-activation `2 − 1 + threshold` at the token, below the threshold where an input is less than half like it.
    private static func restart(
        _ feature: Int, of layer: TranscoderParameters, at token: Int, batch: TrainingBatch, errors: NumberBuffer,
        meanInput: [Float], threshold: Float
    ) {
        let width = layer.modelWidth
        let input = batch.inputs(ofLayer: layer.layer) + token * width
        var direction = (0..<width).map { input[$0] - meanInput[$0] }
        let square = direction.reduce(0) { $0 + $1 * $1 }
        guard square > 0 else { return }
        for column in 0..<width { direction[column] *= 2 / square }
        let bias = threshold - 1 - zip(direction, meanInput).reduce(0) { $0 + $1.0 * $1.1 }
        let activation = 1 + threshold
        // The errors' gradients are the errors times 2 / (modelWidth · tokenCount).
        let scale = -writtenShare / activation * Float(width * batch.tokenCount) / 2
        let row = errors.base + (token * batch.layerCount + layer.layer) * width
        layer.encoder.restart(at: feature * width, with: direction)
        layer.encoderBias.restart(at: feature, with: [bias])
        if layer.hasThresholds { layer.threshold.restart(at: feature, with: [threshold]) }
        layer.decoder.restart(
            at: feature * layer.decoderRowCount, with: (0..<layer.decoderRowCount).map { scale * row[$0] })
    }
}
