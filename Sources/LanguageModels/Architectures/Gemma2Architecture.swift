import Safetensors

/// Gemma 2: soft-capped scores and logits, a window in every other layer, the first included.
enum Gemma2Architecture: Architecture {
    static let name = "Gemma2ForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let configuration = try ModelConfiguration(grouped: file, architecture: name, defaultHeadWidth: 256)
        let rotary = try file.rotary(headWidth: configuration.headWidth)
        return try GemmaBlocks(
            file: file, weights: weights, configuration: configuration,
            sliding: try file.slidingLayers(layerCount: configuration.layerCount) { $0 % 2 == 0 },
            softCaps: (
                try file.optionalNumber("attn_logit_softcapping", default: 50).map(Float.init),
                try file.optionalNumber("final_logit_softcapping", default: 30).map(Float.init)
            ),
            hasHeadNorms: false, rotary: (rotary, rotary)
        ).parts()
    }
}
