import Safetensors
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

    /// How the numbers are stored.
    public var elementType: ElementType { matrix.elementType }

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

    /// For each feature the dot products of the rows in its first slots with one vector each, added up.
    ///
    /// - Parameters:
    ///   - vectors: `[count, modelWidth]`, one a slot
    ///   - count: how many slots are read, from a feature's own layer up
    ///   - output: `[featureCount]`, overwritten
    func sumsOfProducts(with vectors: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(count >= 0 && count <= slotCount)
        if storedSlotCount == 1, count == 1 { return matrix.apply(to: vectors, count: 1, into: output) }
        let width = matrix.columnCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { row in
            guard let row = row.baseAddress else { return }
            for feature in 0..<matrix.rowCount / storedSlotCount {
                var sum: Float = 0
                for slot in 0..<count {
                    copyRow(feature: feature, slot: slot, into: row)
                    sum += dot(row, vectors + slot * width, count: width)
                }
                output[feature] = sum
            }
        }
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

extension DecoderRows: DescribedMatrix {
    /// A row for each feature and slot, the unused ones left out.
    public var rowCount: Int { matrix.rowCount / storedSlotCount * slotCount }
    /// Numbers of a row.
    public var columnCount: Int { matrix.columnCount }

    /// Where the numbers lie, and how they are read from there.
    public var placement: NumberPlacement {
        slotCount == storedSlotCount
            ? matrix.placement : matrix.placement.reordered("\(slotCount) of \(storedSlotCount)")
    }

    /// Copies rows without the unused ones between.
    public func copyRows(_ rows: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        guard slotCount < storedSlotCount else { return matrix.copyRows(rows, into: output) }
        for (place, row) in rows.enumerated() {
            copyRow(feature: row / slotCount, slot: row % slotCount, into: output + place * columnCount)
        }
    }
}
