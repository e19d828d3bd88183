import Foundation
import Safetensors
import Tensors
import Testing

@testable import Transcoders

/// Llama Scope's transcoders as OpenMOSS saves them, written here and compared with its formula.
@Suite struct `transcoders of Llama Scope` {
    private static let (width, features) = (4, 7)
    private static let norms: (input: Float, output: Float) = (6, 0.5)
    private static let threshold: Float = 0.2

    /// A set of two layers, removed with its owner.
    private final class Folder {
        let path = NSTemporaryDirectory() + "llama-scope-" + UUID().uuidString
        var arrays: [[String: [Float]]] = []

        init(_ more: [String: Any] = [:], names: [String] = ["L0TC", "L1TC"]) throws {
            for (layer, name) in names.enumerated() {
                let folder = path + "/" + name
                try FileManager.default.createDirectory(
                    atPath: folder + "/checkpoints", withIntermediateDirectories: true)
                let fields: [String: Any] = [
                    "hook_point_in": "blocks.\(layer).ln2.hook_normalized",
                    "hook_point_out": "blocks.\(layer).hook_mlp_out", "d_model": width, "d_sae": features,
                    "use_decoder_bias": true, "apply_decoder_bias_to_pre_encoder": false, "act_fn": "jumprelu",
                    "jump_relu_threshold": Double(threshold), "norm_activation": "dataset-wise",
                    "dataset_average_activation_norm": ["in": Double(norms.input), "out": Double(norms.output)],
                    "sparsity_include_decoder_norm": true, "use_glu_encoder": false, "init_decoder_norm": 0.5,
                    "top_k": 50, "lp": 1, "dtype": "torch.bfloat16",
                ].merging(more) { $1 }
                try JSONSerialization.data(withJSONObject: fields)
                    .write(to: URL(fileURLWithPath: folder + "/hyperparams.json"))
                var writer = SafetensorsWriter()
                var own: [String: [Float]] = [:]
                let shapes = [
                    ("decoder.bias", [width]), ("decoder.weight", [width, features]), ("encoder.bias", [features]),
                    ("encoder.weight", [features, width]),
                ]
                for (place, (array, shape)) in shapes.enumerated() {
                    let count = shape.reduce(1, *)
                    own[array] = (0..<count).map { Float(($0 * 37 + place * 11 + layer * 5) % 23) / 11 - 1 }
                    writer.add(array, shape: shape, floats: own[array]!)
                }
                arrays.append(own)
                try writer.write(to: folder + "/checkpoints/final.safetensors")
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func load(_ folder: Folder, layerCount: Int = 2) throws -> TranscoderSet {
        try TranscoderSet(folder: folder.path, layerCount: layerCount, modelWidth: Self.width)
    }

    @Test func `outputs are those of the scaled transcoder, scaled back`() throws {
        let folder = try Folder()
        let set = try load(folder)
        #expect(
            set.format == "Llama Scope" && set.inputHook == .normalizedBeforeGain && set.outputHook == .residualAddition
        )
        var (firing, silenced) = (0, 0)
        for layer in 0..<2 {
            let arrays = folder.arrays[layer]
            let (encoder, bias) = (arrays["encoder.weight"]!, arrays["encoder.bias"]!)
            let (decoder, decoderBias) = (arrays["decoder.weight"]!, arrays["decoder.bias"]!)
            for seed in 0..<10 {
                let input = (0..<Self.width).map { Float(($0 * 7 + seed * 5) % 9) / 3 - 1.2 }
                // As the program of its authors computes: scale, encode, compare, decode, scale back.
                let root = Float(Self.width).squareRoot()
                let scaled = input.map { $0 * root / Self.norms.input }
                var output = decoderBias
                for feature in 0..<Self.features {
                    let pre = (0..<Self.width).reduce(bias[feature]) {
                        $0 + encoder[feature * Self.width + $1] * scaled[$1]
                    }
                    let column = (0..<Self.width).map { decoder[$0 * Self.features + feature] }
                    let norm = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
                    guard pre * norm / (root / Self.norms.output) > Self.threshold else {
                        silenced += pre > 0 ? 1 : 0
                        continue
                    }
                    firing += 1
                    for row in 0..<Self.width { output[row] += pre * column[row] }
                }
                let right = output.map { $0 / (root / Self.norms.output) }
                let transcoder = set.layers[layer]
                let pre = transcoder.preActivations(Matrix(rowCount: 1, columnCount: Self.width, values: input))
                var found = transcoder.decoderBias
                for active in transcoder.activeFeatures(pre) {
                    var row = [Float](repeating: 0, count: Self.width)
                    row.withUnsafeMutableBufferPointer {
                        transcoder.decoder.copyRow(feature: active.index, slot: 0, into: $0.baseAddress!)
                    }
                    for place in row.indices { found[place] += active.activation * row[place] }
                }
                #expect(zip(found, right).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found) \(right)")
            }
        }
        #expect(firing > 20 && silenced > 5)
    }

    @Test func `what the norms and the threshold are changes the fingerprint`() throws {
        let usual = try load(Folder()).fingerprint
        #expect(try load(Folder(["jump_relu_threshold": 0.3])).fingerprint != usual)
        #expect(
            try load(Folder(["dataset_average_activation_norm": ["in": 6.0, "out": 0.25]])).fingerprint != usual)
        #expect(try load(Folder(["l1_coefficient": 8e-5])).fingerprint == usual)
    }

    static let refusals: [(field: String, value: String, reason: String)] = [
        ("act_fn", "\"topk\"", "act_fn: expected jumprelu"),
        ("norm_activation", "\"token-wise\"", "norm_activation: expected dataset-wise"),
        ("use_glu_encoder", "true", "use_glu_encoder: expected false"),
        ("apply_decoder_bias_to_pre_encoder", "true", "apply_decoder_bias_to_pre_encoder: expected false"),
        ("sparsity_include_decoder_norm", "false", "sparsity_include_decoder_norm: expected true"),
        ("jump_relu_threshold", "-1", "jump_relu_threshold: expected a number above 0"),
        ("hook_point_out", "\"blocks.0.hook_resid_post\"", "hook_point_out: expected blocks.0.hook_mlp_out"),
        ("hook_point_in", "\"blocks.0.attn.hook_z\"", "hook_point_in: expected blocks.<layer>"),
        ("activation_temperature", "0.5", "activation_temperature: is not understood"),
    ]

    @Test(arguments: refusals.indices)
    func `a setting that computes something else is refused by name`(index: Int) throws {
        let refusal = Self.refusals[index]
        let value = try JSONSerialization.jsonObject(with: Data(refusal.value.utf8), options: .fragmentsAllowed)
        let folder = try Folder([refusal.field: value])
        #expect {
            _ = try load(folder)
        } throws: {
            "\($0)".contains("hyperparams.json") && "\($0)".contains(refusal.reason)
        }
    }

    @Test func `a width that is not the model's, and a layer that is missing, are refused`() throws {
        let folder = try Folder()
        #expect { _ = try TranscoderSet(folder: folder.path, layerCount: 2, modelWidth: 5) } throws: {
            "\($0)".contains("encoder.weight") && "\($0)".contains("found [7, 4]")
        }
        #expect { _ = try load(folder, layerCount: 3) } throws: { "\($0)".contains("found none of 2") }
        #expect(try PublishedShape(folder: folder.path)?.modelWidth == Self.width)
    }
}
