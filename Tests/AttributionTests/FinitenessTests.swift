import Attribution
import Foundation
import LanguageModels
import Safetensors
import Testing
import Transcoders

/// NaN and infinity in weights: every way to an answer refuses them and names the tensor.
@Suite struct `numbers that are not finite` {
    /// A golden case's model and transcoders, copied so that one number can be spoilt.
    private final class SpoiltCase {
        let path = NSTemporaryDirectory() + "spoilt-" + UUID().uuidString
        var model: String { path + "/model" }
        var transcoders: String { path + "/transcoders" }

        init(_ name: String) throws {
            let golden = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
            try FileManager.default.copyItem(atPath: golden, toPath: path)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// Overwrites one number of a tensor in place.
        func spoil(_ file: String, _ tensor: String, with value: Float, at index: Int = 0) throws {
            let entry = try SafetensorsFile(path: path + "/" + file).tensor(tensor)
            let handle = try #require(FileHandle(forUpdatingAtPath: path + "/" + file))
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(entry.byteRange.lowerBound + 4 * index))
            var bits = value.bitPattern.littleEndian
            try handle.write(contentsOf: Data(bytes: &bits, count: 4))
        }
    }

    static let modelTensors = [
        "model.embed_tokens.weight", "model.norm.weight", "model.layers.1.input_layernorm.weight",
        "model.layers.0.self_attn.q_proj.weight", "model.layers.3.self_attn.k_proj.weight",
        "model.layers.2.self_attn.v_proj.weight", "model.layers.1.self_attn.o_proj.weight",
        "model.layers.0.mlp.gate_proj.weight", "model.layers.3.mlp.up_proj.weight",
        "model.layers.2.mlp.down_proj.weight", "lm_head.weight",
    ]

    private func expectRefusal(naming tensor: String, _ body: () throws -> Void) {
        #expect {
            try body()
        } throws: { error in
            "\(error)".contains(tensor) && "\(error)".contains("finite") && !"\(error)".contains("\n")
        }
    }

    @Test(arguments: modelTensors, [Float.nan, .infinity])
    func `a model's tensor is named by whatever runs it`(tensor: String, value: Float) throws {
        let spoilt = try SpoiltCase("llama-plt_relu")
        // Token 0 begins every prompt, so that its embedding is read; of the others one number is as good as another.
        try spoilt.spoil("model/model.safetensors", tensor, with: value)
        expectRefusal(naming: tensor) {
            let model = try LanguageModel(folder: spoilt.model)
            _ = try model.generate(model.tokenizer.encodePrompt("ab"), count: 1)
        }
        expectRefusal(naming: tensor) {
            let attributor = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
            let tokens = attributor.model.tokenizer.encodePrompt("ab")
            _ = try attributor.attribute(tokens)
        }
        expectRefusal(naming: tensor) {
            let attributor = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
            _ = try attributor.evaluate(attributor.model.tokenizer.encodePrompt("ab"))
        }
        expectRefusal(naming: tensor) {
            let attributor = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
            _ = try attributor.intervene(attributor.model.tokenizer.encodePrompt("ab"), [], mode: .free)
        }
    }

    /// One tensor of a transcoder file, and the part of the message that names it.
    struct SetTensor: Sendable, CustomTestStringConvertible {
        let set, file, tensor: String
        var testDescription: String { "\(set) \(tensor)" }
    }

    static let setTensors = [
        SetTensor(set: "llama-plt_relu", file: "layer_1.safetensors", tensor: "W_enc"),
        SetTensor(set: "llama-plt_relu", file: "layer_2.safetensors", tensor: "b_enc"),
        SetTensor(set: "llama-plt_relu", file: "layer_0.safetensors", tensor: "b_dec"),
        SetTensor(set: "llama-plt_skip", file: "layer_3.safetensors", tensor: "W_skip"),
        SetTensor(set: "llama3rope-clt_jumprelu", file: "W_enc_1.safetensors", tensor: "W_enc_1"),
        SetTensor(set: "llama3rope-clt_jumprelu", file: "W_enc_2.safetensors", tensor: "threshold_2"),
        SetTensor(set: "llama3rope-clt_jumprelu", file: "W_enc_0.safetensors", tensor: "b_dec_0"),
    ]

    @Test(arguments: setTensors, [Float.nan, -.infinity])
    func `a transcoder's tensor is named, and no feature is silently off`(tensor: SetTensor, value: Float) throws {
        let spoilt = try SpoiltCase(tensor.set)
        try spoilt.spoil("transcoders/" + tensor.file, tensor.tensor, with: value)
        for run: (Attributor, [Int]) throws -> Void in [
            { _ = try $0.attribute($1) }, { _ = try $0.evaluate($1) }, { _ = try $0.localReplacementModel($1) },
        ] {
            expectRefusal(naming: tensor.tensor) {
                let attributor = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
                try run(attributor, attributor.model.tokenizer.encodePrompt("abc"))
            }
        }
    }

    @Test func `a decoder row that is not finite is named once its feature fires`() throws {
        let spoilt = try SpoiltCase("llama-plt_relu")
        let sound = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
        let tokens = sound.model.tokenizer.encodePrompt("abc")
        let feature = try #require(try sound.localReplacementModel(tokens).activeFeatures.first { $0.layer == 2 })
        try spoilt.spoil(
            "transcoders/layer_2.safetensors", "W_dec", with: .nan, at: feature.index * sound.transcoders.modelWidth)
        expectRefusal(naming: "W_dec: expected finite numbers, found nan in the decoder of feature \(feature.feature)")
        {
            let attributor = try Attributor(modelFolder: spoilt.model, transcoderFolder: spoilt.transcoders)
            _ = try attributor.attribute(tokens)
        }
    }

    @Test func `weights so large that they overflow are refused though every one is finite`() throws {
        let spoilt = try SpoiltCase("llama-plt_relu")
        try spoilt.spoil("model/model.safetensors", "model.layers.1.mlp.down_proj.weight", with: 3e38)
        try spoilt.spoil("model/model.safetensors", "model.layers.1.mlp.down_proj.weight", with: 3e38, at: 1)
        try spoilt.spoil("model/model.safetensors", "model.layers.2.mlp.down_proj.weight", with: 3e38)
        let model = try LanguageModel(folder: spoilt.model)
        #expect {
            _ = try model.generate(model.tokenizer.encodePrompt("abcdefgh"), count: 1)
        } throws: {
            "\($0)".contains("overflow")
        }
    }
}
