import Safetensors

/// Gemma 1: norms before attention and MLP alone, no soft-caps, no windows.
///
/// The library reads `hidden_act` and leaves `hidden_activation` be; so is done here.
enum GemmaArchitecture: Architecture {
    static let name = "GemmaForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 256_000, modelWidth: 3072, hiddenWidth: 24_576, layerCount: 28, headCount: 16,
        keyValueHeadCount: 16, headWidth: 256, contextLength: 8192, isTied: true)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GemmaBlocks(file, weights, architecture: name, defaults: defaults) {
            headWidth throws(ModelError) in
            let rotary = try file.rotary(headWidth: headWidth)
            return (rotary, rotary)
        }
        blocks.hasPostNorms = false
        file.markAsRead("hidden_activation")
        let activation = try file.choice(
            "hidden_act", of: ["gelu_pytorch_tanh", "gelu_new", "gelu"], default: "gelu_pytorch_tanh")
        if activation == "gelu" { blocks.activation = MLP.Activation.gatedGELU }
        return try blocks.parts()
    }
}
