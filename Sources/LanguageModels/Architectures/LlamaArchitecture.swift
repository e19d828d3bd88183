import Safetensors
import Tensors

/// Llama 2 and 3, SmolLM2, TinyLlama: RMSNorm, rotary positions, shared key-value heads, SwiGLU.
enum LlamaArchitecture: Architecture {
    static let name = "LlamaForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let configuration = try ModelConfiguration(grouped: file, architecture: name)
        _ = try file.choice("hidden_act", of: ["silu"], default: "silu")
        let width = configuration.modelWidth
        let scoring = AttentionScoring(
            scale: 1 / Float(configuration.headWidth).squareRoot(),
            rotary: try file.rotary(headWidth: configuration.headWidth))
        let epsilon = try file.epsilon("rms_norm_eps", default: 1e-6)
        let hiddenWidth = try file.integer("intermediate_size")
        let biasedAttention = try file.flag("attention_bias", default: false)
        let biasedMLP = try file.flag("mlp_bias", default: false)
        let tied = try file.flag("tie_word_embeddings", default: false)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix("model.embed_tokens.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding,
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "model.layers.\(layer).")
                return TransformerBlock(
                    attentionNorm: try own.rootMeanSquareNorm("input_layernorm", width: width, epsilon: epsilon),
                    attention: try own.groupedAttention(configuration, scoring: scoring, biased: biasedAttention),
                    mlpNorm: try own.rootMeanSquareNorm("post_attention_layernorm", width: width, epsilon: epsilon),
                    mlp: try own.gatedMLP(
                        width: width, hiddenWidth: hiddenWidth, biased: biasedMLP, activation: MLP.Activation.gatedSiLU)
                )
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: "model.")
                .rootMeanSquareNorm("norm", width: width, epsilon: epsilon))
    }
}
