import Circuits
import Foundation
import Safetensors
import Testing

/// A random model of one family with everything that its architecture file reads, small enough to be run often.
struct RandomModel: Sendable, CustomTestStringConvertible {
    /// What is written to config.json.
    var configuration: [String: any Sendable]
    /// Tensors by name with their shapes.
    var shapes: [String: [Int]]
    /// Names that end so hold gains; these are drawn around the number given.
    var gains: (suffixes: [String], centre: Float)
    var testDescription: String

    /// Whether attention and MLP run side by side, with no residual stream between them.
    var isParallel: Bool {
        configuration["architectures"] as? [String] == ["GPTNeoXForCausalLM"]
            && configuration["use_parallel_residual"] as? Bool != false
    }

    static let layerCount = 3
    static let width = 24
    static let vocabularySize = 316
    private static let hiddenWidth = 40
    private static let headCount = 4
    private static let keyValueHeadCount = 2
    private static let headWidth = 8

    /// One or more of each family; variants where an architecture has switches that change what is computed.
    static let all: [RandomModel] = [
        gpt2([:]), gpt2(["scale_attn_by_inverse_layer_idx": true, "activation_function": "gelu"]),
        gptNeoX([:]), gptNeoX(["use_parallel_residual": false, "hidden_act": "gelu_new", "rotary_pct": 1.0]),
        llama([:]), llama(["attention_bias": true, "mlp_bias": true, "tie_word_embeddings": true]),
        qwen3([:]),
        qwen3(["attention_bias": true, "use_sliding_window": true, "sliding_window": 3, "max_window_layers": 1]),
        gemma("Gemma2ForCausalLM", ["sliding_window": 3, "query_pre_attn_scalar": 16]),
        gemma("Gemma2ForCausalLM", ["attention_bias": true, "final_logit_softcapping": NSNull()]),
        gemma("Gemma3ForCausalLM", ["sliding_window": 3, "_sliding_window_pattern": 2]),
        qwen2([:]), mistral(["sliding_window": 3]), gemma1(["hidden_act": "gelu"]),
        phi3(["partial_rotary_factor": 0.5]),
        olmo2(["attention_bias": true]),
        llama(["rope_scaling": ["rope_type": "yarn", "factor": 4.0] as [String: any Sendable]]),
    ]

