import Tensors

/// Everything one forward pass leaves behind that attribution and interventions need.
public struct ForwardTrace: Sendable {
    /// One layer's part of the pass.
    public struct Layer: Sendable {
        /// `[positionCount, modelWidth]`: the residual stream that enters the block.
        public var residual: Matrix
        /// `[positionCount]`: σ of the norm before attention.
        public var attentionDenominators: [Float]
        /// `[headCount, positionCount, positionCount]`, query by key.
        public var patterns: [Float]
        /// What the MLP reads.
        public var reading: MLPReading
        /// `[positionCount, modelWidth]`: what was added to the residual stream in the MLP's place.
        public var mlpOutput: Matrix
    }

    /// The prompt.
    public var tokens: [Int]
    /// `[positionCount, modelWidth]`: what the token embedding adds to the residual stream.
    public var embeddings: Matrix
    /// One entry a layer.
    public var layers: [Layer]
    /// `[positionCount, modelWidth]`: the residual stream after the last block.
    public var finalResidual: Matrix
    /// `[positionCount]`: σ of the final norm.
    public var finalDenominators: [Float]
}

/// What the MLP of one layer reads, at each hook that transcoders are trained on.
public struct MLPReading: Sendable {
    /// `[positionCount, modelWidth]`: the residual stream after attention (`hook_resid_mid`).
    public var residual: Matrix
    /// `[positionCount]`: σ of the norm before the MLP.
    public var denominators: [Float]
    /// `[positionCount, modelWidth]`: after the norm and its gain (`mlp.hook_in`).
    public var normalized: Matrix
}
