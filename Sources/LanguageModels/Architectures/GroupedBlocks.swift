import Safetensors
import Tensors

/// What Llama and its descendants share: RMSNorm before attention and MLP, rotary positions, heads that share keys and
/// values, SwiGLU.
struct GroupedBlocks {
    let file: ConfigurationFile
    let weights: Checkpoint
    let configuration: ModelConfiguration
    let defaults: ConfigurationDefaults
    /// Each layer's window of positions.
    var windows: [Int?]
    /// Which of attention's projections have biases.
    var biases = AttentionBiases.none
    /// Whether the MLP's projections have biases.
    var hasBiasedMLP = false
    /// Whether each head's query and key are normed.
    var hasHeadNorms = false

    /// Which of attention's projections have biases.
    enum AttentionBiases { case none, inputs, all }

    init(
        _ file: ConfigurationFile, _ weights: Checkpoint, architecture: String, defaults: ConfigurationDefaults
    ) throws(ModelError) {
        self.file = file
        self.weights = weights
        self.defaults = defaults
        var configuration = try ModelConfiguration(grouped: file, architecture: architecture, defaults: defaults)
        configuration.contextLength = try file.stretchedContext(configuration.contextLength)
        self.configuration = configuration
        windows = [Int?](repeating: nil, count: configuration.layerCount)
    }

    /// RMSNorm's ε.
    var epsilon: Float { get throws(ModelError) { try file.epsilon("rms_norm_eps", default: defaults.epsilon) } }
    /// The width between the MLP's projections.
    var hiddenWidth: Int {
        get throws(ModelError) { try file.integer("intermediate_size", default: defaults.hiddenWidth) }
    }

    /// Reads what the blocks need and finds every weight.
    ///
    /// - Parameter rotary: positions; read from config.json unless given
    func parts(rotary given: RotaryEmbedding? = nil) throws -> ModelParts {
        let rotary = try given ?? file.rotary(headWidth: configuration.headWidth)
        let (width, epsilon, hiddenWidth) = (configuration.modelWidth, try epsilon, try hiddenWidth)
        return try parts { layer, own in
            let scoring = AttentionScoring(
                scale: 1 / Float(configuration.headWidth).squareRoot(), rotary: rotary,
                headNorms: hasHeadNorms ? try own.headNorms(width: configuration.headWidth, epsilon: epsilon) : nil,
                window: windows[layer])
            return TransformerBlock(
                attentionNorm: try own.rootMeanSquareNorm("input_layernorm", width: width, epsilon: epsilon),
                attention: try own.groupedAttention(configuration, scoring: scoring, biases: biases),
                mlpNorm: try own.rootMeanSquareNorm("post_attention_layernorm", width: width, epsilon: epsilon),
                mlp: try own.gatedMLP(
                    width: width, hiddenWidth: hiddenWidth, biased: hasBiasedMLP, activation: MLP.Activation.gatedSiLU))
        }
    }

    /// The parts around blocks that are described one by one.
    func parts(_ block: (_ layer: Int, _ own: LayerWeights) throws -> TransformerBlock) throws -> ModelParts {
        _ = try file.choice("hidden_act", of: ["silu"], default: "silu")
        let width = configuration.modelWidth
        let tied = try file.flag("tie_word_embeddings", default: defaults.isTied)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix("model.embed_tokens.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding,
            unembedding: tied ? embedding : try weights.matrix("lm_head.weight", shape: vocabulary),
            blocks: try (0..<configuration.layerCount).map { layer in
                try block(layer, LayerWeights(checkpoint: weights, prefix: "model.layers.\(layer)."))
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: "model.")
                .rootMeanSquareNorm("norm", width: width, epsilon: try epsilon))
    }
}
