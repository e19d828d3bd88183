import Tensors

extension LanguageModel {
    /// Refuses a residual stream that holds NaN or infinity: nothing behind it would be an answer.
    ///
    /// Whatever is not finite on the way reaches the end of the stream, so one look at `[positionCount, modelWidth]` numbers
    /// serves a whole run. Only after a fault all weights are read, to name the tensor that is to blame.
    ///
    /// - Throws: `SafetensorsError` that names the tensor, or `ModelError` where every weight is finite.
    func requireFinite(_ residual: Matrix, firstPosition: Int = 0) throws {
        guard let place = residual.firstNonFinite else { return }
        if let fault = weights.firstFault() { throw fault }
        throw ModelError(
            file: name, place: "residual stream",
            "expected finite numbers after the last block, found \(residual[place.row, place.column]) at position \(firstPosition + place.row): all weights are finite, so they overflow, or what stands in for an MLP is not finite"
        )
    }

    /// Refuses logits that hold NaN or infinity, `[vocabularySize]`.
    ///
    /// - Throws: as for the residual stream.
    public func requireFinite(logits: [Float]) throws {
        guard !areFinite(logits, count: logits.count), let token = logits.firstIndex(where: { !$0.isFinite }) else {
            return
        }
        if let fault = weights.firstFault() { throw fault }
        throw ModelError(
            file: name, place: "logits",
            "expected finite numbers, found \(logits[token]) for token \(token): all weights are finite, so they overflow"
        )
    }
}
