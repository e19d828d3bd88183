import Circuits
import Foundation
import LanguageModels
import Safetensors

/// Random per-layer transcoders of a model's width, of which a set number of features fires everywhere: what they say is
/// nothing, what they cost is what trained ones of their size cost.
final class GeneratedTranscoders {
    /// The folder, which goes with this.
    let folder: String

    /// - Parameters:
    ///   - features: features a layer
    ///   - active: features that fire at each layer and position
    init(for modelFolder: String, features: Int, active: Int) throws {
        let configuration = try LanguageModel(folder: modelFolder).configuration
        let width = configuration.modelWidth
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("generated-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
        model_name: generated
        model_kind: transcoder_set
        feature_input_hook: mlp.hook_in
        feature_output_hook: mlp.hook_out
        activation: topk
        k: \(active)
        """.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
        for layer in 0..<configuration.layerCount {
            var numbers = SeededNumbers(seed: 1, stream: UInt64(layer))
            func random(_ count: Int, size: Float) -> [Float] {
                (0..<count).map { _ in size * (Float(numbers.next() >> 40) / Float(1 << 23) - 1) }
            }
            var writer = SafetensorsWriter()
            // Encoder rows of length 1, decoder rows so that those that fire together write about as much.
            let size = (3 / Float(width)).squareRoot()
            writer.add("W_enc", shape: [features, width], floats: random(features * width, size: size))
            writer.add("b_enc", shape: [features], floats: random(features, size: 0.1))
            writer.add(
                "W_dec", shape: [features, width],
                floats: random(features * width, size: size / Float(active).squareRoot()))
            writer.add("b_dec", shape: [width], floats: random(width, size: 0.01))
            try writer.write(to: folder + "/layer_\(layer).safetensors")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
