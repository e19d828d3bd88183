/// What a run takes from another run instead of computing it.
public struct FrozenNetwork: Sendable {
    /// One layer's part; what is `nil` is computed.
    struct Layer: Sendable {
        var patterns: AttentionPatterns
        var attentionDenominators: [Float]?
        var attentionPostDenominators: [Float]?
        var mlpDenominators: [Float]?
        var mlpPostDenominators: [Float]?
    }

    let layers: [Layer]
    let finalDenominators: [Float]?

    /// Freezes the attention patterns of `trace` and, where asked, the denominators of every norm.
    public init(_ trace: ForwardTrace, freezingNorms: Bool) {
        layers = trace.layers.map { layer in
            guard freezingNorms else { return Layer(patterns: layer.attention) }
            return Layer(
                patterns: layer.attention, attentionDenominators: layer.attentionDenominators,
                attentionPostDenominators: layer.attentionPostDenominators,
                mlpDenominators: layer.reading.denominators, mlpPostDenominators: layer.mlpPostDenominators)
        }
        finalDenominators = freezingNorms ? trace.finalDenominators : nil
    }
}
