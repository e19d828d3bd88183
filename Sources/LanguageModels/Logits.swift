import Tensors

extension LanguageModel {
    /// The logits that follow every position, `[positionCount, vocabularySize]`.
    public func logits(_ trace: ForwardTrace) -> Matrix {
        var result = unembedding.applied(
            to: finalNorm.applied(to: trace.finalResidual, denominators: trace.finalDenominators))
        cap(&result.values)
        return result
    }

    /// The logits that follow one position, `[vocabularySize]`.
    public func logits(_ trace: ForwardTrace, position: Int) -> [Float] {
        var result = linearLogits(trace, position: position)
        cap(&result)
        return result
    }

    /// The logits that follow one position before any soft-cap: what attribution explains.
    ///
    /// - Returns: `[vocabularySize]`
    public func linearLogits(_ trace: ForwardTrace, position: Int) -> [Float] {
        let row = Matrix(
            rowCount: 1, columnCount: configuration.modelWidth, values: Array(trace.finalResidual.row(position)))
        return unembedding.applied(
            to: finalNorm.applied(to: row, denominators: [trace.finalDenominators[position]])
        ).values
    }

    /// Applies the final soft-cap, where the architecture has one.
    public func cap(_ logits: inout [Float]) {
        guard let logitSoftCap else { return }
        logits.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { softCap(base, at: logitSoftCap, count: buffer.count) }
        }
    }
}
