import Safetensors
import Tensors

/// Llama 2 and 3, SmolLM2, TinyLlama: RMSNorm, rotary positions, shared key-value heads, SwiGLU.
enum LlamaArchitecture: Architecture {
    static let name = "LlamaForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: SafetensorsFile) throws -> ModelParts {
        let modelWidth = try file.integer("hidden_size")
        let headCount = try file.integer("num_attention_heads")
        let configuration = ModelConfiguration(
            architecture: name, layerCount: try file.integer("num_hidden_layers"), modelWidth: modelWidth,
            headCount: headCount,
            keyValueHeadCount: try file.integer("num_key_value_heads", default: headCount),
            headWidth: try file.integer("head_dim", default: modelWidth / headCount),
            vocabularySize: try file.integer("vocab_size"),
            contextLength: try file.integer("max_position_embeddings"))
        try refuseVariants(file, configuration)
        let rotary = RotaryEmbedding(
            headWidth: configuration.headWidth, base: try file.number("rope_theta", default: 10_000),
            scaling: try scaling(file))
        let epsilon = Float(try file.number("rms_norm_eps", default: 1e-6))
        let vocabulary = [configuration.vocabularySize, modelWidth]
        let embedding = try weights.matrix("model.embed_tokens.weight", shape: vocabulary)
        let tied = try file.flag("tie_word_embeddings", default: false)
        let hiddenWidth = try file.integer("intermediate_size")
        return ModelParts(
            configuration: configuration, embedding: embedding,
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                try block(
                    LayerWeights(file: weights, prefix: "model.layers.\(layer)."), configuration, rotary,
                    hiddenWidth: hiddenWidth, epsilon: epsilon)
            },
            finalNorm: RMSNorm(gain: try weights.vector("model.norm.weight", count: modelWidth), epsilon: epsilon))
    }

    private static func block(
        _ weights: LayerWeights, _ configuration: ModelConfiguration, _ rotary: RotaryEmbedding, hiddenWidth: Int,
        epsilon: Float
    ) throws -> TransformerBlock {
        let width = configuration.modelWidth
        let queryWidth = configuration.headCount * configuration.headWidth
        let valueWidth = configuration.keyValueHeadCount * configuration.headWidth
        return TransformerBlock(
            attentionNorm: RMSNorm(gain: try weights.vector("input_layernorm.weight", width), epsilon: epsilon),
            attention: Attention(
                queryWeight: try weights.matrix("self_attn.q_proj.weight", [queryWidth, width]),
                keyWeight: try weights.matrix("self_attn.k_proj.weight", [valueWidth, width]),
                valueWeight: try weights.matrix("self_attn.v_proj.weight", [valueWidth, width]),
                outputWeight: try weights.matrix("self_attn.o_proj.weight", [width, queryWidth]),
                headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
                headWidth: configuration.headWidth, rotary: rotary),
            mlpNorm: RMSNorm(gain: try weights.vector("post_attention_layernorm.weight", width), epsilon: epsilon),
            mlp: GatedMLP(
                gateWeight: try weights.matrix("mlp.gate_proj.weight", [hiddenWidth, width]),
                upWeight: try weights.matrix("mlp.up_proj.weight", [hiddenWidth, width]),
                downWeight: try weights.matrix("mlp.down_proj.weight", [width, hiddenWidth])))
    }

    /// Refuses what config.json may ask for and this file does not compute.
    private static func refuseVariants(_ file: ConfigurationFile, _ configuration: ModelConfiguration) throws(ModelError) {
        for flag in ["attention_bias", "mlp_bias"] {
            let biased = try file.flag(flag, default: false)
            if biased {
                throw ModelError(file: file.path, place: flag, "expected false, found true: biases are not supported")
            }
        }
        if let activation = try file.string("hidden_act"), activation != "silu" {
            throw ModelError(file: file.path, place: "hidden_act", "expected silu, found \(activation)")
        }
        guard configuration.headCount % configuration.keyValueHeadCount == 0, configuration.headWidth % 2 == 0 else {
            throw ModelError(
                file: file.path, place: "num_key_value_heads",
                "expected a divisor of \(configuration.headCount) heads of even width, found \(configuration.keyValueHeadCount) of width \(configuration.headWidth)")
        }
    }

    private static func scaling(_ file: ConfigurationFile) throws(ModelError) -> RotaryEmbedding.Llama3Scaling? {
        guard let fields = try file.object("rope_scaling") else { return nil }
        let newName = try fields.string("rope_type")
        let oldName = try fields.string("type")
        let kind = newName ?? oldName ?? "default"
        switch kind {
        case "default": return nil
        case "llama3":
            return RotaryEmbedding.Llama3Scaling(
                factor: try fields.number("factor"), lowFrequencyFactor: try fields.number("low_freq_factor"),
                highFrequencyFactor: try fields.number("high_freq_factor"),
                originalContextLength: try fields.number("original_max_position_embeddings"))
        default:
            throw ModelError(file: file.path, place: "rope_scaling", "expected default or llama3, found \(kind)")
        }
    }
}

/// The tensors of one layer.
private struct LayerWeights {
    let file: SafetensorsFile
    let prefix: String

    func matrix(_ name: String, _ shape: [Int]) throws(SafetensorsError) -> StoredMatrix {
        try file.matrix(prefix + name, shape: shape)
    }

    func vector(_ name: String, _ count: Int) throws(SafetensorsError) -> [Float] {
        try file.vector(prefix + name, count: count)
    }
}
