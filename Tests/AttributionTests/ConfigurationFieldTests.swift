import Foundation
import LanguageModels
import Safetensors
import Testing

/// Fields of config.json as people's files have them: harmless ones are read over, others are refused by name.
@Suite struct `fields of config json` {
    /// Adds fields to a golden model's config.json, as JSON text.
    private func model(_ name: String, adding fields: String) throws -> CopiedModel {
        let copy = try CopiedModel(name)
        let path = copy.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let end = try #require(text.lastIndex(of: "}"))
        try (text[..<end] + ", \(fields)}").write(toFile: path, atomically: true, encoding: .utf8)
        return copy
    }

    static let harmless = [
        #""_name_or_path": "x", "torch_dtype": "bfloat16", "use_cache": true, "attention_dropout": 0.1, "pretraining_tp": 1"#,
        #""initializer_range": Infinity, "task_specific_params": {"a": NaN}"#,
        #""rope_interleaved": false, "is_llama_config": true, "transformers.js_config": {"kv_cache_dtype": {"q4f16": "float16"}}"#,
        #""quantization_config": null, "clip_qkv": null, "logit_scale": 1.0, "attention_multiplier": 1, "num_experts": 0"#,
        #""clip_qkv": 0.0, "residual_multiplier": 1.0, "attn_logit_softcapping": 0"#,
        #""layer_types": ["full_attention", "full_attention", "full_attention", "full_attention"]"#,
        #""unsloth_fixed": true, "_attn_implementation_autoset": true, "transformers_version": "4.57.3", "eos_token_id": [1, 2]"#,
    ]

    @Test(arguments: harmless)
    func `bookkeeping, and what asks for nothing, is read over`(fields: String) throws {
        let copy = try model("llama-plt_relu/model", adding: fields)
        #expect(try LanguageModel(folder: copy.path).configuration.layerCount == 4)
    }

    static let refused = [
        ("logit_scale", "0.0625"), ("attention_multiplier", "0.5"), ("embedding_multiplier", "12.0"),
        ("logits_scaling", "8"), ("residual_multiplier", "0.22"), ("clip_qkv", "8.0"), ("num_local_experts", "8"),
        ("num_experts_per_tok", "2"), ("activation_fn", "\"gelu\""), ("use_qk_norm", "true"), ("parallel_attn", "true"),
        ("alibi", "true"), ("no_rope_layers", "[1, 1, 1, 0]"), ("attn_logit_softcapping", "50.0"),
        ("sliding_window", "16"), ("layer_types", "[\"sliding_attention\", \"full_attention\"]"),
        ("use_bidirectional_attention", "true"), ("attention_chunk_size", "8192"), ("lm_head_bias", "true"),
    ]

