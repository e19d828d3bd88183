/// How exactly matrix products are computed that may be less exact.
///
/// - SeeAlso: ``RoundedFactor``.
public enum ProductPrecision: String, Sendable, Codable, CaseIterable {
    /// In Float32 throughout.
    case float32
    /// Both factors rounded to bfloat16, 8 bits of each number; products summed in Float32.
    case bfloat16 = "bf16"
    /// Each factor the sum of two bfloat16 numbers, 16 bits of each; three products of them summed in Float32, the fourth
    /// left out.
    case bfloat16x3 = "bf16x3"

    /// The bfloat16 numbers that stand for one number; 0 where it stays as it is.
    package var partCount: Int {
        switch self {
        case .float32: 0
        case .bfloat16: 1
        case .bfloat16x3: 2
        }
    }

    /// ``Tensors/multiplyByTransposed(_:stride:_:stride:into:stride:rowCount:columnCount:innerCount:accumulate:)``.
    public func multiplyByTransposed(
        _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, rowCount: Int, columnCount: Int, innerCount: Int,
        accumulate: Bool = false
    ) {
        guard self != .float32 else {
            return Tensors.multiplyByTransposed(
                a, stride: aStride, b, stride: bStride, into: c, stride: cStride, rowCount: rowCount,
                columnCount: columnCount, innerCount: innerCount, accumulate: accumulate)
        }
        RoundedFactor(b, columnStride: bStride, stepStride: 1, columnCount: columnCount, innerCount: innerCount, self)
            .multiply(
                a, rowStride: aStride, stepStride: 1, rowCount: rowCount, into: c, stride: cStride,
                accumulate: accumulate)
    }

    /// ``Tensors/multiplyTransposed(_:stride:_:stride:into:stride:rowCount:columnCount:innerCount:accumulate:)``.
    public func multiplyTransposed(
        _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, rowCount: Int, columnCount: Int, innerCount: Int,
        accumulate: Bool = false
    ) {
        guard self != .float32 else {
            return Tensors.multiplyTransposed(
                a, stride: aStride, b, stride: bStride, into: c, stride: cStride, rowCount: rowCount,
                columnCount: columnCount, innerCount: innerCount, accumulate: accumulate)
        }
        RoundedFactor(b, columnStride: 1, stepStride: bStride, columnCount: columnCount, innerCount: innerCount, self)
            .multiply(
                a, rowStride: 1, stepStride: aStride, rowCount: rowCount, into: c, stride: cStride,
                accumulate: accumulate)
    }
}
