import LanguageModels
import Tensors
import Transcoders

/// One prompt's run with its norms and encoders held: what gradients pass on their way down.
struct FrozenPrompt: Sendable {
    /// The underlying model's run, at the site of the basis's output hook.
    let trace: ForwardTrace
    /// Positions before it hold no features and no errors.
    let firstCountedPosition: Int
    /// `[layerCount]`: the features' encoders.
    let encoders: [any FrozenFeatureLayer]
    /// `[layerCount]`: from the input hook to the residual stream.
    let inputAdjoints: [NormAdjoint]
    /// `[layerCount]`: the norm between the output hook and the residual stream, where one lies between them.
    let postNorms: [FrozenPostNorm?]
    /// `[layerCount]`: from the residual stream to the output hook, where a norm lies between them.
    let outputAdjoints: [NormAdjoint?]
    /// `[layerCount]`: from the residual stream to what attention computed, where a norm lies between them.
    let attentionPostAdjoints: [NormAdjoint?]
    /// From the unembedding to the residual stream.
    let finalAdjoint: NormAdjoint
    /// `[layerCount]`: how the denominators of the norms before attention move; `nil` where they are frozen.
    let attentionMovements: [NormMovement?]

    init(model: LanguageModel, basis: FeatureBasis, trace: ForwardTrace, firstCountedPosition: Int) throws {
        self.trace = trace
        self.firstCountedPosition = firstCountedPosition
        encoders = try zip(basis.layers, trace.layers).map { try $0.frozen(at: $1.reading) }
        inputAdjoints = trace.layers.map {
            NormAdjoint(basis.inputHook, norm: $0.reading.norm, denominators: $0.reading.denominators)
        }
        postNorms = zip(model.blocks, trace.layers).map { block, layer in
            guard basis.outputHook.site == .output, let norm = block.mlpPostNorm,
                let denominators = layer.mlpPostDenominators
            else { return nil }
            return FrozenPostNorm(norm: norm, denominators: denominators)
        }
        outputAdjoints = postNorms.map { $0.map { NormAdjoint($0.norm, denominators: $0.denominators) } }
        attentionPostAdjoints = zip(model.blocks, trace.layers).map { block, layer in
            guard let norm = block.attentionPostNorm, let denominators = layer.attentionPostDenominators else {
                return nil
            }
            return NormAdjoint(norm, denominators: denominators)
        }
        finalAdjoint = NormAdjoint(model.finalNorm, denominators: trace.finalDenominators)
        attentionMovements = trace.layers.map { _ in nil }
    }

    /// The same run with norms whose denominators move and neurons that are as steep as they are: what the derivative of
    /// the underlying model passes. A transcoder's own division of its input stays held.
    init(_ held: FrozenPrompt, model: LanguageModel, basis: FeatureBasis, derivative: NetworkDerivative) {
        trace = held.trace
        firstCountedPosition = held.firstCountedPosition
        encoders = zip(held.encoders, derivative.layers).map { encoder, layer in
            guard let neurons = encoder as? FrozenNeuronLayer else { return encoder }
            return FrozenNeuronLayer(mlp: neurons.mlp, reading: layer.neurons)
        }
        inputAdjoints = zip(held.trace.layers, derivative.layers).map { layer, derivative in
            NormAdjoint(
                basis.inputHook, norm: layer.reading.norm, denominators: layer.reading.denominators,
                moving: derivative.mlpNorm)
        }
        postNorms = held.postNorms
        outputAdjoints = zip(model.blocks, derivative.layers).map { block, layer in
            guard basis.outputHook.site == .output, let norm = block.mlpPostNorm,
                let denominators = layer.mlpPostDenominators
            else { return nil }
            return NormAdjoint(norm, denominators: denominators, moving: layer.mlpPostNorm)
        }
        attentionPostAdjoints = zip(zip(model.blocks, held.trace.layers), derivative.layers).map { held, derivative in
            guard let norm = held.0.attentionPostNorm, let denominators = held.1.attentionPostDenominators else {
                return nil
            }
            return NormAdjoint(norm, denominators: denominators, moving: derivative.attentionPostNorm)
        }
        finalAdjoint = NormAdjoint(
            model.finalNorm, denominators: held.trace.finalDenominators, moving: derivative.finalNorm)
        attentionMovements = derivative.layers.map(\.attentionNorm)
    }

    /// The prompt's tokens.
    var positionCount: Int { trace.tokens.count }
}

/// The norm between an output hook and the residual stream, its denominators held.
struct FrozenPostNorm: Sendable {
    let norm: Norm
    /// `[positionCount]`.
    let denominators: [Float]

    /// Takes `count` rows that are written at `position` through the norm, but for its bias.
    ///
    /// - Parameter rows: `[count, modelWidth]`
    func pass(_ rows: UnsafeMutablePointer<Float>, count: Int, position: Int) {
        norm.applyLinearly(to: rows, count: count, denominator: denominators[position])
    }

    /// The same of a matrix's row at each position.
    func pass(_ matrix: inout Matrix) {
        let (rowCount, width) = (matrix.rowCount, matrix.columnCount)
        matrix.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for position in 0..<rowCount { pass(base + position * width, count: 1, position: position) }
        }
    }
}
