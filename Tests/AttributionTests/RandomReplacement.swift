import Attribution
import Circuits
import Foundation
import LanguageModels
import Safetensors
import Tensors
import Testing
import Transcoders

/// A random model with random transcoders at some pair of hooks, and a prompt.
struct RandomReplacement {
    /// Every model with every wiring that it has the hooks for.
    static let all: [(RandomModel, Wiring)] = RandomModel.all.flatMap { model in
        Wiring.all.filter { !model.isParallel || $0.input != .residualMiddle }.map { (model, $0) }
    }

    /// What kind of transcoders, and where they read and write.
    struct Wiring: Sendable, CustomTestStringConvertible {
        let kind: TranscoderKind
        let input: InputHook
        let output: OutputHook
        let hasSkip: Bool
        /// Anything but none is written as SAELens writes it.
        var normalization = InputNormalization.none

        /// Every hook once, both kinds with and without a skip.
        static let all = [
            Wiring(kind: .perLayer, input: .mlpInput, output: .mlpOutput, hasSkip: true),
            Wiring(kind: .perLayer, input: .normalizedBeforeGain, output: .residualAddition, hasSkip: true),
            Wiring(kind: .crossLayer, input: .residualMiddle, output: .mlpOutput, hasSkip: false),
            Wiring(kind: .crossLayer, input: .mlpInput, output: .residualAddition, hasSkip: true),
            Wiring(
                kind: .perLayer, input: .mlpInput, output: .mlpOutput, hasSkip: true, normalization: .layerNorm),
            Wiring(
                kind: .perLayer, input: .residualMiddle, output: .residualAddition, hasSkip: false,
                normalization: .constantNorm),
        ]

        var testDescription: String {
            "\(kind.rawValue)\(hasSkip ? " with skip" : "") \(input.rawValue) → \(output.rawValue)"
                + (normalization == .none ? "" : " after \(normalization.rawValue)")
        }
    }

    let attributor: Attributor
    let tokens: [Int]
    private static let featureCount = 20

    /// - Parameters:
    ///   - length: the prompt's tokens
    ///   - change: what is done to the transcoders' folder before it is opened
    init(
        _ model: RandomModel, _ wiring: Wiring, length: Int = 8, seed: UInt64 = 5,
        change: (_ folder: String) throws -> Void = { _ in }
    ) throws {
        let folder = NSTemporaryDirectory() + "replacement-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try model.write(to: folder + "/model", seed: seed)
        try (wiring.normalization == .none ? Self.writeTranscoders : Self.writeSAELens)(
            wiring, folder + "/transcoders", seed + 1)
        try change(folder + "/transcoders")
        attributor = try Attributor(modelFolder: folder + "/model", transcoderFolder: folder + "/transcoders")
        var generator = SeededNumbers(seed: seed + 2)
        tokens = [0] + (1..<length).map { _ in Int.random(in: 1..<RandomModel.vocabularySize, using: &generator) }
    }

    /// A folder a layer, as SAELens has them: encoders the other way round, and settings in cfg.json.
    private static func writeSAELens(_ wiring: Wiring, _ folder: String, _ seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        let width = RandomModel.width
        func add(_ name: String, _ shape: [Int], _ size: Float, to writer: inout SafetensorsWriter) {
            let numbers = (0..<shape.reduce(1, *)).map { _ in size * Float.random(in: -1...1, using: &generator) }
            writer.add(name, shape: shape, floats: numbers)
        }
        let input = wiring.input == .residualMiddle ? "hook_resid_mid" : "mlp.hook_in"
        let output = wiring.output == .residualAddition ? "hook_mlp_out" : "mlp.hook_out"
        for layer in 0..<RandomModel.layerCount {
            let own = folder + "/layer_\(layer)"
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
            var writer = SafetensorsWriter()
            add("W_enc", [width, featureCount], 0.4, to: &writer)
            add("b_enc", [featureCount], 0.4, to: &writer)
            add("W_dec", [featureCount, width], 0.4, to: &writer)
            add("b_dec", [width], 0.4, to: &writer)
            if wiring.hasSkip { add("W_skip", [width, width], 0.2, to: &writer) }
            try writer.write(to: own + "/sae_weights.safetensors")
            try """
            {"architecture": "\(wiring.hasSkip ? "skip_transcoder" : "transcoder")", "d_in": \(width),
             "d_out": \(width), "d_sae": \(featureCount), "apply_b_dec_to_input": false,
             "normalize_activations": "\(wiring.normalization.rawValue)", "reshape_activations": "none",
             "metadata": {"hook_name": "blocks.\(layer).\(input)", "hook_name_out": "blocks.\(layer).\(output)"}}
            """.write(toFile: own + "/cfg.json", atomically: true, encoding: .utf8)
        }
    }

    private static func writeTranscoders(_ wiring: Wiring, _ folder: String, _ seed: UInt64) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let kind = wiring.kind == .perLayer ? "transcoder_set" : "cross_layer_transcoder"
        try """
        model_name: local
        model_kind: \(kind)
        feature_input_hook: \(wiring.input.rawValue)
        feature_output_hook: \(wiring.output.rawValue)
        """.write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
        var generator = SeededNumbers(seed: seed)
        func numbers(_ shape: [Int], _ size: Float) -> [Float] {
            (0..<shape.reduce(1, *)).map { _ in size * Float.random(in: -1...1, using: &generator) }
        }
        let width = RandomModel.width
        for layer in 0..<RandomModel.layerCount {
            let isPerLayer = wiring.kind == .perLayer
            let suffix = isPerLayer ? "" : "_\(layer)"
            let decoder = isPerLayer ? [featureCount, width] : [featureCount, RandomModel.layerCount - layer, width]
            var writer = SafetensorsWriter()
            writer.add("W_enc" + suffix, shape: [featureCount, width], floats: numbers([featureCount, width], 0.4))
            writer.add("b_enc" + suffix, shape: [featureCount], floats: numbers([featureCount], 0.4))
            writer.add("b_dec" + suffix, shape: [width], floats: numbers([width], 0.4))
            if wiring.hasSkip {
                writer.add("W_skip" + suffix, shape: [width, width], floats: numbers([width, width], 0.2))
            }
            if isPerLayer {
                writer.add("W_dec", shape: decoder, floats: numbers(decoder, 0.4))
                try writer.write(to: folder + "/layer_\(layer).safetensors")
            } else {
                try writer.write(to: folder + "/W_enc_\(layer).safetensors")
                var decoders = SafetensorsWriter()
                decoders.add("W_dec_\(layer)", shape: decoder, floats: numbers(decoder, 0.4))
                try decoders.write(to: folder + "/W_dec_\(layer).safetensors")
            }
        }
    }
}
