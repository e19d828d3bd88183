import Tensors

/// What a derivative of the underlying model needs beside the run itself, attention patterns held: how steep each MLP's
/// non-linearities are, and how the norms' denominators move.
///
/// The counterpart of ``FrozenNetwork``: there norms and MLPs stay as they were, here they are followed to first order.
public struct NetworkDerivative: Sendable {
    /// One layer's part.
    public struct Layer: Sendable {
        /// Of the norm before attention; `nil`, here and below, where there is none.
        public let attentionNorm: NormMovement?
        /// Of the norm after attention.
        public let attentionPostNorm: NormMovement?
        /// Of the norm before the MLP.
        public let mlpNorm: NormMovement?
        /// The MLP's neurons with their derivatives in the place of slopes.
        public let neurons: NeuronReading
        /// Of the norm after the MLP.
        public let mlpPostNorm: NormMovement?
        /// `[positionCount]`: σ of the norm after the MLP, where there is one.
        public let mlpPostDenominators: [Float]?
    }

    /// In order.
    public let layers: [Layer]
    /// Of the norm before the unembedding.
    public let finalNorm: NormMovement?

    /// Finds the derivative's parts at the run that `trace` tells, in which nothing stood in for an MLP.
    ///
    /// - Complexity: an MLP's projections into its neurons at every position, and where norms follow attention and MLP
    ///   their own outputs again
    public init(_ model: LanguageModel, at trace: ForwardTrace) {
        layers = zip(model.blocks, trace.layers).map { block, layer in
            let neurons = block.mlp.derivatives(layer.reading.normalized)
            let post = block.mlpPostNorm.map { norm in
                let output = block.mlp.written(neurons.activations)
                let sizes = norm.denominators(of: output)
                return (NormMovement(norm, reading: output, denominators: sizes), sizes)
            }
            return Layer(
                attentionNorm: NormMovement(
                    block.attentionNorm, reading: layer.residual, denominators: layer.attentionDenominators),
                attentionPostNorm: block.attentionPostNorm.flatMap { norm in
                    let normalized = block.attentionNorm.applied(
                        to: layer.residual, denominators: layer.attentionDenominators)
                    let output = block.attention.output(normalized, patterns: layer.attention)
                    return NormMovement(norm, reading: output, denominators: norm.denominators(of: output))
                },
                mlpNorm: NormMovement(
                    block.mlpNorm, reading: layer.reading.residual, denominators: layer.reading.denominators),
                neurons: neurons, mlpPostNorm: post?.0, mlpPostDenominators: post?.1)
        }
        finalNorm = NormMovement(
            model.finalNorm, reading: trace.finalResidual, denominators: trace.finalDenominators)
    }
}
