import CKernels
import COpenBLAS

/// The kernels that products run with; see `MatrixKernels`.
public var matrixProductKernelName: String {
    _ = MatrixKernels.ready
    return String(cString: openblas_get_corename())
}

/// Bytes of the widest float vectors that this processor computes with: 64, 32 or 16.
public var processorVectorBytes: Int { Int(fa_vector_bytes()) }

/// `C = A Bᵀ`, or `C += A Bᵀ`.
///
/// - Parameters:
///   - a: `[rowCount, innerCount]` with `aStride` numbers from row to row
///   - b: `[columnCount, innerCount]` with `bStride` numbers from row to row
///   - c: `[rowCount, columnCount]` with `cStride` numbers from row to row
public func multiplyByTransposed(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, rowCount: Int, columnCount: Int, innerCount: Int,
    accumulate: Bool = false
) {
    guard rowCount > 0, columnCount > 0, innerCount > 0 else { return }
    if rowCount == 1 {
        // Each number of `b` is used once: packing them first, as sgemm does, would take longer than the products.
        for column in 0..<columnCount {
            let sum = dot(a, b + column * bStride, count: innerCount)
            c[column] = accumulate ? c[column] + sum : sum
        }
        return
    }
    _ = MatrixKernels.ready
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rowCount), Int32(columnCount), Int32(innerCount), 1, a,
        Int32(aStride), b, Int32(bStride), accumulate ? 1 : 0, c, Int32(cStride))
}

/// `C = A B`, or `C += A B`.
///
/// - Parameters:
///   - a: `[rowCount, innerCount]` with `aStride` numbers from row to row
///   - b: `[innerCount, columnCount]` with `bStride` numbers from row to row
///   - c: `[rowCount, columnCount]` with `cStride` numbers from row to row
public func multiply(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, rowCount: Int, columnCount: Int, innerCount: Int,
    accumulate: Bool = false
) {
    guard rowCount > 0, columnCount > 0, innerCount > 0 else { return }
    _ = MatrixKernels.ready
    cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rowCount), Int32(columnCount), Int32(innerCount), 1, a,
        Int32(aStride), b, Int32(bStride), accumulate ? 1 : 0, c, Int32(cStride))
}

/// `C = Aᵀ B`, or `C += Aᵀ B`.
///
/// - Parameters:
///   - a: `[innerCount, rowCount]` with `aStride` numbers from row to row
///   - b: `[innerCount, columnCount]` with `bStride` numbers from row to row
///   - c: `[rowCount, columnCount]` with `cStride` numbers from row to row
public func multiplyTransposed(
    _ a: UnsafePointer<Float>, stride aStride: Int, _ b: UnsafePointer<Float>, stride bStride: Int,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int, rowCount: Int, columnCount: Int, innerCount: Int,
    accumulate: Bool = false
) {
    guard rowCount > 0, columnCount > 0, innerCount > 0 else { return }
    _ = MatrixKernels.ready
    cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, Int32(rowCount), Int32(columnCount), Int32(innerCount), 1, a,
        Int32(aStride), b, Int32(bStride), accumulate ? 1 : 0, c, Int32(cStride))
}
