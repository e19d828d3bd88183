import Tensors

/// Decoder rows of a prompt's features, laid out for products of lower precision: those of the lowest layers, up to a limit.
final class RoundedDecoders: Sendable {
    /// `[layerCount * positionCount]`; `nil` for blocks without rows and for those that are laid out when they are wanted.
    private let factors: [RoundedFactor?]
    private let positionCount: Int

    /// - Parameter limit: bytes that they may take together
    init(
        _ local: LocalReplacementModel, _ precision: ProductPrecision, keepingAtMost limit: Int, jobs: Int,
        _ costs: PhaseCosts
    ) throws(Cancelled) {
        let (layout, width) = (local.layout, local.trace.embeddings.columnCount)
        positionCount = layout.positionCount
        var size = 0
        let layers = (0..<layout.layerCount).prefix { layer in
            for position in 0..<layout.positionCount {
                let count = local.decoders.block(layer: layer, position: position).count
                size += RoundedFactor.byteCount(columnCount: count, innerCount: width, precision)
            }
            return size <= limit
        }
        var factors = [RoundedFactor?](repeating: nil, count: layout.layerCount * layout.positionCount)
        try factors.withUnsafeMutableBufferPointer { buffer throws(Cancelled) in
            nonisolated(unsafe) let base = buffer.baseAddress
            try inParallelUnlessCancelled(count: layers.count, jobs: jobs) { layer in
                costs.measure(.decoders) {
                    for position in 0..<layout.positionCount {
                        local.decoders.withRows(layer: layer, position: position) { block, rows in
                            base?[layer * layout.positionCount + position] = RoundedFactor(
                                rows, columnStride: width, stepStride: 1, columnCount: block.count, innerCount: width,
                                precision)
                        }
                    }
                    local.decoders.release(writtenTo: layer)
                }
            }
        }
        self.factors = factors
    }

    /// The rows that are written to `layer` at `position`, if they are laid out.
    func factor(layer: Int, position: Int) -> RoundedFactor? { factors[layer * positionCount + position] }
}

extension LocalReplacementModel {
    /// Multiplies the gradients of a sweep's targets at one position by the decoder rows of a block.
    ///
    /// - Parameters:
    ///   - products: given the block; where `[live, block.count]` products go, and how many numbers a row has there
    ///   - accumulate: whether they are added to what is there
    /// - Returns: floating-point operations; 0 where nothing is written to the layer there
    func multiply(
        _ gradients: SweepGradients, layer: Int, position: Int, _ precision: ProductPrecision,
        _ rounded: RoundedDecoders?, accumulate: Bool,
        into products: (ScaledDecoders.Block) -> (start: UnsafeMutablePointer<Float>, stride: Int)
    ) -> Int {
        let (width, stride) = (gradients.width, gradients.reach * gradients.width)
        let block = decoders.block(layer: layer, position: position)
        guard block.count > 0 else { return 0 }
        let output = products(block)
        if let factor = rounded?.factor(layer: layer, position: position) {
            factor.multiply(
                gradients.row(position), rowStride: stride, stepStride: 1, rowCount: gradients.live,
                into: output.start, stride: output.stride, accumulate: accumulate)
        } else {
            decoders.withRows(layer: layer, position: position) { _, rows in
                precision.multiplyByTransposed(
                    gradients.row(position), stride: stride, rows, stride: width, into: output.start,
                    stride: output.stride, rowCount: gradients.live, columnCount: block.count, innerCount: width,
                    accumulate: accumulate)
            }
        }
        return 2 * gradients.live * block.count * width
    }
}
