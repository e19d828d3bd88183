import Safetensors

/// Qwen3: as Llama, with an RMSNorm on each head's query and key and a head width of its own.
enum Qwen3Architecture: Architecture {
    static let name = "Qwen3ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 151_936, modelWidth: 4096, hiddenWidth: 22_016, layerCount: 32, headCount: 32,
        keyValueHeadCount: 32, headWidth: 128, contextLength: 32_768)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        blocks.biases = try file.flag("attention_bias", default: false) ? .all : .none
        blocks.hasHeadNorms = true
        blocks.windows = try file.optionalWindows(layerCount: blocks.configuration.layerCount)
        return try blocks.parts()
    }
}
