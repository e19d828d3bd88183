import Safetensors

/// Phi-3 and Phi-4 mini: as Llama, with queries, keys and values in one projection, gate and up in another, and rotary
/// positions on a part of each head where asked.
enum Phi3Architecture: Architecture {
    static let name = "Phi3ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 32_064, modelWidth: 3072, hiddenWidth: 8192, layerCount: 32, headCount: 32,
        contextLength: 4096, epsilon: 1e-5)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        let window = try file.windowWidth(default: nil)
        blocks.windows = blocks.windows.map { _ in window }
        let configuration = blocks.configuration
        let (width, headWidth) = (configuration.modelWidth, configuration.headWidth)
        let (epsilon, hiddenWidth) = (try blocks.epsilon, try blocks.hiddenWidth)
        let rotary = try file.partialRotary(headWidth: headWidth)
        let heads = configuration.headCount * headWidth
        let values = configuration.keyValueHeadCount * headWidth
        return try blocks.parts { layer, own in
            let fused = try own.projection("self_attn.qkv_proj", from: width, to: heads + 2 * values, biased: false)
            let gateAndUp = try own.projection("mlp.gate_up_proj", from: width, to: 2 * hiddenWidth, biased: false)
            return TransformerBlock(
                attentionNorm: try own.rootMeanSquareNorm("input_layernorm", width: width, epsilon: epsilon),
                attention: Attention(
                    query: fused.outputs(0..<heads), key: fused.outputs(heads..<heads + values),
                    value: fused.outputs(heads + values..<heads + 2 * values),
                    output: try own.projection("self_attn.o_proj", from: heads, to: width, biased: false),
                    headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
                    headWidth: headWidth,
                    scoring: AttentionScoring(
                        scale: 1 / Float(headWidth).squareRoot(), rotary: rotary, window: blocks.windows[layer])),
                mlpNorm: try own.rootMeanSquareNorm("post_attention_layernorm", width: width, epsilon: epsilon),
                mlp: MLP(
                    activation: .gatedSiLU(gateAndUp.outputs(0..<hiddenWidth)),
                    up: gateAndUp.outputs(hiddenWidth..<2 * hiddenWidth),
                    down: try own.projection("mlp.down_proj", from: hiddenWidth, to: width, biased: false)))
        }
    }
}
