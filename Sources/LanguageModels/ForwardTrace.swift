import Tensors

/// Everything one forward pass leaves behind that attribution and interventions need.
public struct ForwardTrace: Sendable {
    /// One layer's part of the pass.
    public struct Layer: Sendable {
        /// `[positionCount, modelWidth]`: the residual stream that enters the block.
        public var residual: Matrix
        /// `[positionCount]`: σ of the norm before attention.
        public var attentionDenominators: [Float]
        /// How strongly each position reads each earlier one.
        public var attention: AttentionPatterns
        /// `[positionCount]`: σ of the norm after attention, where there is one.
        public var attentionPostDenominators: [Float]?
        /// What the MLP reads.
        public var reading: MLPReading
        /// `[positionCount, modelWidth]`: what stood in the MLP's place, at the site that the run was asked for.
        public var mlpOutput: Matrix
        /// `[positionCount]`: σ of the norm after the MLP, where there is one and the run went through it.
        public var mlpPostDenominators: [Float]?

        /// `[headCount, positionCount, positionCount]`, query by key; computed where they are not kept.
        public var patterns: [Float] {
            get { attention.values }
            set { attention.values = newValue }
        }
    }

    /// The prompt.
    public var tokens: [Int]
    /// `[positionCount, modelWidth]`: what the token embedding adds to the residual stream.
    public var embeddings: Matrix
    /// `[positionCount, modelWidth]`: what learned positions add, where the architecture has them.
    public var positions: Matrix?
    /// One entry a layer.
    public var layers: [Layer]
    /// `[positionCount, modelWidth]`: the residual stream after the last block.
    public var finalResidual: Matrix
    /// `[positionCount]`: σ of the final norm.
    public var finalDenominators: [Float]
}

/// What the MLP of one layer reads, at each hook that transcoders are trained on.
public struct MLPReading: Sendable {
    /// Where in the prompt the first row stands: above 0 where earlier positions are in a key-value cache.
    public var firstPosition: Int
    /// `[positionCount, modelWidth]`: the residual stream that the MLP's norm reads (`hook_resid_mid`).
    public var residual: Matrix
    /// The norm before the MLP.
    public var norm: Norm
    /// `[positionCount]`: σ of the norm before the MLP.
    public var denominators: [Float]
    /// `[positionCount, modelWidth]`: after the norm and its gain (`mlp.hook_in`).
    public var normalized: Matrix
}
