import Safetensors

/// Mistral: as Llama, with a window on every layer where there is one.
enum MistralArchitecture: Architecture {
    static let name = "MistralForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 32_000, modelWidth: 4096, hiddenWidth: 14_336, layerCount: 32, headCount: 32,
        keyValueHeadCount: 8, contextLength: 131_072)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        let window = try file.windowWidth(default: 4096)
        blocks.windows = blocks.windows.map { _ in window }
        return try blocks.parts()
    }
}