    /// Writes the folder, with the tokenizer of the golden cases.
    func write(to folder: String, seed: UInt64) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try JSONSerialization.data(withJSONObject: configuration)
            .write(to: URL(fileURLWithPath: folder + "/config.json"))
        let golden = try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/gpt2/model").path
        for file in ["tokenizer.json", "tokenizer_config.json"] {
            try FileManager.default.copyItem(atPath: golden + "/" + file, toPath: folder + "/" + file)
        }
        var generator = SeededNumbers(seed: seed)
        var writer = SafetensorsWriter()
        for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
            let isGain = gains.suffixes.contains { name.hasSuffix($0) }
            // Embeddings and biases of size 1; a projection keeps the size of what it reads.
            let size: Float = isGain || shape.count == 1 ? 0.3 : name.contains("emb") || name.contains("wte") ? 1 : 0.35
            writer.add(
                name, shape: shape,
                floats: (0..<shape.reduce(1, *)).map { _ in
                    (isGain ? gains.centre : 0) + size * Float.random(in: -1...1, using: &generator)
                })
        }
        try writer.write(to: folder + "/model.safetensors")
    }

    private static func gpt2(_ variant: [String: any Sendable]) -> RandomModel {
        var shapes: [String: [Int]] = [
            "wte.weight": [vocabularySize, width], "wpe.weight": [64, width], "ln_f.weight": [width],
            "ln_f.bias": [width],
        ]
        for layer in 0..<layerCount {
            for norm in ["ln_1", "ln_2"] {
                shapes["h.\(layer).\(norm).weight"] = [width]
                shapes["h.\(layer).\(norm).bias"] = [width]
            }
            for (name, input, output) in [
                ("attn.c_attn", width, 3 * width), ("attn.c_proj", width, width), ("mlp.c_fc", width, hiddenWidth),
                ("mlp.c_proj", hiddenWidth, width),
            ] {
                shapes["h.\(layer).\(name).weight"] = [input, output]
                shapes["h.\(layer).\(name).bias"] = [output]
            }
        }
        return RandomModel(
            "GPT2LMHeadModel",
            [
                "n_embd": width, "n_head": headCount, "n_layer": layerCount, "n_positions": 64, "n_inner": hiddenWidth,
                "vocab_size": vocabularySize,
            ], variant, shapes: shapes, gains: (["ln_1.weight", "ln_2.weight", "ln_f.weight"], 1))
    }

    private static func gptNeoX(_ variant: [String: any Sendable]) -> RandomModel {
        var shapes: [String: [Int]] = [
            "gpt_neox.embed_in.weight": [vocabularySize, width], "embed_out.weight": [vocabularySize, width],
            "gpt_neox.final_layer_norm.weight": [width], "gpt_neox.final_layer_norm.bias": [width],
        ]
        for layer in 0..<layerCount {
            let prefix = "gpt_neox.layers.\(layer)."
            for norm in ["input_layernorm", "post_attention_layernorm"] {
                shapes[prefix + norm + ".weight"] = [width]
                shapes[prefix + norm + ".bias"] = [width]
            }
            for (name, input, output) in [
                ("attention.query_key_value", width, 3 * width), ("attention.dense", width, width),
                ("mlp.dense_h_to_4h", width, hiddenWidth), ("mlp.dense_4h_to_h", hiddenWidth, width),
            ] {
                shapes[prefix + name + ".weight"] = [output, input]
                shapes[prefix + name + ".bias"] = [output]
            }
        }
        return RandomModel(
            "GPTNeoXForCausalLM",
            [
                "hidden_size": width, "num_attention_heads": headCount, "num_hidden_layers": layerCount,
                "max_position_embeddings": 64, "intermediate_size": hiddenWidth, "vocab_size": vocabularySize,
                "rotary_pct": 0.7,
            ], variant, shapes: shapes, gains: (["norm.weight"], 1))
    }

    private static func llama(_ variant: [String: any Sendable]) -> RandomModel {
        grouped(
            "LlamaForCausalLM", variant, norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: false)
    }

    private static func qwen3(_ variant: [String: any Sendable]) -> RandomModel {
        grouped(
            "Qwen3ForCausalLM", variant, norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: true)
    }

    private static func gemma(_ name: String, _ variant: [String: any Sendable]) -> RandomModel {
        grouped(
            name, variant.merging(["tie_word_embeddings": true]) { own, _ in own },
            norms: [
                "input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
                "post_feedforward_layernorm",
            ], hasHeadNorms: name == "Gemma3ForCausalLM", gainCentre: 0)
    }

    private static func qwen2(_ variant: [String: any Sendable]) -> RandomModel {
        var model = grouped(
            "Qwen2ForCausalLM", variant, norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: false)
        for layer in 0..<layerCount {
            for (name, heads) in [("q", headCount), ("k", keyValueHeadCount), ("v", keyValueHeadCount)] {
                model.shapes["model.layers.\(layer).self_attn.\(name)_proj.bias"] = [heads * headWidth]
            }
        }
        return model
    }

    private static func mistral(_ variant: [String: any Sendable]) -> RandomModel {
        grouped(
            "MistralForCausalLM", variant, norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: false)
    }

    private static func gemma1(_ variant: [String: any Sendable]) -> RandomModel {
        grouped(
            "GemmaForCausalLM", variant.merging(["tie_word_embeddings": true]) { own, _ in own },
            norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: false, gainCentre: 0)
    }

    private static func phi3(_ variant: [String: any Sendable]) -> RandomModel {
        var model = grouped(
            "Phi3ForCausalLM", variant, norms: ["input_layernorm", "post_attention_layernorm"], hasHeadNorms: false)
        for layer in 0..<layerCount {
            let prefix = "model.layers.\(layer)."
            for name in ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "mlp.gate_proj", "mlp.up_proj"] {
                model.shapes[prefix + name + ".weight"] = nil
            }
            model.shapes[prefix + "self_attn.qkv_proj.weight"] = [
                (headCount + 2 * keyValueHeadCount) * headWidth, width,
            ]
            model.shapes[prefix + "mlp.gate_up_proj.weight"] = [2 * hiddenWidth, width]
        }
        return model
    }

    private static func olmo2(_ variant: [String: any Sendable]) -> RandomModel {
        var model = grouped(
            "Olmo2ForCausalLM", variant, norms: ["post_attention_layernorm", "post_feedforward_layernorm"],
            hasHeadNorms: false)
        for layer in 0..<layerCount {
            model.shapes["model.layers.\(layer).self_attn.q_norm.weight"] = [headCount * headWidth]
            model.shapes["model.layers.\(layer).self_attn.k_norm.weight"] = [keyValueHeadCount * headWidth]
        }
        return model
    }

    /// Llama's tensors, and those of its descendants.
    private static func grouped(
        _ name: String, _ variant: [String: any Sendable], norms: [String], hasHeadNorms: Bool, gainCentre: Float = 1
    ) -> RandomModel {
        var shapes = ["model.embed_tokens.weight": [vocabularySize, width], "model.norm.weight": [width]]
        if variant["tie_word_embeddings"] as? Bool != true { shapes["lm_head.weight"] = [vocabularySize, width] }
        for layer in 0..<layerCount {
            let prefix = "model.layers.\(layer)."
            for norm in norms { shapes[prefix + norm + ".weight"] = [width] }
            if hasHeadNorms {
                for norm in ["q_norm", "k_norm"] { shapes[prefix + "self_attn.\(norm).weight"] = [headWidth] }
            }
            for (projection, input, output, flag) in [
                ("self_attn.q_proj", width, headCount * headWidth, "attention_bias"),
                ("self_attn.k_proj", width, keyValueHeadCount * headWidth, "attention_bias"),
                ("self_attn.v_proj", width, keyValueHeadCount * headWidth, "attention_bias"),
                ("self_attn.o_proj", headCount * headWidth, width, "attention_bias"),
                ("mlp.gate_proj", width, hiddenWidth, "mlp_bias"), ("mlp.up_proj", width, hiddenWidth, "mlp_bias"),
                ("mlp.down_proj", hiddenWidth, width, "mlp_bias"),
            ] {
                shapes[prefix + projection + ".weight"] = [output, input]
                if variant[flag] as? Bool == true { shapes[prefix + projection + ".bias"] = [output] }
            }
        }
        return RandomModel(
            name,
            [
                "hidden_size": width, "num_attention_heads": headCount, "num_key_value_heads": keyValueHeadCount,
                "head_dim": headWidth, "num_hidden_layers": layerCount, "max_position_embeddings": 64,
                "intermediate_size": hiddenWidth, "vocab_size": vocabularySize,
            ], variant, shapes: shapes, gains: (["norm.weight"], gainCentre))
    }

    private init(
        _ name: String, _ dimensions: [String: any Sendable], _ variant: [String: any Sendable],
        shapes: [String: [Int]], gains: (suffixes: [String], centre: Float)
    ) {
        configuration = dimensions.merging(variant) { _, own in own }
        configuration["architectures"] = [name]
        self.shapes = shapes
        self.gains = gains
        testDescription = ([name] + variant.map { "\($0.key) \($0.value)" }.sorted()).joined(separator: ", ")
    }
}
