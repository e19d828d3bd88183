import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Tensors
import Transcoders

/// Random per-layer transcoders that fire as trained ones do, since none are published for models this small.
///
/// Each feature reads a random direction and fires on a fixed share of the tokens that it is calibrated on; what the
/// features of a layer write is as large as what the MLP writes around its mean.
struct CalibratedTranscoders {
    /// Features a layer.
    private static let featureCount = 1024
    /// Features that fire on a token, as the mean over the calibrating tokens.
    private static let active = 36

    private struct Layer {
        var encoder: [Float]
        var encoderBias: [Float]
        var decoder: [Float]
        var decoderBias: [Float]
    }

    private let model: LanguageModel
    private let layers: [Layer]

    /// Draws transcoders and calibrates them on the model's own MLPs, but for each prompt's first position.
    init(_ model: LanguageModel, prompts: [String], seed: UInt64) throws {
        self.model = model
        var inputs = [[Float]](repeating: [], count: model.configuration.layerCount)
        var outputs = inputs
        for prompt in prompts {
            let trace = try model.run(model.tokenizer.encodePrompt(prompt), site: .output)
            for (index, layer) in trace.layers.enumerated() {
                inputs[index] += layer.reading.normalized.values.dropFirst(model.configuration.modelWidth)
                outputs[index] += layer.mlpOutput.values.dropFirst(model.configuration.modelWidth)
            }
        }
        var generator = SeededNumbers(seed: seed)
        let width = model.configuration.modelWidth
        layers = zip(inputs, outputs).map { input, output in
            Self.layer(reading: input, writing: output, width: width, using: &generator)
        }
    }

    private static func layer(
        reading input: [Float], writing output: [Float], width: Int, using generator: inout SeededNumbers
    ) -> Layer {
        let tokenCount = input.count / width
        let firing = max(1, tokenCount * active / featureCount)
        let encoder = unitRows(count: featureCount, width: width, using: &generator)
        var biases: [Float] = []
        var energy = 0.0
        for feature in 0..<featureCount {
            let values = (0..<tokenCount).map { token in
                product(encoder, feature, input, token, width: width)
            }
            let ordered = values.sorted(by: >)
            let threshold = (ordered[firing - 1] + ordered[firing]) / 2
            biases.append(-threshold)
            energy += values.reduce(0.0) { $0 + pow(Double(max(0, $1 - threshold)), 2) }
        }
        let mean = (0..<width).map { column in
            (0..<tokenCount).reduce(Float(0)) { $0 + output[$1 * width + column] } / Float(tokenCount)
        }
        let spread = output.indices.reduce(0.0) { $0 + pow(Double(output[$1] - mean[$1 % width]), 2) }
        // Random rows are nearly orthogonal: the square of what they write is the sum of their squares.
        let scale = Float((spread / energy).squareRoot())
        let decoder = unitRows(count: featureCount, width: width, using: &generator).map { $0 * scale }
        return Layer(encoder: encoder, encoderBias: biases, decoder: decoder, decoderBias: mean)
    }

    /// Random directions of length 1.
    private static func unitRows(count: Int, width: Int, using generator: inout SeededNumbers) -> [Float] {
        var rows = (0..<count * width).map { _ in Float.random(in: -1...1, using: &generator) }
        for row in 0..<count {
            let range = row * width..<(row + 1) * width
            let length = rows[range].reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            for index in range { rows[index] /= length }
        }
        return rows
    }

    private static func product(_ a: [Float], _ row: Int, _ b: [Float], _ other: Int, width: Int) -> Float {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                dot(a.baseAddress! + row * width, b.baseAddress! + other * width, count: width)
            }
        }
    }

    /// Writes them to `folder` and loads them with the model.
    func attributor(folder: String) throws -> Attributor {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try """
        model_name: \(model.name)
        model_kind: transcoder_set
        feature_input_hook: mlp.hook_in
        feature_output_hook: mlp.hook_out
        scan: calibrated
        """.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
        let width = model.configuration.modelWidth
        for (index, layer) in layers.enumerated() {
            var writer = SafetensorsWriter()
            writer.add("W_enc", shape: [Self.featureCount, width], floats: layer.encoder)
            writer.add("b_enc", shape: [Self.featureCount], floats: layer.encoderBias)
            writer.add("W_dec", shape: [Self.featureCount, width], floats: layer.decoder)
            writer.add("b_dec", shape: [width], floats: layer.decoderBias)
            try writer.write(to: folder + "/layer_\(index).safetensors")
        }
        return Attributor(
            model: model,
            transcoders: try TranscoderSet(
                folder: folder, layerCount: model.configuration.layerCount, modelWidth: width))
    }
}
