import Tensors

/// What sources that share a position contribute to the outputs of every head, kept for the products with what targets
/// read there.
///
/// `@unchecked Sendable`: one thread fills it, and nobody reads it before that thread is done.
final class SourceHeads: @unchecked Sendable {
    let sources: [SweepSource]
    /// `[layers]`: `[headCount, live, reach, headWidth]`.
    private(set) var heads: [[Float]]
    /// `[layers]`: how many of the sources have written.
    private(set) var live: [Int]
    /// `[layers]`: `[live, reach, modelWidth]`, the residual stream around attention; empty where nothing is checked.
    private(set) var residuals: [[Float]]

    var position: Int { sources[0].position }

    init(_ sources: [SweepSource], layerCount: Int) {
        self.sources = sources
        heads = [[Float]](repeating: [], count: layerCount)
        residuals = heads
        live = [Int](repeating: 0, count: layerCount)
    }

    /// Takes what the sources do up to the layer `top`.
    ///
    /// - Returns: floating-point operations
    func fill(_ sweep: SourceSweep, below top: Int, keepingResiduals: Bool) -> Int {
        let attention = sweep.model.blocks[0].attention
        let (headCount, headWidth) = (attention.headCount, attention.headWidth)
        let width = sweep.model.configuration.modelWidth
        return sweep.run(sources, below: top) { layer, states in
            live[layer] = states.live
            heads[layer] = byHead(
                states.heads, rowCount: states.live * states.reach, headCount: headCount, headWidth: headWidth)
            if keepingResiduals {
                residuals[layer] = Array(
                    UnsafeBufferPointer(start: states.residual, count: states.live * states.reach * width))
            }
        }
    }

    /// Numbers that a source takes at most, with so many positions from its own on.
    static func size(_ source: SweepSource, reach: Int, layerCount: Int, headWidths: Int) -> Int {
        max(0, layerCount - 1 - source.layer) * reach * headWidths
    }
}

/// Numbers by row, then head, put by head, then row: `[rowCount, headCount, headWidth]` to
/// `[headCount, rowCount, headWidth]`.
func byHead(_ rows: UnsafePointer<Float>, rowCount: Int, headCount: Int, headWidth: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: rowCount * headCount * headWidth) { buffer, count in
        count = rowCount * headCount * headWidth
        guard let output = buffer.baseAddress else { return }
        for row in 0..<rowCount {
            for head in 0..<headCount {
                (output + (head * rowCount + row) * headWidth).initialize(
                    from: rows + (row * headCount + head) * headWidth, count: headWidth)
            }
        }
    }
}