    @Test(arguments: refused)
    func `what is not understood and could change the computation is refused by name`(field: (String, String)) throws {
        let copy = try model("llama-plt_relu/model", adding: "\"\(field.0)\": \(field.1)")
        #expect {
            _ = try LanguageModel(folder: copy.path)
        } throws: {
            "\($0)".contains("config.json: \(field.0): ") && !"\($0)".contains("\n")
        }
    }

    @Test(arguments: [("num_hidden_layers", "true"), ("vocab_size", "Infinity"), ("rms_norm_eps", "NaN")])
    func `a boolean or an infinity is no number`(field: (String, String)) throws {
        let copy = try CopiedModel("llama-plt_relu/model")
        let path = copy.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing(try Regex("\"\(field.0)\": *[0-9.e-]+"), with: "\"\(field.0)\": \(field.1)")
        #expect(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        #expect {
            _ = try LanguageModel(folder: copy.path)
        } throws: {
            "\($0)".contains("config.json: \(field.0): expected")
        }
    }

    @Test(arguments: ["config.json", "tokenizer.json", "model.safetensors"])
    func `a Git LFS pointer is named as such`(file: String) throws {
        let copy = try CopiedModel("llama-plt_relu/model")
        let pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "a", count: 64))\nsize 9\n"
        try pointer.write(toFile: copy.path + "/" + file, atomically: true, encoding: .utf8)
        #expect {
            _ = try LanguageModel(folder: copy.path)
        } throws: {
            "\($0)".contains(file) && "\($0)".contains("Git LFS pointer")
        }
    }

    @Test(arguments: ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "consolidated.00.pth", "model.gguf"])
    func `weights in another format are refused with the way to convert them`(file: String) throws {
        let copy = try CopiedModel("llama-plt_relu/model")
        try FileManager.default.moveItem(
            atPath: copy.path + "/model.safetensors", toPath: copy.path + "/" + file)
        #expect {
            _ = try LanguageModel(folder: copy.path)
        } throws: {
            "\($0)".contains(file) && "\($0)".contains("convert it")
        }
    }

    @Test func `weights in double precision give the numbers of single precision`() throws {
        let copy = try CopiedModel("llama-plt_relu/model")
        let path = copy.path + "/model.safetensors"
        let single = try LanguageModel(folder: copy.path)
        let file = try SafetensorsFile(path: path)
        var header: [String: Any] = [:]
        var data = Data()
        for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
            let values = try file.matrix(name, shape: tensor.shape).matrix().values.map(Double.init)
            let start = data.count
            values.withUnsafeBytes { data.append(contentsOf: $0) }
            header[name] =
                ["dtype": "F64", "shape": tensor.shape, "data_offsets": [start, data.count]] as [String: Any]
        }
        var text = try JSONSerialization.data(withJSONObject: header)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        var length = UInt64(text.count).littleEndian
        try (Data(bytes: &length, count: 8) + text + data).write(to: URL(fileURLWithPath: path), options: .atomic)
        let double = try LanguageModel(folder: copy.path)
        let tokens = single.tokenizer.encodePrompt("abc")
        let found = try double.logits(double.run(tokens)).values
        let expected = try single.logits(single.run(tokens)).values
        // Single precision is multiplied where it lies, double in blocks: sums in another order.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 })
    }

    @Test func `a whole number may be the largest of 31 bits, and no larger`() throws {
        let copy = try CopiedModel("variants/mistral-window")
        let path = copy.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for (number, isRead) in [("2147483647", true), ("2147483648", false)] {
            let changed = text.replacing(
                try Regex(#""sliding_window": *[0-9]+"#), with: "\"sliding_window\": \(number)")
            #expect(changed != text)
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
            let model = try? LanguageModel(folder: copy.path)
            #expect((model != nil) == isRead, "\(number)")
        }
    }

    /// The reference takes the two weights together, or none.
    @Test(arguments: ["mscale", "mscale_all_dim"])
    func `one of the two weights of a stretched context alone changes nothing`(field: String) throws {
        let golden = try ForwardCase(variant: "llama-yarn")
        let copy = try CopiedModel("variants/llama-yarn")
        let path = copy.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let changed = text.replacing(#""rope_type": "yarn""#, with: #""rope_type": "yarn", "\#(field)": 0.7"#)
        #expect(changed != text)
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
        let model = try LanguageModel(folder: copy.path)
        #expect(
            try model.logits(model.run(golden.tokens)).values
                == golden.model.logits(golden.model.run(golden.tokens)).values)
    }

    @Test func `absent fields have the library's defaults`() throws {
        let copy = try CopiedModel("variants/qwen2")
        for field in ["rope_theta", "rms_norm_eps", "tie_word_embeddings", "hidden_act"] {
            let path = copy.path + "/config.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let changed = text.replacing(try Regex("\"\(field)\": *[^,]+,"), with: "")
            #expect(changed != text, "\(field)")
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let golden = try ForwardCase(variant: "qwen2")
        let model = try LanguageModel(folder: copy.path)
        #expect(
            try model.logits(model.run(golden.tokens)).values
                == golden.model.logits(golden.model.run(golden.tokens)).values)
    }
}
