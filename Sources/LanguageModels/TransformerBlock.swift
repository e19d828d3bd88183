/// One layer: attention, then an MLP, each reading its own norm of the residual stream and adding to it.
public struct TransformerBlock: Sendable {
    /// Before attention.
    public let attentionNorm: RMSNorm
    /// Moves information between positions.
    public let attention: Attention
    /// Before the MLP.
    public let mlpNorm: RMSNorm
    /// What the transcoders replace.
    public let mlp: GatedMLP
}
