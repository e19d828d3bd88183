import Tensors

/// Stands in for the MLP of one layer; `mlp` computes what the MLP itself would write.
public typealias MLPReplacement = (_ layer: Int, _ reading: MLPReading, _ mlp: () -> Matrix) throws -> Matrix

extension LanguageModel {
    /// Runs the model over a prompt.
    ///
    /// - Parameters:
    ///   - tokens: at least one, at most the context length, each in the vocabulary
    ///   - embeddings: `[positionCount, modelWidth]`, what to add in place of the tokens' own embeddings
    ///   - frozen: patterns and denominators that are taken as given
    ///   - scoreChanges: what is added to scores of attention that exist; nothing where patterns are given
    ///   - patternLimit: bytes of attention patterns that the trace may keep, all layers together; beyond, it makes them anew
    ///     whenever they are asked for
    ///   - site: the tensor that `mlpOutput` gives, and calls for
    ///   - mlpOutput: what stands in the MLP's place, `[positionCount, modelWidth]`
    /// - Throws: `ModelError` for a prompt that does not fit, `SafetensorsError` for weights that are not finite; whatever
    ///   `mlpOutput` throws.
    public func run(
        _ tokens: [Int], embeddings: Matrix? = nil, frozen: FrozenNetwork? = nil, scoreChanges: [ScoreChange] = [],
        keepingPatternsTo patternLimit: Int = AttentionPatterns.usualLimit, site: MLPSite = .addition,
        mlpOutput: MLPReplacement = { _, _, mlp in mlp() }
    ) throws -> ForwardTrace {
        try check(tokens)
        let embeddings = embeddings ?? embed(tokens)
        let positions = positionEmbedding.map { Self.rows($0, 0..<tokens.count) }
        var residual = embeddings
        if let positions { residual.add(positions) }
        var layers: [ForwardTrace.Layer] = []
        layers.reserveCapacity(blocks.count)
        for (index, block) in blocks.enumerated() {
            try Cancellation.check()
            let held = frozen?.layers[index]
            let entering = residual
            let denominators = held?.attentionDenominators ?? block.attentionNorm.denominators(of: residual)
            let normalized = block.attentionNorm.applied(to: residual, denominators: denominators)
            let patterns =
                held?.patterns
                ?? block.attention.patterns(
                    normalized, adding: scoreChanges.filter { $0.layer == index },
                    keepingAtMost: patternLimit / blocks.count)
            let attended = PostNormed(
                block.attention.output(normalized, patterns: patterns), block.attentionPostNorm,
                denominators: held?.attentionPostDenominators)
            residual.add(attended.addition)
            let reading = block.reading(
                block.isParallel ? entering : residual, denominators: held?.mlpDenominators)
            let written = try block.written(
                reading, layer: index, site: site, postDenominators: held?.mlpPostDenominators, mlpOutput)
            residual.add(written.addition)
            layers.append(
                ForwardTrace.Layer(
                    residual: entering, attentionDenominators: denominators, attention: patterns,
                    attentionPostDenominators: attended.denominators, reading: reading, mlpOutput: written.atSite,
                    mlpPostDenominators: written.postDenominators))
        }
        try requireFinite(residual)
        return ForwardTrace(
            tokens: tokens, embeddings: embeddings, positions: positions, layers: layers, finalResidual: residual,
            finalDenominators: frozen?.finalDenominators ?? finalNorm.denominators(of: residual))
    }

    /// Refuses a prompt that the model cannot read.
    ///
    /// - Parameter read: tokens that stand before these
    public func check(_ tokens: [Int], after read: Int = 0) throws(ModelError) {
        guard !tokens.isEmpty else { throw ModelError(file: name, place: "prompt", "expected at least one token") }
        guard read + tokens.count <= configuration.contextLength else {
            throw ModelError(
                file: name, place: "prompt",
                "expected at most \(configuration.contextLength) tokens (the model's context), found \(read + tokens.count)"
            )
        }
        if let token = tokens.first(where: { !(0..<configuration.vocabularySize).contains($0) }) {
            let text = tokenizer.text(of: token)
            throw ModelError(
                file: name, place: "prompt",
                "expected tokens below \(configuration.vocabularySize), the rows of the embedding, found \(token)"
                    + (text.isEmpty ? "" : ", which is \"\(text)\""))
        }
    }

    /// What the tokens add to the residual stream, `[tokens.count, modelWidth]`.
    func embed(_ tokens: [Int]) -> Matrix {
        var result = Matrix(rowCount: tokens.count, columnCount: configuration.modelWidth)
        result.values.withUnsafeMutableBufferPointer { buffer in
            guard let output = buffer.baseAddress else { return }
            for (position, token) in tokens.enumerated() {
                embedding.copyRows(token, into: output + position * configuration.modelWidth)
            }
            if embeddingScale != 1 { for index in buffer.indices { buffer[index] *= embeddingScale } }
        }
        return result
    }

    /// Some rows as Float32.
    static func rows(_ matrix: StoredMatrix, _ range: Range<Int>) -> Matrix {
        var result = Matrix(rowCount: range.count, columnCount: matrix.columnCount)
        result.values.withUnsafeMutableBufferPointer { buffer in
            if let output = buffer.baseAddress { matrix.copyRows(range.lowerBound, count: range.count, into: output) }
        }
        return result
    }
}

/// What a part of a block adds to the residual stream, after its post-norm where it has one.
struct PostNormed {
    /// `[positionCount, modelWidth]`.
    let addition: Matrix
    /// `[positionCount]`: σ of the post-norm.
    let denominators: [Float]?

    init(_ output: Matrix, _ norm: Norm?, denominators given: [Float]?) {
        guard let norm else {
            (addition, denominators) = (output, nil)
            return
        }
        let sizes = given ?? norm.denominators(of: output)
        (addition, denominators) = (norm.applied(to: output, denominators: sizes), sizes)
    }
}

extension TransformerBlock {
    /// What the MLP reads of `residual`.
    func reading(_ residual: Matrix, denominators: [Float]? = nil, firstPosition: Int = 0) -> MLPReading {
        let denominators = denominators ?? mlpNorm.denominators(of: residual)
        return MLPReading(
            firstPosition: firstPosition, residual: residual, norm: mlpNorm, denominators: denominators,
            normalized: mlpNorm.applied(to: residual, denominators: denominators))
    }

    /// What stands in the MLP's place, and what that adds to the residual stream.
    func written(
        _ reading: MLPReading, layer: Int, site: MLPSite, postDenominators: [Float]?, _ replacement: MLPReplacement
    ) throws -> (atSite: Matrix, addition: Matrix, postDenominators: [Float]?) {
        switch site {
        case .output:
            let output = try replacement(layer, reading) { mlp.applied(to: reading.normalized) }
            let added = PostNormed(output, mlpPostNorm, denominators: postDenominators)
            return (output, added.addition, added.denominators)
        case .addition:
            var sizes = postDenominators
            let addition = try replacement(layer, reading) {
                let own = PostNormed(
                    mlp.applied(to: reading.normalized), mlpPostNorm, denominators: postDenominators)
                sizes = own.denominators
                return own.addition
            }
            return (addition, addition, sizes)
        }
    }
}
