import Safetensors
import Tensors

/// What Gemma 2 and 3 share: norms with a gain of `1 + w` around attention and MLP alike, GeGLU, scaled embeddings.
struct GemmaBlocks {
    let file: ConfigurationFile
    let weights: Checkpoint
    let configuration: ModelConfiguration
    /// Whether each layer sees only a window of positions.
    let sliding: [Bool]
    /// Soft-caps of scores and of the final logits.
    let softCaps: (scores: Float?, logits: Float?)
    /// Whether each head's query and key are normed.
    let hasHeadNorms: Bool
    /// Positions in layers with a window, and in the others.
    let rotary: (local: RotaryEmbedding, global: RotaryEmbedding)

    /// Gains are stored as their distance from 1.
    private static let gainOffset: Float = 1

    /// Reads what the blocks need and finds every weight.
    func parts() throws -> ModelParts {
        _ = try file.choice(
            "hidden_activation", "hidden_act", of: ["gelu_pytorch_tanh"], default: "gelu_pytorch_tanh")
        let width = configuration.modelWidth
        let epsilon = try file.epsilon("rms_norm_eps", default: 1e-6)
        let hiddenWidth = try file.integer("intermediate_size")
        let biased = try file.flag("attention_bias", default: false)
        let window = try file.integer("sliding_window", default: 4096)
        let scale = 1 / Float(try file.optionalNumber("query_pre_attn_scalar", default: 256) ?? 256).squareRoot()
        let tied = try file.flag("tie_word_embeddings", default: true)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix("model.embed_tokens.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding, embeddingScale: Float(width).squareRoot(),
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            logitSoftCap: softCaps.logits,
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "model.layers.\(layer).")
                func norm(_ name: String) throws(SafetensorsError) -> Norm {
                    try own.rootMeanSquareNorm(name, width: width, epsilon: epsilon, offset: Self.gainOffset)
                }
                let scoring = AttentionScoring(
                    scale: scale, rotary: sliding[layer] ? rotary.local : rotary.global,
                    headNorms: hasHeadNorms
                        ? try own.headNorms(
                            width: configuration.headWidth, epsilon: epsilon, offset: Self.gainOffset) : nil,
                    softCap: softCaps.scores, window: sliding[layer] ? window : nil)
                return TransformerBlock(
                    attentionNorm: try norm("input_layernorm"),
                    attention: try own.groupedAttention(configuration, scoring: scoring, biased: biased),
                    attentionPostNorm: try norm("post_attention_layernorm"),
                    mlpNorm: try norm("pre_feedforward_layernorm"),
                    mlp: try own.gatedMLP(
                        width: width, hiddenWidth: hiddenWidth, activation: MLP.Activation.gatedGELUTanh),
                    mlpPostNorm: try norm("post_feedforward_layernorm"))
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: "model.")
                .rootMeanSquareNorm("norm", width: width, epsilon: epsilon, offset: Self.gainOffset))
    }
}
