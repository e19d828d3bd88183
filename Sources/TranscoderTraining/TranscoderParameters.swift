import Tensors

/// One layer's transcoder while it is trained, in the layers' scaled units.
///
///     pre = x encoderᵀ + encoderBias        a = activation(pre)        ŷ += a decoder
///
/// - SeeAlso: ``LayerScales`` for the units
struct TranscoderParameters: Sendable {
    /// The layer whose MLP input is read.
    let layer: Int
    /// Features.
    let featureCount: Int
    /// The model's residual width.
    let modelWidth: Int
    /// The layers that each feature writes to, from its own on.
    let slotCount: Int
    /// `[featureCount, modelWidth]`.
    let encoder: ParameterArray
    /// `[featureCount]`.
    let encoderBias: ParameterArray
    /// `[featureCount]`: what a pre-activation must exceed; empty unless the activation is JumpReLU.
    let threshold: ParameterArray
    /// `[featureCount, slotCount, modelWidth]`.
    let decoder: ParameterArray
    /// `[modelWidth]`: of this layer's reconstruction.
    let decoderBias: ParameterArray
    /// `[modelWidth, modelWidth]`, `ŷ += x skipᵀ`; empty where there is none.
    let skip: ParameterArray

    /// Numbers of one feature's decoder: a row for each layer that it writes to.
    var decoderRowCount: Int { slotCount * modelWidth }
    /// Whether thresholds are trained.
    var hasThresholds: Bool { threshold.count > 0 }
    /// Whether there is a linear skip.
    var hasSkip: Bool { skip.count > 0 }

    /// All arrays by the names that a checkpoint knows them by.
    var arrays: [(name: String, array: ParameterArray)] {
        [
            ("encoder", encoder), ("encoderBias", encoderBias), ("threshold", threshold), ("decoder", decoder),
            ("decoderBias", decoderBias), ("skip", skip),
        ].filter { $0.1.count > 0 }
    }

    /// The size of what a feature writes for an activation of 1: the norm of its decoder rows together.
    func writtenNorm(_ feature: Int) -> Float {
        squareSum(decoder.values + feature * decoderRowCount, count: decoderRowCount).squareRoot()
    }
}

extension TranscoderParameters {
    /// Zeros in the shape that the settings ask for.
    init(layer: Int, of layerCount: Int, modelWidth: Int, _ settings: TrainingSettings) {
        let (features, isCrossLayer) = (settings.featureCount, settings.architecture == .crossLayer)
        let slots = isCrossLayer ? layerCount - layer : 1
        self.init(
            layer: layer, featureCount: features, modelWidth: modelWidth, slotCount: slots,
            encoder: ParameterArray(count: features * modelWidth), encoderBias: ParameterArray(count: features),
            threshold: ParameterArray(count: settings.activation == .jumpReLU ? features : 0),
            decoder: ParameterArray(count: features * slots * modelWidth),
            decoderBias: ParameterArray(count: modelWidth),
            skip: ParameterArray(
                count: settings.architecture == .perLayerWithSkip ? modelWidth * modelWidth : 0))
    }
}
