/// Where a published transcoder reads or writes: a layer and a tensor of it.
struct PublishedHook {
    let layer: Int
    /// The tensor's name behind the layer: `mlp.hook_in`, `hook_mlp_out`, or `mlp` for the module itself.
    let tensor: String

    /// Names before the layer's number, in TransformerLens and in the field's model library.
    private static let stacks: Set<String> = ["blocks", "layers", "h"]

    /// Takes `blocks.3.mlp.hook_in`, `model.layers.3.mlp` or `transformer.h.3.mlp` apart.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let stack = parts.firstIndex(where: { Self.stacks.contains(String($0)) }), stack + 2 < parts.count,
            let layer = Int(parts[stack + 1]), layer >= 0
        else { return nil }
        self.layer = layer
        tensor = parts[(stack + 2)...].joined(separator: ".")
    }

    /// The tensor that an encoder reads.
    var input: InputHook? {
        switch tensor {
        case "hook_resid_mid", "hook_mlp_in": .residualMiddle
        case "ln2.hook_normalized": .normalizedBeforeGain
        case "mlp.hook_in", "mlp", "mlp.input": .mlpInput
        default: nil
        }
    }

    /// The tensor that a decoder writes.
    var output: OutputHook? {
        switch tensor {
        case "mlp.hook_out", "mlp", "mlp.output": .mlpOutput
        case "hook_mlp_out": .residualAddition
        default: nil
        }
    }
}
