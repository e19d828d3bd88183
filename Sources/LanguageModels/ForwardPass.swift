import Tensors

/// What a run takes from another run instead of computing it.
public struct FrozenNetwork: Sendable {
    let layers: [(patterns: [Float], attentionDenominators: [Float]?, mlpDenominators: [Float]?)]
    let finalDenominators: [Float]?

    /// Freezes the attention patterns of `trace` and, where asked, the denominators of every norm.
    public init(_ trace: ForwardTrace, freezingNorms: Bool) {
        layers = trace.layers.map { layer in
            (
                layer.patterns, freezingNorms ? layer.attentionDenominators : nil,
                freezingNorms ? layer.reading.denominators : nil
            )
        }
        finalDenominators = freezingNorms ? trace.finalDenominators : nil
    }
}

extension LanguageModel {
    /// Runs the model over a prompt.
    ///
    /// - Parameters:
    ///   - tokens: at least one, at most the context length, each in the vocabulary
    ///   - frozen: patterns and denominators that are taken as given
    ///   - mlpOutput: what is added to the residual stream in the MLP's place, `[positionCount, modelWidth]`; it may
    ///     call its last argument for what the MLP itself would write
    /// - Throws: `ModelError` for a prompt that does not fit; whatever `mlpOutput` throws.
    public func run(
        _ tokens: [Int], frozen: FrozenNetwork? = nil,
        mlpOutput: (_ layer: Int, _ reading: MLPReading, _ mlp: () -> Matrix) throws -> Matrix = { _, _, mlp in mlp() }
    ) throws -> ForwardTrace {
        try check(tokens)
        let embeddings = embed(tokens)
        var residual = embeddings
        var layers: [ForwardTrace.Layer] = []
        layers.reserveCapacity(blocks.count)
        for (index, block) in blocks.enumerated() {
            let entering = residual
            let denominators =
                frozen?.layers[index].attentionDenominators ?? block.attentionNorm.denominators(of: residual)
            let normalized = block.attentionNorm.applied(to: residual, denominators: denominators)
            let patterns = frozen?.layers[index].patterns ?? block.attention.patterns(normalized)
            residual.add(block.attention.output(normalized, patterns: patterns))
            let reading = reading(residual, block: block, denominators: frozen?.layers[index].mlpDenominators)
            let output = try mlpOutput(index, reading) { block.mlp.applied(to: reading.normalized) }
            residual.add(output)
            layers.append(
                ForwardTrace.Layer(
                    residual: entering, attentionDenominators: denominators, patterns: patterns, reading: reading,
                    mlpOutput: output))
        }
        return ForwardTrace(
            tokens: tokens, embeddings: embeddings, layers: layers, finalResidual: residual,
            finalDenominators: frozen?.finalDenominators ?? finalNorm.denominators(of: residual))
    }

    /// The logits that follow every position, `[positionCount, vocabularySize]`.
    public func logits(_ trace: ForwardTrace) -> Matrix {
        unembedding.applied(to: finalNorm.applied(to: trace.finalResidual, denominators: trace.finalDenominators))
    }

    /// The logits that follow one position, `[vocabularySize]`.
    public func logits(_ trace: ForwardTrace, position: Int) -> [Float] {
        let row = Matrix(
            rowCount: 1, columnCount: configuration.modelWidth, values: Array(trace.finalResidual.row(position)))
        return unembedding.applied(
            to: finalNorm.applied(to: row, denominators: [trace.finalDenominators[position]])
        ).values
    }

    /// Refuses a prompt that the model cannot read.
    public func check(_ tokens: [Int]) throws(ModelError) {
        guard !tokens.isEmpty else { throw ModelError(file: name, place: "prompt", "expected at least one token") }
        guard tokens.count <= configuration.contextLength else {
            throw ModelError(
                file: name, place: "prompt",
                "expected at most \(configuration.contextLength) tokens (the model's context), found \(tokens.count)")
        }
        if let token = tokens.first(where: { !(0..<configuration.vocabularySize).contains($0) }) {
            throw ModelError(
                file: name, place: "prompt", "expected tokens below \(configuration.vocabularySize), found \(token)")
        }
    }

    private func embed(_ tokens: [Int]) -> Matrix {
        var result = Matrix(rowCount: tokens.count, columnCount: configuration.modelWidth)
        result.values.withUnsafeMutableBufferPointer { buffer in
            guard let output = buffer.baseAddress else { return }
            for (position, token) in tokens.enumerated() {
                embedding.copyRows(token, into: output + position * configuration.modelWidth)
            }
        }
        return result
    }

    private func reading(_ residual: Matrix, block: TransformerBlock, denominators: [Float]?) -> MLPReading {
        let denominators = denominators ?? block.mlpNorm.denominators(of: residual)
        return MLPReading(
            residual: residual, denominators: denominators,
            normalized: block.mlpNorm.applied(to: residual, denominators: denominators))
    }
}
