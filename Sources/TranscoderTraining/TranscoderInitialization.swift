import Circuits
import Tensors

/// What transcoders are before the first step.
///
/// - Encoders read random directions, with a bias by which a feature fires at about the share of tokens that is wanted in
///   the end, twice as often with JumpReLU, whose penalty brings it down.
/// - Decoders write little, in random directions; the decoder bias is the mean of what is to be written.
struct TranscoderInitialization {
    /// The settings.
    let settings: TrainingSettings
    /// Some tokens, from which biases are measured.
    let calibration: TrainingBatch

    /// The norm of what a feature writes at first, as a share of what it would write if the wanted number of features
    /// shared the work.
    private static let writtenShare: Float = 0.1
    /// How much more often than wanted a feature with a threshold fires at first.
    private static let surplus = 2.0

    /// The threshold that features begin with.
    static func threshold(_ settings: TrainingSettings) -> Float { Float(settings.bandwidth / 2) }

    /// Makes one transcoder a layer.
    func layers() -> [TranscoderParameters] {
        (0..<calibration.layerCount).map { layer in
            var numbers = SeededNumbers(seed: settings.seed, stream: UInt64(layer) + 1)
            return parameters(layer: layer, &numbers)
        }
    }

    private func parameters(layer: Int, _ numbers: inout SeededNumbers) -> TranscoderParameters {
        let width = calibration.modelWidth
        let made = TranscoderParameters(
            layer: layer, of: calibration.layerCount, modelWidth: width, settings)
        let encoder = normals(made.encoder.count, scale: 1 / Float(width).squareRoot(), &numbers)
        made.encoder.restart(at: 0, with: encoder)
        let contribution = (Float(width) / Float(settings.activeFeatures)).squareRoot()
        made.decoder.restart(
            at: 0,
            with: normals(
                made.decoder.count,
                scale: Self.writtenShare * contribution / Float(made.decoderRowCount).squareRoot(), &numbers))
        made.decoderBias.restart(at: 0, with: calibration.meanTarget(ofLayer: layer))
        if made.hasThresholds {
            let threshold = Self.threshold(settings)
            made.threshold.restart(at: 0, with: [Float](repeating: threshold, count: made.featureCount))
            made.encoderBias.restart(at: 0, with: biases(encoder, layer: layer, threshold: threshold))
        }
        return made
    }

    private func normals(_ count: Int, scale: Float, _ numbers: inout SeededNumbers) -> [Float] {
        (0..<count).map { _ in scale * numbers.normal() }
    }

    /// Biases by which each feature exceeds the threshold at the share of tokens that is wanted.
    private func biases(_ encoder: [Float], layer: Int, threshold: Float) -> [Float] {
        let (width, tokens) = (calibration.modelWidth, calibration.tokenCount)
        let share = min(0.5, Self.surplus * settings.activeFeatures / Double(settings.featureCount))
        let rank = max(0, min(tokens - 1, Int(share * Double(tokens))))
        var read = [Float](repeating: 0, count: tokens)
        return encoder.withUnsafeBufferPointer { encoder in
            (0..<settings.featureCount).map { feature in
                guard let row = encoder.baseAddress else { return 0 }
                for token in 0..<tokens {
                    read[token] = dot(
                        calibration.inputs(ofLayer: layer) + token * width, row + feature * width, count: width)
                }
                return threshold - read.sorted(by: >)[rank]
            }
        }
    }
}
