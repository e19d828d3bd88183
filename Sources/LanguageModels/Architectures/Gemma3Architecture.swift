import Safetensors

/// Gemma 3, text only: norms on each head's query and key, five layers with a window and a rotary base of their own to
/// one without.
enum Gemma3Architecture: Architecture {
    static let name = "Gemma3ForCausalLM"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        let configuration = try ModelConfiguration(grouped: file, architecture: name, defaultHeadWidth: 256)
        try file.refuse("use_bidirectional_attention", because: "attribution is for causal models")
        let old = try file.integer("sliding_window_pattern", default: 6)
        let period = try file.integer("_sliding_window_pattern", default: old)
        return try GemmaBlocks(
            file: file, weights: weights, configuration: configuration,
            sliding: try file.slidingLayers(layerCount: configuration.layerCount) { ($0 + 1) % period != 0 },
            softCaps: (
                try file.optionalNumber("attn_logit_softcapping", default: nil).map(Float.init),
                try file.optionalNumber("final_logit_softcapping", default: nil).map(Float.init)
            ),
            hasHeadNorms: true,
            rotary: (
                local: try file.rotary(
                    headWidth: configuration.headWidth, baseName: "rope_local_base_freq",
                    layerKind: "sliding_attention", isScaled: false),
                global: try file.rotary(
                    headWidth: configuration.headWidth, defaultBase: 1_000_000, layerKind: "full_attention")
            )
        ).parts()
    }
}
