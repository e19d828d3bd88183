import Safetensors
import Tensors

/// The tensors under one prefix of a checkpoint, found by name and checked for shape.
struct LayerWeights {
    let checkpoint: Checkpoint
    let prefix: String

    /// A linear layer: `name.weight`, `[outputWidth, inputWidth]`, and `name.bias` where there is one.
    func projection(_ name: String, from inputWidth: Int, to outputWidth: Int, biased: Bool) throws(SafetensorsError)
        -> Projection
    {
        Projection(
            try checkpoint.matrix(prefix + name + ".weight", shape: [outputWidth, inputWidth]),
            bias: biased ? try checkpoint.vector(prefix + name + ".bias", count: outputWidth) : nil)
    }

    /// `name.weight` as an RMSNorm's gain.
    ///
    /// - Parameter offset: what is added to the stored gain: 1 where it is stored as its distance from 1
    func rootMeanSquareNorm(_ name: String, width: Int, epsilon: Float, offset: Float = 0) throws(SafetensorsError)
        -> Norm
    {
        let stored = try checkpoint.vector(prefix + name + ".weight", count: width)
        return .rootMeanSquare(gain: offset == 0 ? stored : stored.map { offset + $0 }, epsilon: epsilon)
    }

    /// `name.weight` and `name.bias` as a LayerNorm.
    func layerNorm(_ name: String, width: Int, epsilon: Float) throws(SafetensorsError) -> Norm {
        .layer(
            gain: try checkpoint.vector(prefix + name + ".weight", count: width),
            bias: try checkpoint.vector(prefix + name + ".bias", count: width), epsilon: epsilon)
    }

    /// Attention as Llama and its descendants name it: `self_attn.{q,k,v,o}_proj`.
    func groupedAttention(
        _ configuration: ModelConfiguration, scoring: AttentionScoring, biases: GroupedBlocks.AttentionBiases
    )
        throws(SafetensorsError) -> Attention
    {
        let width = configuration.modelWidth
        let biased = biases != .none
        let queryWidth = configuration.headCount * configuration.headWidth
        let valueWidth = configuration.keyValueHeadCount * configuration.headWidth
        return Attention(
            query: try projection("self_attn.q_proj", from: width, to: queryWidth, biased: biased),
            key: try projection("self_attn.k_proj", from: width, to: valueWidth, biased: biased),
            value: try projection("self_attn.v_proj", from: width, to: valueWidth, biased: biased),
            output: try projection("self_attn.o_proj", from: queryWidth, to: width, biased: biases == .all),
            headCount: configuration.headCount, keyValueHeadCount: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth, scoring: scoring)
    }

    /// Norms over each head's query and key: `self_attn.{q,k}_norm`.
    func headNorms(width: Int, epsilon: Float, offset: Float = 0) throws(SafetensorsError) -> (query: Norm, key: Norm) {
        (
            try rootMeanSquareNorm("self_attn.q_norm", width: width, epsilon: epsilon, offset: offset),
            try rootMeanSquareNorm("self_attn.k_norm", width: width, epsilon: epsilon, offset: offset)
        )
    }

    /// A gated MLP as Llama and its descendants name it: `mlp.{gate,up,down}_proj`.
    func gatedMLP(
        width: Int, hiddenWidth: Int, biased: Bool = false, activation: (Projection) -> MLP.Activation
    ) throws(SafetensorsError) -> MLP {
        MLP(
            activation: activation(try projection("mlp.gate_proj", from: width, to: hiddenWidth, biased: biased)),
            up: try projection("mlp.up_proj", from: width, to: hiddenWidth, biased: biased),
            down: try projection("mlp.down_proj", from: hiddenWidth, to: width, biased: biased))
    }
}
