import Safetensors

/// Gemma 2: soft-capped scores and logits, a window in every other layer, the first included.
enum Gemma2Architecture: Architecture {
    static let name = "Gemma2ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 256_000, modelWidth: 2304, hiddenWidth: 9216, layerCount: 26, headCount: 8,
        keyValueHeadCount: 4, headWidth: 256, contextLength: 8192, isTied: true)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        try file.requireTanhGELU()
        var blocks = try GemmaBlocks(file, weights, architecture: name, defaults: defaults) {
            headWidth throws(ModelError) in
            let rotary = try file.rotary(headWidth: headWidth)
            return (rotary, rotary)
        }
        try blocks.readScoreScale()
        try blocks.readWindows { $0 % 2 == 0 }
        blocks.softCaps = (
            try file.softCap("attn_logit_softcapping", default: 50),
            try file.softCap("final_logit_softcapping", default: 30)
        )
        return try blocks.parts()
    }
}
