import Safetensors

/// Llama 2 and 3, SmolLM2, TinyLlama: RMSNorm, rotary positions, shared key-value heads, SwiGLU.
enum LlamaArchitecture: Architecture {
    static let name = "LlamaForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 32_000, modelWidth: 4096, hiddenWidth: 11_008, layerCount: 32, headCount: 32,
        contextLength: 2048)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        blocks.biases = try file.flag("attention_bias", default: false) ? .all : .none
        blocks.hasBiasedMLP = try file.flag("mlp_bias", default: false)
        return try blocks.parts()
    }
}
