import Tensors

extension LanguageModel {
    /// Runs the model over several prompts at once, each reading itself alone.
    ///
    /// The rows of all prompts go through the same matrix products, so that weights are read once for all of them: what
    /// bounds short prompts, one by one, is memory.
    ///
    /// - Parameters:
    ///   - prompts: each as ``run(_:embeddings:frozen:scoreChanges:keepingPatternsTo:site:mlpOutput:)`` takes it
    ///   - site: the tensor that `mlpOutput` gives, and calls for
    ///   - mlpOutput: what stands in each MLP's place, `[rowCount, modelWidth]`; the rows are the prompts', one after the
    ///     other
    /// - Throws: as ``run(_:embeddings:frozen:scoreChanges:keepingPatternsTo:site:mlpOutput:)``
    public func run(together prompts: [[Int]], site: MLPSite = .addition, mlpOutput: MLPReplacement) throws {
        for prompt in prompts { try check(prompt) }
        var first = 0
        let ranges = prompts.map { prompt in
            defer { first += prompt.count }
            return first..<first + prompt.count
        }
        var residual = embed(prompts.flatMap(\.self))
        if let positionEmbedding {
            residual.add(Matrix(stacking: prompts.map { Self.rows(positionEmbedding, 0..<$0.count) }))
        }
        for (index, block) in blocks.enumerated() {
            try Cancellation.check()
            let entering = residual
            residual.add(
                PostNormed(
                    block.attention.output(block.attentionNorm.applied(to: residual), prompts: ranges),
                    block.attentionPostNorm, denominators: nil
                ).addition)
            let written = try block.written(
                block.reading(block.isParallel ? entering : residual), layer: index, site: site, postDenominators: nil,
                mlpOutput)
            residual.add(written.addition)
        }
        try requireFinite(residual)
    }
}
