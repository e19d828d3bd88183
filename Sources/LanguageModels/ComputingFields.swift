import Foundation
import Synchronization

/// Tells by its name whether a field of config.json is about what a model computes.
enum ComputingFields {
    private static let words = [
        "activation", "hidden_act", "act_fn", "scal", "multiplier", "clip", "cap", "_bias", "bias_", "norm", "rope",
        "rotary", "window", "chunk", "expert", "moe", "router", "parallel", "alibi", "gate", "logit", "temperature",
        "quant", "bidirectional", "qk_", "_qk", "lora", "cross_attention", "embedding_size", "head_dim", "attn_factor",
        "relative_attention", "conv", "ssm", "mamba", "recurrent", "shared_kv", "altup", "laurel", "per_layer_input",
        "layer_types", "sparsity", "nope", "no_rope", "sink",
    ]

    /// Names that hold such a word and say nothing about what a decoder computes in evaluation.
    private static let harmless: Set<String> = [
        "router_aux_loss_coef", "output_router_logits", "router_jitter_noise", "num_logits_to_keep", "use_bfloat16",
        "max_grad_norm",
    ]

    static func isLikely(_ name: String) -> Bool {
        let lower = name.lowercased()
        guard !harmless.contains(lower), !lower.hasPrefix("unsloth"), !lower.hasPrefix("_attn_implementation") else {
            return false
        }
        return words.contains { lower.contains($0) }
    }

    /// Whether 1 means that nothing is changed.
    static func isFactor(_ name: String) -> Bool {
        ["scal", "multiplier", "factor", "temperature"].contains { name.lowercased().contains($0) }
    }
}

/// The names of the fields that were asked for; shared by copies of a file's description.
final class ReadFields: Sendable {
    private let names = Mutex<Set<String>>([])

    func insert(_ name: String) { _ = names.withLock { $0.insert(name) } }

    func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }
}
