import Attribution
import Tensors

/// Judges trained transcoders as a replacement model on text that they were not trained on.
public struct HeldOutEvaluation: Sendable {
    private let attributor: Attributor
    private let text: TrainingText

    /// Judges `attributor`'s transcoders on `text`.
    public init(_ attributor: Attributor, text: TrainingText) {
        self.attributor = attributor
        self.text = text
    }

    /// Pieces that are read between two reports of progress.
    private static let piecesAtOnce = 64

    /// Runs the replacement model freely beside the underlying model over every piece.
    ///
    /// - Parameter progress: called with pieces done and in all, from the calling thread
    /// - Throws: as `Attributor.evaluate`
    public func quality(jobs: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws
        -> ReplacementQuality
    {
        var evaluation = attributor.emptyEvaluation
        for first in stride(from: 0, to: text.pieceCount, by: Self.piecesAtOnce) {
            let count = min(Self.piecesAtOnce, text.pieceCount - first)
            // A piece ends anywhere: what it says last is no answer.
            let found = try mapInParallel(count: count, jobs: jobs) { index in
                try attributor.evaluate(text.piece(first + index), isWhole: false, layersAlone: false)
            }
            for piece in found { evaluation.add(piece, family: nil) }
            progress(first + count, text.pieceCount)
        }
        return evaluation.quality
    }
}
