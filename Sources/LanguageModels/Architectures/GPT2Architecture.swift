import Safetensors
import Tensors

/// GPT-2: LayerNorm, learned positions, one fused projection for queries, keys and values, GELU.
///
/// Its linear layers are Conv1D: weights lie `[inputWidth, outputWidth]`.
enum GPT2Architecture: Architecture {
    static let name = "GPT2LMHeadModel"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let width = try file.integer("n_embd")
        let headCount = try file.integer("n_head")
        guard width % headCount == 0 else {
            throw ModelError(file: file.path, place: "n_head", "expected a divisor of \(width), found \(headCount)")
        }
        try file.refuse("add_cross_attention", because: "attribution is for decoders alone")
        let configuration = ModelConfiguration(
            architecture: name, layerCount: try file.integer("n_layer", atMost: ConfigurationFile.layerLimit),
            modelWidth: width, headCount: headCount,
            keyValueHeadCount: headCount, headWidth: width / headCount,
            vocabularySize: try file.integer("vocab_size"),
            contextLength: try file.integer("n_positions", default: 1024))
        let epsilon = try file.epsilon("layer_norm_epsilon", default: 1e-5)
        let hiddenWidth = try file.integer("n_inner", default: 4 * width)
        let activation = try file.choice(
            "activation_function", of: ["gelu_new", "gelu_pytorch_tanh", "gelu"], default: "gelu_new")
        let isScaled = try file.flag("scale_attn_weights", default: true)
        let isScaledByLayer = try file.flag("scale_attn_by_inverse_layer_idx", default: false)
        // Files of the first releases have no prefix.
        let prefix = weights.contains("wte.weight") ? "" : "transformer."
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix(prefix + "wte.weight", shape: vocabulary)
        let tied = try file.flag("tie_word_embeddings", default: true)
        return ModelParts(
            configuration: configuration, embedding: embedding,
            positionEmbedding: try weights.matrix(prefix + "wpe.weight", shape: [configuration.contextLength, width]),
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "\(prefix)h.\(layer).")
                let scale = isScaled ? 1 / Float(configuration.headWidth).squareRoot() : 1
                return TransformerBlock(
                    attentionNorm: try own.layerNorm("ln_1", width: width, epsilon: epsilon),
                    attention: try attention(
                        own, configuration,
                        AttentionScoring(scale: isScaledByLayer ? scale / Float(layer + 1) : scale)),
                    mlpNorm: try own.layerNorm("ln_2", width: width, epsilon: epsilon),
                    mlp: MLP(
                        activation: activation == "gelu" ? .gelu : .geluTanh,
                        up: try own.convolution("mlp.c_fc", from: width, to: hiddenWidth),
                        down: try own.convolution("mlp.c_proj", from: hiddenWidth, to: width)))
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: prefix)
                .layerNorm("ln_f", width: width, epsilon: epsilon))
    }

    /// Takes the fused projection apart: queries, keys and values lie side by side.
    private static func attention(
        _ weights: LayerWeights, _ configuration: ModelConfiguration, _ scoring: AttentionScoring
    ) throws(SafetensorsError) -> Attention {
        let width = configuration.modelWidth
        let fused = try weights.convolution("attn.c_attn", from: width, to: 3 * width)
        func part(_ index: Int) -> Projection {
            let range = index * width..<(index + 1) * width
            return Projection(
                fused.weight.columns(range), bias: fused.bias.map { Array($0[range]) }, orientation: fused.orientation)
        }
        return Attention(
            query: part(0), key: part(1), value: part(2),
            output: try weights.convolution("attn.c_proj", from: width, to: width),
            headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth, scoring: scoring)
    }
}

extension LayerWeights {
    /// A Conv1D: `name.weight`, `[inputWidth, outputWidth]`, and `name.bias`.
    fileprivate func convolution(_ name: String, from inputWidth: Int, to outputWidth: Int) throws(SafetensorsError)
        -> Projection
    {
        Projection(
            try checkpoint.matrix(prefix + name + ".weight", shape: [inputWidth, outputWidth]),
            bias: try checkpoint.vector(prefix + name + ".bias", count: outputWidth), orientation: .inputByOutput)
    }
}
