import Safetensors
import Tensors

/// What Gemma 1, 2 and 3 share: norms with a gain of `1 + w`, GeGLU, scaled embeddings, and from Gemma 2 on norms after
/// attention and MLP too.
struct GemmaBlocks {
    let file: ConfigurationFile
    let weights: Checkpoint
    let configuration: ModelConfiguration
    let defaults: ConfigurationDefaults
    /// Where the text model's tensors are: what stands before `embed_tokens`, and the untied unembedding's name.
    var names = (prefix: "model.", unembedding: "lm_head.weight")
    /// Whether attention and MLP are normed after, too.
    var hasPostNorms = true
    /// What scores are multiplied by.
    var scoreScale: Float
    /// Each layer's window of positions.
    var windows: [Int?]
    /// Soft-caps of scores and of the final logits.
    var softCaps: (scores: Float?, logits: Float?) = (nil, nil)
    /// Whether each head's query and key are normed.
    var hasHeadNorms = false
    /// Positions in layers with a window, and in the others.
    var rotary: (local: RotaryEmbedding, global: RotaryEmbedding)
    /// The gate's non-linearity.
    var activation: (Projection) -> MLP.Activation = MLP.Activation.gatedGELUTanh

    /// Gains are stored as their distance from 1.
    private static let gainOffset: Float = 1

    init(
        _ file: ConfigurationFile, _ weights: Checkpoint, architecture: String, defaults: ConfigurationDefaults,
        rotary: (_ headWidth: Int) throws(ModelError) -> (local: RotaryEmbedding, global: RotaryEmbedding)
    ) throws(ModelError) {
        self.file = file
        self.weights = weights
        self.defaults = defaults
        var configuration = try ModelConfiguration(grouped: file, architecture: architecture, defaults: defaults)
        configuration.contextLength = try file.stretchedContext(configuration.contextLength)
        self.configuration = configuration
        self.rotary = try rotary(configuration.headWidth)
        scoreScale = 1 / Float(configuration.headWidth).squareRoot()
        windows = [Int?](repeating: nil, count: configuration.layerCount)
    }

    /// Reads the scale of scores of Gemma 2 and 3.
    mutating func readScoreScale() throws(ModelError) {
        scoreScale = 1 / Float(try file.optionalNumber("query_pre_attn_scalar", default: 256) ?? 256).squareRoot()
    }

    /// Reads which layers have a window, and how wide it is.
    ///
    /// - Parameter fallback: whether a layer has one, where config.json has no `layer_types`
    mutating func readWindows(default fallback: (Int) -> Bool) throws(ModelError) {
        let window = try file.integer("sliding_window", default: 4096)
        windows = try file.slidingLayers(layerCount: configuration.layerCount, default: fallback)
            .map { $0 ? window : nil }
    }

    /// Reads what the blocks need and finds every weight.
    func parts() throws -> ModelParts {
        let width = configuration.modelWidth
        let epsilon = try file.epsilon("rms_norm_eps", default: defaults.epsilon)
        let hiddenWidth = try file.integer("intermediate_size", default: defaults.hiddenWidth)
        let biased = try file.flag("attention_bias", default: false)
        let tied = try file.flag("tie_word_embeddings", default: defaults.isTied)
        let vocabulary = [configuration.vocabularySize, width]
        let embedding = try weights.matrix(names.prefix + "embed_tokens.weight", shape: vocabulary)
        return ModelParts(
            configuration: configuration, embedding: embedding, embeddingScale: Float(width).squareRoot(),
            unembedding: tied ? embedding : try weights.matrix(names.unembedding, shape: vocabulary),
            logitSoftCap: softCaps.logits,
            blocks: try (0..<configuration.layerCount).map { layer in
                let own = LayerWeights(checkpoint: weights, prefix: "\(names.prefix)layers.\(layer).")
                func norm(_ name: String) throws(SafetensorsError) -> Norm {
                    try own.rootMeanSquareNorm(name, width: width, epsilon: epsilon, offset: Self.gainOffset)
                }
                let scoring = AttentionScoring(
                    scale: scoreScale, rotary: windows[layer] == nil ? rotary.global : rotary.local,
                    headNorms: hasHeadNorms
                        ? try own.headNorms(
                            width: configuration.headWidth, epsilon: epsilon, offset: Self.gainOffset) : nil,
                    softCap: softCaps.scores, window: windows[layer])
                return TransformerBlock(
                    attentionNorm: try norm("input_layernorm"),
                    attention: try own.groupedAttention(configuration, scoring: scoring, biases: biased ? .all : .none),
                    attentionPostNorm: hasPostNorms ? try norm("post_attention_layernorm") : nil,
                    mlpNorm: try norm(hasPostNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm"),
                    mlp: try own.gatedMLP(width: width, hiddenWidth: hiddenWidth, activation: activation),
                    mlpPostNorm: hasPostNorms ? try norm("post_feedforward_layernorm") : nil)
            },
            finalNorm: try LayerWeights(checkpoint: weights, prefix: names.prefix)
                .rootMeanSquareNorm("norm", width: width, epsilon: epsilon, offset: Self.gainOffset))
    }
}

extension ConfigurationFile {
    /// Refuses a Gemma 2 or 3 with another non-linearity than GELU's tanh form.
    func requireTanhGELU() throws(ModelError) {
        _ = try choice("hidden_activation", "hidden_act", of: ["gelu_pytorch_tanh"], default: "gelu_pytorch_tanh")
    }

    /// A soft-cap: none where it is null, `fallback` where it is absent.
    func softCap(_ name: String, default fallback: Double?) throws(ModelError) -> Float? {
        try optionalNumber(name, default: fallback).map(Float.init)
    }
}
