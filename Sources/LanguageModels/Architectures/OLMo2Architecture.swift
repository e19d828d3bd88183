import Safetensors

/// OLMo 2: attention and MLP read the residual stream itself and are normed after; queries and keys are normed over all
/// heads together.
enum OLMo2Architecture: Architecture {
    static let name = "Olmo2ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 50_304, modelWidth: 4096, hiddenWidth: 11_008, layerCount: 32, headCount: 32,
        contextLength: 2048, epsilon: 1e-5)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        let configuration = blocks.configuration
        let biased = try file.flag("attention_bias", default: false)
        let (width, headWidth) = (configuration.modelWidth, configuration.headWidth)
        let (epsilon, hiddenWidth) = (try blocks.epsilon, try blocks.hiddenWidth)
        let rotary = try file.rotary(headWidth: headWidth)
        return try blocks.parts { _, own in
            func norm(_ name: String, width: Int) throws(SafetensorsError) -> Norm {
                try own.rootMeanSquareNorm(name, width: width, epsilon: epsilon)
            }
            let scoring = AttentionScoring(
                scale: 1 / Float(headWidth).squareRoot(), rotary: rotary,
                projectionNorms: (
                    try norm("self_attn.q_norm", width: configuration.headCount * headWidth),
                    try norm("self_attn.k_norm", width: configuration.keyValueHeadCount * headWidth)
                ))
            return TransformerBlock(
                attentionNorm: .identity(width: width),
                attention: try own.groupedAttention(configuration, scoring: scoring, biases: biased ? .all : .none),
                attentionPostNorm: try norm("post_attention_layernorm", width: width),
                mlpNorm: .identity(width: width),
                mlp: try own.gatedMLP(
                    width: width, hiddenWidth: hiddenWidth, activation: MLP.Activation.gatedSiLU),
                mlpPostNorm: try norm("post_feedforward_layernorm", width: width))
        }
    }
}
