import Safetensors

/// Gemma 3, text only: norms on each head's query and key, five layers with a window and a rotary base of their own to
/// one without.
enum Gemma3Architecture: Architecture {
    static let name = "Gemma3ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 262_208, modelWidth: 2304, hiddenWidth: 9216, layerCount: 26, headCount: 8,
        keyValueHeadCount: 4, headWidth: 256, contextLength: 131_072, isTied: true)

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        try blocks(file, weights).parts()
    }

    /// The text model's blocks, as `file` describes them.
    static func blocks(_ file: ConfigurationFile, _ weights: Checkpoint) throws(ModelError) -> GemmaBlocks {
        try file.requireTanhGELU()
        try file.refuse("use_bidirectional_attention", because: "attribution is for causal models")
        let old = try file.integer("sliding_window_pattern", default: 6)
        let period = try file.integer("_sliding_window_pattern", default: old)
        var blocks = try GemmaBlocks(file, weights, architecture: name, defaults: defaults) {
            headWidth throws(ModelError) in
            (
                local: try file.rotary(
                    headWidth: headWidth, baseName: "rope_local_base_freq", layerKind: "sliding_attention",
                    isScaled: false),
                global: try file.rotary(headWidth: headWidth, defaultBase: 1_000_000, layerKind: "full_attention")
            )
        }
        try blocks.readScoreScale()
        try blocks.readWindows { ($0 + 1) % period != 0 }
        blocks.softCaps = (
            try file.softCap("attn_logit_softcapping", default: nil),
            try file.softCap("final_logit_softcapping", default: nil)
        )
        blocks.hasHeadNorms = true
        return blocks
    }
}

/// Gemma 3 with a vision tower, as the larger ones are published: its text part is read, its tower is not.
///
/// The text part's fields stand under `text_config`; its tensors under `language_model.model` or, as newer libraries
/// write them, `model.language_model`.
enum Gemma3ConditionalArchitecture: Architecture {
    static let name = "Gemma3ForConditionalGeneration"

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        guard let text = try file.object("text_config") else {
            throw ModelError(file: file.path, place: "text_config", "is missing; expected the text model's fields")
        }
        var blocks = try Gemma3Architecture.blocks(text, weights)
        let prefixes = ["language_model.model.", "model.language_model.", "language_model.", "model."]
        blocks.names.prefix = prefixes.first { weights.contains($0 + "embed_tokens.weight") } ?? prefixes[0]
        blocks.names.unembedding =
            ["language_model.lm_head.weight", "lm_head.weight"].first { weights.contains($0) } ?? "lm_head.weight"
        let parts = try blocks.parts()
        try text.refuseUnread()
        return parts
    }
}
