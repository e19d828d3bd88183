import LanguageModels
import Tensors

/// The attention weights that gradients pass through, prepared once a model.
///
/// The norm's gain is folded into the value weights, so that a step of the recursion is two matrix products and one
/// mixing over positions: `g += (mix(g W_O) / σ) (W_V diag(gain))`.
struct AdjointWeights: Sendable {
    /// One layer's weights.
    struct Layer: Sendable {
        /// `[modelWidth, headCount * headWidth]`.
        let output: StoredMatrix
        /// `[keyValueHeadCount * headWidth, modelWidth]`, each column times the norm's gain.
        let foldedValue: Matrix
    }

    let layers: [Layer]

    init(_ model: LanguageModel) {
        layers = model.blocks.map { block in
            var value = block.attention.valueWeight.matrix()
            let gain = block.attentionNorm.gain
            for row in 0..<value.rowCount {
                for column in 0..<value.columnCount { value.values[row * value.columnCount + column] *= gain[column] }
            }
            return Layer(output: block.attention.outputWeight, foldedValue: value)
        }
    }
}
