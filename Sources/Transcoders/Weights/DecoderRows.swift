import Tensors

/// The decoder rows of one layer's features: one for each layer that a feature writes to.
///
/// Cross-layer sets store them feature by feature. Some hold a row for every layer of the model, unused before the
/// feature's own: those are never read.
public struct DecoderRows: Sendable {
    /// How many layers each feature writes to.
    public let slotCount: Int
    /// `[featureCount * storedSlotCount, modelWidth]`.
    private let matrix: WeightMatrix
    private let storedSlotCount: Int

    /// Rows of which the last `slotCount` of every `storedSlotCount` are used.
    ///
    /// - Parameter matrix: `[featureCount * storedSlotCount, modelWidth]`, feature by feature
    init(_ matrix: WeightMatrix, slotCount: Int, storedSlotCount: Int) {
        precondition(slotCount > 0 && slotCount <= storedSlotCount && matrix.rowCount % storedSlotCount == 0)
        self.matrix = matrix
        self.slotCount = slotCount
        self.storedSlotCount = storedSlotCount
    }

    /// Copies the row with which `feature` writes to the layer `slot` behind its own.
    ///
    /// - Parameter output: `[modelWidth]`
    public func copyRow(feature: Int, slot: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(slot >= 0 && slot < slotCount)
        matrix.copyRow(feature * storedSlotCount + storedSlotCount - slotCount + slot, into: output)
    }

    /// The row `feature * slotCount + slot`, without the unused ones between.
    public func row(_ index: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: matrix.columnCount) { buffer, count in
            if let output = buffer.baseAddress {
                copyRow(feature: index / slotCount, slot: index % slotCount, into: output)
            }
            count = matrix.columnCount
        }
    }
}
