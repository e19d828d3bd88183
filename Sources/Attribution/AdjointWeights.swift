import LanguageModels
import Tensors

/// The attention weights that gradients pass through, prepared once a model.
///
/// The norm is folded into the value weights as far as it is the same at every position, so that a step of the
/// recursion is two matrix products and one mixing over positions: `g += (mix(g W_O) / σ) (W_V diag(gain))`; where the
/// norm removes means, the rows of `W_V diag(gain)` have theirs removed.
struct AdjointWeights: Sendable {
    /// One layer's weights.
    struct Layer: Sendable {
        /// From the heads' outputs to what attention writes.
        let output: Projection
        /// `[keyValueHeadCount * headWidth, modelWidth]`, each column times the norm's gain.
        let foldedValue: Matrix
        /// `[keyValueHeadCount * headWidth]`: what biases make of the values; `nil` without any.
        let valueConstant: [Float]?
        /// `[modelWidth]`: what biases make attention write at every position, as patterns sum to 1; `nil` without any.
        let constant: [Float]?
    }

    let layers: [Layer]
    private let roundings = RoundedWeights()

    /// A layer's weights for products in that precision; `nil` for those in Float32.
    func rounded(_ layer: Int, _ precision: ProductPrecision) -> RoundedWeights.Layer? {
        precision == .float32 ? nil : roundings.layer(layer, precision) { layers[layer] }
    }

    init(_ model: LanguageModel) {
        layers = model.blocks.map { block in
            var value = block.attention.value.matrix()
            let norm = block.attentionNorm
            let valueConstant = Self.valueConstant(block.attention, norm: norm, value: value)
            let constant = Self.constant(block.attention, values: valueConstant)
            for row in 0..<value.rowCount {
                for column in 0..<value.columnCount { value[row, column] *= norm.gain[column] }
                guard norm.removesMean else { continue }
                let mean = value.row(row).reduce(0, +) / Float(value.columnCount)
                for column in 0..<value.columnCount { value[row, column] -= mean }
            }
            return Layer(
                output: block.attention.output, foldedValue: value, valueConstant: valueConstant, constant: constant)
        }
    }

    /// `W_V b + b_V`, with `b` the norm's bias.
    private static func valueConstant(_ attention: Attention, norm: Norm, value: Matrix) -> [Float]? {
        guard norm.bias != nil || attention.value.bias != nil else { return nil }
        var values = attention.value.bias ?? [Float](repeating: 0, count: value.rowCount)
        if let bias = norm.bias {
            for row in 0..<value.rowCount { values[row] += zip(value.row(row), bias).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        return values
    }

    /// What those values, which every head passes on whole, and the output's own bias make attention write.
    private static func constant(_ attention: Attention, values: [Float]?) -> [Float]? {
        guard values != nil || attention.output.bias != nil else { return nil }
        let values = values ?? [Float](repeating: 0, count: attention.keyValueHeadCount * attention.headWidth)
        let heads = (0..<attention.headCount).flatMap { head in
            let first = head / attention.groupSize * attention.headWidth
            return values[first..<first + attention.headWidth]
        }
        return attention.output.applied(to: Matrix(rowCount: 1, columnCount: heads.count, values: heads)).values
    }
}
