import Tensors

/// One layer: attention and an MLP, each reading a norm of the residual stream and adding to it.
///
/// Some architectures norm once more what each of the two has computed, before it is added; some let the MLP read what
/// entered the block instead of what attention left.
public struct TransformerBlock: Sendable {
    /// Before attention.
    public let attentionNorm: Norm
    /// Moves information between positions.
    public let attention: Attention
    /// After attention, before the residual stream, where the architecture has one.
    public let attentionPostNorm: Norm?
    /// Before the MLP.
    public let mlpNorm: Norm
    /// What the transcoders replace.
    public let mlp: MLP
    /// After the MLP, before the residual stream, where the architecture has one.
    public let mlpPostNorm: Norm?
    /// Whether the MLP reads the stream as it entered the block: attention and MLP run side by side.
    public let isParallel: Bool

    init(
        attentionNorm: Norm, attention: Attention, attentionPostNorm: Norm? = nil, mlpNorm: Norm, mlp: MLP,
        mlpPostNorm: Norm? = nil, isParallel: Bool = false
    ) {
        self.attentionNorm = attentionNorm
        self.attention = attention
        self.attentionPostNorm = attentionPostNorm
        self.mlpNorm = mlpNorm
        self.mlp = mlp
        self.mlpPostNorm = mlpPostNorm
        self.isParallel = isParallel
    }
}

/// The tensor in which something stands in for an MLP.
public enum MLPSite: Sendable {
    /// What the MLP itself computes; a norm after it still applies.
    case output
    /// What is added to the residual stream, after any norm.
    case addition
}
