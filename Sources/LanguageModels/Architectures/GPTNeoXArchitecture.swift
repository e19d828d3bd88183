import Safetensors
import Tensors

/// GPT-NeoX and Pythia: LayerNorm, rotary positions on a part of each head, attention and MLP side by side, GELU.
enum GPTNeoXArchitecture: Architecture {
    static let name = "GPTNeoXForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let width = try file.integer("hidden_size")
        let headCount = try file.integer("num_attention_heads")
        guard width % headCount == 0, width / headCount <= ConfigurationFile.headWidthLimit else {
            throw ModelError(
                file: file.path, place: "num_attention_heads", "expected a divisor of \(width), found \(headCount)")
        }
        let configuration = ModelConfiguration(
            architecture: name, layerCount: try file.integer("num_hidden_layers", atMost: ConfigurationFile.layerLimit),
            modelWidth: width,
            headCount: headCount, keyValueHeadCount: headCount, headWidth: width / headCount,
            vocabularySize: try file.integer("vocab_size"),
            contextLength: try file.integer("max_position_embeddings"))
        let scoring = AttentionScoring(
            scale: 1 / Float(configuration.headWidth).squareRoot(), rotary: try rotary(file, configuration))
        let epsilon = try file.epsilon("layer_norm_eps", default: 1e-5)
        let hiddenWidth = try file.integer("intermediate_size")
        let activation = try file.choice(
            "hidden_act", of: ["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh"], default: "gelu")
        let isBiased = try file.flag("attention_bias", default: true)
        let isParallel = try file.flag("use_parallel_residual", default: true)
        let tied = try file.flag("tie_word_embeddings", default: false)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix("gpt_neox.embed_in.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding,
            unembedding: tied ? embedding : try weights.matrix("embed_out.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "gpt_neox.layers.\(layer).")
                return TransformerBlock(
                    attentionNorm: try own.layerNorm("input_layernorm", width: width, epsilon: epsilon),
                    attention: try attention(own, configuration, scoring, biased: isBiased),
                    mlpNorm: try own.layerNorm("post_attention_layernorm", width: width, epsilon: epsilon),
                    mlp: MLP(
                        activation: activation == "gelu" ? .gelu : .geluTanh,
                        up: try own.projection("mlp.dense_h_to_4h", from: width, to: hiddenWidth, biased: true),
                        down: try own.projection("mlp.dense_4h_to_h", from: hiddenWidth, to: width, biased: true)),
                    isParallel: isParallel)
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: "gpt_neox.")
                .layerNorm("final_layer_norm", width: width, epsilon: epsilon))
    }

    /// Takes the fused projection apart: each head's query, key and value lie together.
    private static func attention(
        _ weights: LayerWeights, _ configuration: ModelConfiguration, _ scoring: AttentionScoring, biased: Bool
    ) throws(SafetensorsError) -> Attention {
        let (width, headWidth) = (configuration.modelWidth, configuration.headWidth)
        let fused = try weights.projection("attention.query_key_value", from: width, to: 3 * width, biased: biased)
        func part(_ index: Int) -> Projection {
            let rows = index * headWidth..<(index + 1) * headWidth
            return Projection(
                fused.weight.rows(rows, ofEvery: 3 * headWidth),
                bias: fused.bias.map { bias in
                    stride(from: 0, to: 3 * width, by: 3 * headWidth).flatMap { head in rows.map { bias[head + $0] } }
                })
        }
        return Attention(
            query: part(0), key: part(1), value: part(2),
            output: try weights.projection("attention.dense", from: width, to: width, biased: biased),
            headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
            headWidth: headWidth,
            scoring: scoring)
    }

    /// Positions turn the first `rotary_pct` of each head.
    private static func rotary(_ file: ConfigurationFile, _ configuration: ModelConfiguration) throws(ModelError)
        -> RotaryEmbedding
    {
        let nested = try file.object("rope_parameters")?.number("partial_rotary_factor", default: 0.25)
        let share = try file.number("rotary_pct", default: nested ?? 0.25)
        let rotated = Double(configuration.headWidth) * share
        guard rotated >= 0, rotated <= Double(configuration.headWidth), Int(rotated) % 2 == 0 else {
            throw ModelError(
                file: file.path, place: "rotary_pct",
                "expected a share of \(configuration.headWidth) that is even, found \(share)")
        }
        return try file.rotary(
            headWidth: configuration.headWidth, rotatedWidth: Int(rotated), baseName: "rotary_emb_base",
            defaultBase: try file.number("rope_theta", default: 10_000))
    }
}
