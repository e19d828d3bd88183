import Safetensors
import Tensors

/// Qwen3: as Llama, with an RMSNorm on each head's query and key and a head width of its own.
enum Qwen3Architecture: Architecture {
    static let name = "Qwen3ForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let configuration = try ModelConfiguration(grouped: file, architecture: name, defaultHeadWidth: 128)
        _ = try file.choice("hidden_act", of: ["silu"], default: "silu")
        let width = configuration.modelWidth
        let epsilon = try file.epsilon("rms_norm_eps", default: 1e-6)
        let hiddenWidth = try file.integer("intermediate_size")
        let biased = try file.flag("attention_bias", default: false)
        let tied = try file.flag("tie_word_embeddings", default: false)
        let rotary = try file.rotary(headWidth: configuration.headWidth)
        let windows = try windows(file, configuration)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix("model.embed_tokens.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding,
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "model.layers.\(layer).")
                let scoring = AttentionScoring(
                    scale: 1 / Float(configuration.headWidth).squareRoot(), rotary: rotary,
                    headNorms: try own.headNorms(width: configuration.headWidth, epsilon: epsilon),
                    window: windows[layer])
                return TransformerBlock(
                    attentionNorm: try own.rootMeanSquareNorm("input_layernorm", width: width, epsilon: epsilon),
                    attention: try own.groupedAttention(configuration, scoring: scoring, biased: biased),
                    mlpNorm: try own.rootMeanSquareNorm("post_attention_layernorm", width: width, epsilon: epsilon),
                    mlp: try own.gatedMLP(width: width, hiddenWidth: hiddenWidth, activation: MLP.Activation.gatedSiLU))
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: "model.")
                .rootMeanSquareNorm("norm", width: width, epsilon: epsilon))
    }

    /// Each layer's window: none unless `use_sliding_window` is set, and then in the layers above `max_window_layers`.
    private static func windows(_ file: ConfigurationFile, _ configuration: ModelConfiguration) throws(ModelError)
        -> [Int?]
    {
        guard try file.flag("use_sliding_window", default: false) else {
            return [Int?](repeating: nil, count: configuration.layerCount)
        }
        let window = try file.integer("sliding_window", default: 4096)
        let full = try file.integer("max_window_layers", default: 28)
        return try file.slidingLayers(layerCount: configuration.layerCount) { $0 >= full }.map { $0 ? window : nil }
    }
}
