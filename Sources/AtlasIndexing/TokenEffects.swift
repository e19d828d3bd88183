import AtlasStore
import Attribution
import Circuits
import Synchronization
import Tensors

/// What features' weights say about tokens, without any prompt.
///
/// - Promoted and suppressed: the feature's decoder rows, summed over the layers it writes to, through the gains of the
///   norms on their way to the logits, times each token's unembedding less the mean over the vocabulary.
/// - Excited by: the token's embedding through the gain of the norm that the encoder reads, times the encoder. Nothing for
///   neurons, whose encoders depend on the prompt.
struct TokenEffects: Sendable {
    /// Features in one matrix product with the vocabulary.
    static let featuresATime = 512
    /// Tokens kept a list.
    private static let kept = 10
    private static let featuresAPiece = 64

    private let attributor: Attributor

    init(_ attributor: Attributor) { self.attributor = attributor }

    /// The strongest tokens of each feature.
    func of(_ features: [FeatureID], jobs: Int) -> [FeatureTokenEffects] {
        let starts = Array(stride(from: 0, to: features.count, by: Self.featuresAPiece))
        let parts = Mutex([[FeatureTokenEffects]](repeating: [], count: starts.count))
        inParallel(count: starts.count, jobs: jobs) { index in
            let part = piece(Array(features[starts[index]..<min(features.count, starts[index] + Self.featuresAPiece)]))
            parts.withLock { $0[index] = part }
        }
        return parts.withLock { $0.flatMap(\.self) }
    }

    private func piece(_ features: [FeatureID]) -> [FeatureTokenEffects] {
        let width = attributor.model.configuration.modelWidth
        var read = Matrix(rowCount: features.count, columnCount: width)
        for (row, feature) in features.enumerated() {
            guard let transcoders = attributor.basis.transcoders else { continue }
            let adjoint = NormAdjoint(
                transcoders.inputHook, norm: attributor.model.blocks[feature.layer].mlpNorm, denominators: [1])
            read.values.withUnsafeMutableBufferPointer { values in
                guard let base = values.baseAddress else { return }
                let direction = transcoders.layers[feature.layer].readDirection(feature.index)
                adjoint.apply(direction, position: 0, into: base + row * width)
            }
        }
        let outputs = attributor.directLogitWeights(of: features)
        let inputs = attributor.model.embedding.applied(to: read)
        return features.enumerated().map { row, feature in
            let output = Array(outputs.row(row))
            return FeatureTokenEffects(
                feature: feature, promoted: entries(output, sign: 1), suppressed: entries(output, sign: -1),
                excitedBy: attributor.basis.transcoders == nil ? [] : entries(Array(inputs.row(row)), sign: 1))
        }
    }

    private func entries(_ values: [Float], sign: Float) -> [FeatureTokenEffects.Entry] {
        largest(Self.kept, of: sign > 0 ? values : values.map { -$0 })
            .map { FeatureTokenEffects.Entry(token: $0, value: Double(values[$0])) }
    }
}
