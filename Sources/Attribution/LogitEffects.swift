import Circuits
import LanguageModels
import Tensors

/// What effects are measured against; and what weights alone say of a logit.
extension Attributor {
    /// The undisturbed run that effects are measured against.
    public func undisturbed(_ tokens: [Int]) throws -> ForwardTrace {
        try model.run(tokens, site: basis.outputHook.site)
    }

    /// The logit effect of a unit activation of each feature on one token, by weights alone.
    ///
    /// - SeeAlso: ``directLogitWeights(of:)``
    public func directLogitWeights(of features: [FeatureID], on token: Int) -> [Float] {
        let weights = directLogitWeights(of: features)
        return features.indices.map { weights[$0, token] }
    }

    /// `[features, vocabularySize]`: the logit effect of a unit activation of each feature on every token, by weights
    /// alone.
    ///
    /// Decoder rows, summed over the layers they write to, through the gains of the norms on their way, times each token's
    /// unembedding less the mean over the vocabulary; denominators count as 1.
    public func directLogitWeights(of features: [FeatureID]) -> Matrix {
        let width = model.configuration.modelWidth
        var written = Matrix(rowCount: features.count, columnCount: width)
        guard !features.isEmpty else { return model.unembedding.applied(to: written) }
        var decoder = [Float](repeating: 0, count: width)
        for (row, feature) in features.enumerated() {
            let source = basis.layers[feature.layer]
            for layer in source.outputLayers {
                source.copyDecoderRow(feature.index, outputLayer: layer, into: &decoder)
                if basis.outputHook == .mlpOutput {
                    model.blocks[layer].mlpPostNorm?.applyLinearly(to: &decoder, count: 1, denominator: 1)
                }
                for column in 0..<width { written[row, column] += decoder[column] }
            }
        }
        written.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            model.finalNorm.applyLinearly(to: base, count: features.count, denominator: 1)
        }
        var outputs = model.unembedding.applied(to: written)
        for row in features.indices {
            let mean = zip(written.row(row), model.meanUnembedding).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            for token in 0..<outputs.columnCount { outputs[row, token] -= mean }
        }
        return outputs
    }
}
