import Attribution
import Circuits
import LanguageModels
import Testing
import Transcoders

@Suite struct `effects on logits by weights alone` {
    /// A row through a norm whose denominator is 1, without its bias.
    private func through(_ norm: Norm, _ row: [Double]) -> [Double] {
        let mean = norm.removesMean ? row.reduce(0, +) / Double(row.count) : 0
        return zip(row, norm.gain).map { ($0 - mean) * Double($1) }
    }

    @Test(arguments: RandomReplacement.all)
    func `they are the decoder's rows through the norms on their way, less the mean over the vocabulary`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let attributor = try RandomReplacement(model, wiring).attributor
        let language = attributor.model
        let features = [FeatureID(layer: 0, index: 3), FeatureID(layer: 1, index: 0), FeatureID(layer: 2, index: 7)]
        let found = attributor.directLogitWeights(of: features)
        for (row, feature) in features.enumerated() {
            let source = attributor.transcoders.layers[feature.layer]
            var written = [Double](repeating: 0, count: RandomModel.width)
            for layer in wiring.kind == .crossLayer ? feature.layer..<3 : feature.layer..<feature.layer + 1 {
                var decoder = [Float](repeating: 0, count: RandomModel.width)
                source.copyDecoderRow(feature.index, outputLayer: layer, into: &decoder)
                var direction = decoder.map(Double.init)
                if wiring.output == .mlpOutput, let norm = language.blocks[layer].mlpPostNorm {
                    direction = through(norm, direction)
                }
                for (column, value) in direction.enumerated() { written[column] += value }
            }
            written = through(language.finalNorm, written)
            let unembedding = language.unembedding.matrix()
            let logits = (0..<RandomModel.vocabularySize).map { token in
                zip(written, unembedding.row(token)).reduce(0) { $0 + $1.0 * Double($1.1) }
            }
            let mean = logits.reduce(0, +) / Double(logits.count)
            #expect(
                excess(Array(found.row(row)), logits.map { Float($0 - mean) }, absolute: 1e-4, relative: 1e-4) <= 1)
            let alone = attributor.directLogitWeights(of: [feature], on: 5)
            #expect(excess(alone, [found[row, 5]], absolute: 1e-5, relative: 1e-5) <= 1)
        }
    }
}
