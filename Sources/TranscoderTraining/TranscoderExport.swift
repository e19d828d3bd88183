import Files
import Foundation
import Safetensors
import Tensors
import Transcoders

/// Writes trained transcoders as a folder that this program and circuit-tracer load.
///
/// The layers' units are folded into the weights. `config.yaml` is written last: a folder without it is no set, so that an
/// interrupted writing leaves none that is a part of one.
struct TranscoderExport {
    /// The settings.
    let settings: TrainingSettings
    /// The layers' units.
    let scales: LayerScales
    /// The model's name.
    let modelName: String
    /// The set's name.
    let name: String

    /// Writes the set.
    ///
    /// - Parameter leastKept: with BatchTopK the threshold of each layer
    /// - Throws: `SafetensorsError` or `FileError` where a file cannot be written
    func write(_ layers: [TranscoderParameters], leastKept: [Double], to folder: String) throws {
        for layer in layers {
            let thresholds: [Float]? =
                switch settings.activation {
                case .jumpReLU: layer.threshold.array
                case .batchTopK: [Float](repeating: Float(leastKept[layer.layer]), count: layer.featureCount)
                case .topK: nil
                }
            if settings.architecture == .crossLayer {
                try writeCrossLayer(layer, thresholds: thresholds, to: folder)
            } else {
                try writePerLayer(layer, thresholds: thresholds, to: folder)
            }
        }
        try AtomicFile.write(Data(configuration.utf8), to: folder + "/config.yaml")
    }

    private func writeCrossLayer(_ layer: TranscoderParameters, thresholds: [Float]?, to folder: String) throws {
        let index = layer.layer
        var encoding = SafetensorsWriter()
        encoding.add("W_enc_\(index)", shape: [layer.featureCount, layer.modelWidth], floats: encoder(layer))
        encoding.add("b_enc_\(index)", shape: [layer.featureCount], floats: layer.encoderBias.array)
        encoding.add("b_dec_\(index)", shape: [layer.modelWidth], floats: decoderBias(layer))
        if let thresholds { encoding.add("threshold_\(index)", shape: [layer.featureCount], floats: thresholds) }
        try encoding.write(to: folder + "/W_enc_\(index).safetensors")
        var decoding = SafetensorsWriter()
        decoding.add(
            "W_dec_\(index)", shape: [layer.featureCount, layer.slotCount, layer.modelWidth], floats: decoder(layer))
        try decoding.write(to: folder + "/W_dec_\(index).safetensors")
    }

    private func writePerLayer(_ layer: TranscoderParameters, thresholds: [Float]?, to folder: String) throws {
        let (features, width) = (layer.featureCount, layer.modelWidth)
        var writer = SafetensorsWriter()
        writer.add("W_enc", shape: [features, width], floats: encoder(layer))
        writer.add("b_enc", shape: [features], floats: layer.encoderBias.array)
        writer.add("W_dec", shape: [features, width], floats: decoder(layer))
        writer.add("b_dec", shape: [width], floats: decoderBias(layer))
        if let thresholds { writer.add("activation_function.threshold", shape: [features], floats: thresholds) }
        if layer.hasSkip {
            let scale = scales.inputs[layer.layer] / scales.outputs[layer.layer]
            writer.add("W_skip", shape: [width, width], floats: layer.skip.array.map { $0 * scale })
        }
        try writer.write(to: folder + "/layer_\(layer.layer).safetensors")
    }

    private func encoder(_ layer: TranscoderParameters) -> [Float] {
        layer.encoder.array.map { $0 * scales.inputs[layer.layer] }
    }

    private func decoderBias(_ layer: TranscoderParameters) -> [Float] {
        layer.decoderBias.array.map { $0 / scales.outputs[layer.layer] }
    }

    private func decoder(_ layer: TranscoderParameters) -> [Float] {
        var rows = layer.decoder.array
        for index in rows.indices {
            rows[index] /= scales.outputs[layer.layer + index / layer.modelWidth % layer.slotCount]
        }
        return rows
    }

    private var configuration: String {
        var lines = [
            "model_name: \(Self.quoted(modelName))",
            "model_kind: "
                + (settings.architecture == .crossLayer ? "cross_layer_transcoder" : "transcoder_set"),
            "feature_input_hook: \(settings.inputHook.rawValue)",
            "feature_output_hook: \(settings.outputHook.rawValue)",
            "scan: \(Self.quoted(name))",
        ]
        if settings.activation == .topK {
            lines += ["activation: topk", "k: \(Int(settings.activeFeatures))"]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A YAML text in double quotes, which JSON's texts are.
    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let data = try? encoder.encode(text) else { preconditionFailure("a text can be written as JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}
