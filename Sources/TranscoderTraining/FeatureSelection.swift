import Tensors
import Transcoders

/// Which features of a layer fire at the tokens of a batch, while they are trained.
enum FeatureSelection: Sendable {
    /// Those above their thresholds; those within half a bandwidth below them are told too.
    case jumpReLU(bandwidth: Float)
    /// The strongest of each token, so many.
    case topK(Int)
    /// The strongest of all tokens together, so many a token on average, of those above zero.
    case batchTopK(Double)

    /// Tokens whose pre-activations are computed together: few enough to stay in a second-level cache.
    private static let blockTokens = 128

    /// As the settings have it.
    init(_ settings: TrainingSettings) {
        switch settings.activation {
        case .jumpReLU: self = .jumpReLU(bandwidth: Float(settings.bandwidth))
        case .topK: self = .topK(Int(settings.activeFeatures))
        case .batchTopK: self = .batchTopK(settings.activeFeatures)
        }
    }

    /// Finds the features that fire.
    ///
    /// - Parameters:
    ///   - parameters: the layer
    ///   - inputs: `[tokenCount, modelWidth]`
    func active(
        _ parameters: TranscoderParameters, inputs: UnsafePointer<Float>, tokenCount: Int
    ) -> SparseActivations {
        let (features, width) = (parameters.featureCount, parameters.modelWidth)
        var result = SparseActivations()
        var blockTokens = min(Self.blockTokens, tokenCount)
        if case .batchTopK = self { blockTokens = tokenCount }
        let block = NumberBuffer(count: blockTokens * features)
        for first in stride(from: 0, to: tokenCount, by: max(1, blockTokens)) {
            let count = min(blockTokens, tokenCount - first)
            Self.preActivate(parameters, inputs + first * width, tokenCount: count, into: block.base)
            select(block.base, parameters, tokenCount: count, into: &result)
        }
        return result
    }

    private func select(
        _ rows: UnsafePointer<Float>, _ parameters: TranscoderParameters, tokenCount: Int,
        into result: inout SparseActivations
    ) {
        let features = parameters.featureCount
        switch self {
        case .jumpReLU(let bandwidth):
            let thresholds = parameters.threshold.values
            let reach = -bandwidth / 2
            for token in 0..<tokenCount {
                let row = rows + token * features
                for feature in 0..<features {
                    let excess = row[feature] - thresholds[feature]
                    if excess > min(reach, 0) {
                        result.add(feature: feature, activation: excess > 0 ? row[feature] : 0, excess: excess)
                    }
                }
                result.endToken()
            }
        case .topK(let count):
            for token in 0..<tokenCount {
                LargestKept.forEach(count, of: .init(start: rows + token * features, count: features)) {
                    if $1 != 0 { result.add(feature: $0, activation: $1, excess: 0) }
                }
                result.endToken()
            }
        case .batchTopK(let mean):
            let count = max(1, Int((mean * Double(tokenCount)).rounded()))
            LargestKept.forEach(count, of: .init(start: rows, count: tokenCount * features)) { place, value in
                let (token, feature) = place.quotientAndRemainder(dividingBy: features)
                while result.tokenCount < token { result.endToken() }
                if value > 0 { result.add(feature: feature, activation: value, excess: 0) }
            }
            while result.tokenCount < tokenCount { result.endToken() }
        }
    }

    /// `inputs encoderᵀ + encoderBias`, `[tokenCount, featureCount]`.
    private static func preActivate(
        _ parameters: TranscoderParameters, _ inputs: UnsafePointer<Float>, tokenCount: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let (features, width) = (parameters.featureCount, parameters.modelWidth)
        multiplyByTransposed(
            inputs, stride: width, parameters.encoder.values, stride: width, into: output, stride: features,
            rowCount: tokenCount, columnCount: features, innerCount: width)
        for token in 0..<tokenCount {
            addScaled(1, parameters.encoderBias.values, to: output + token * features, count: features)
        }
    }
}
