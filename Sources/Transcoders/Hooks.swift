/// The tensor that a transcoder's encoder reads.
public enum InputHook: String, Sendable, CaseIterable {
    /// The residual stream after attention, before the MLP's norm.
    case residualMiddle = "hook_resid_mid"
    /// The normed residual before the gain is applied.
    case normalizedBeforeGain = "ln2.hook_normalized"
    /// After the gain: what the MLP reads.
    case mlpInput = "mlp.hook_in"
}

/// The tensor that a transcoder's decoder writes.
public enum OutputHook: String, Sendable, CaseIterable {
    /// The MLP's own output.
    case mlpOutput = "mlp.hook_out"
    /// What is added to the residual stream.
    case residualAddition = "hook_mlp_out"
}
