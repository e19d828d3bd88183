import Safetensors

/// Qwen 2 and 2.5, and what was distilled into them: as Llama, with biases on queries, keys and values.
enum Qwen2Architecture: Architecture {
    static let name = "Qwen2ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 151_936, modelWidth: 4096, hiddenWidth: 22_016, layerCount: 32, headCount: 32,
        keyValueHeadCount: 32, contextLength: 32_768)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        blocks.biases = .inputs
        blocks.windows = try file.optionalWindows(layerCount: blocks.configuration.layerCount)
        return try blocks.parts()
    }
}
