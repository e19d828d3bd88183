import CKernels

/// The right factor of matrix products whose numbers are taken as one or two bfloat16 numbers each, laid out for the
/// processor once and for all products with it.
///
///     x = x₀ + x₁ + …        x₀ the bfloat16 nearest to x, x₁ the one nearest to x − x₀
///     bf16      A B ≈ A₀ B₀
///     bf16x3    A B ≈ A₀ B₀ + A₀ B₁ + A₁ B₀
///
/// Sums are taken in Float32. A number below 1e-38, where bfloat16 grows coarse, counts as zero where the processor does it.
///
/// - SeeAlso: Henry, Tang and Heinecke 2019, "Leveraging the bfloat16 Artificial Intelligence Datatype For Higher-Precision
///   Computations".
///
/// `@unchecked Sendable`: what `parts` point at is written while it is made and never after.
public final class RoundedFactor: @unchecked Sendable {
    /// Its columns: the product's.
    public let columnCount: Int
    /// Its rows: the summed dimension.
    public let innerCount: Int

    private let unit: BFloat16Unit
    private let parts: [UnsafeMutableRawPointer]

    /// Rows of the left factor that are laid out at once: as many as a second-level cache holds.
    private static let rowsAtOnce = 256
    /// Parts of both factors that are multiplied, the smallest products first.
    private static let terms: [[(left: Int, right: Int)]] = [[], [(0, 0)], [(1, 0), (0, 1), (0, 0)]]

    /// Rounds and lays out `b[c * columnStride + k * stepStride]`.
    ///
    /// - Precondition: `precision` rounds
    public convenience init(
        _ b: UnsafePointer<Float>, columnStride: Int, stepStride: Int, columnCount: Int, innerCount: Int,
        _ precision: ProductPrecision
    ) {
        self.init(
            b, columnStride: columnStride, stepStride: stepStride, columnCount: columnCount, innerCount: innerCount,
            precision, unit: .best)
    }

    package init(
        _ b: UnsafePointer<Float>, columnStride: Int, stepStride: Int, columnCount: Int, innerCount: Int,
        _ precision: ProductPrecision, unit: BFloat16Unit
    ) {
        precondition(precision.partCount > 0)
        self.columnCount = columnCount
        self.innerCount = innerCount
        self.unit = unit
        parts = (0..<precision.partCount).map { part in
            guard unit == .none else {
                let packed = Self.packedMemory(fa_packed_columns_count(columnCount, innerCount))
                fa_pack_columns(b, columnStride, stepStride, columnCount, innerCount, part, packed)
                return UnsafeMutableRawPointer(packed)
            }
            let rounded = UnsafeMutablePointer<Float>.allocate(capacity: max(1, columnCount * innerCount))
            Self.round(
                b, rowStride: stepStride, columnStride: columnStride, rowCount: innerCount, columnCount: columnCount,
                part: part, into: rounded)
            return UnsafeMutableRawPointer(rounded)
        }
    }

    deinit { for part in parts { part.deallocate() } }

    /// Bytes that one of so many numbers takes at most, but for the rims of tiles.
    public static func byteCount(columnCount: Int, innerCount: Int, _ precision: ProductPrecision) -> Int {
        precision.partCount * MemoryLayout<UInt16>.stride * fa_packed_columns_count(columnCount, innerCount)
    }

    /// `C = A B`, or `C += A B`, of `a[r * rowStride + k * stepStride]`.
    ///
    /// - Parameter c: `[rowCount, columnCount]` with `stride` numbers from row to row
    public func multiply(
        _ a: UnsafePointer<Float>, rowStride: Int, stepStride: Int, rowCount: Int,
        into c: UnsafeMutablePointer<Float>, stride: Int, accumulate: Bool = false
    ) {
        guard rowCount > 0, columnCount > 0 else { return }
        guard innerCount > 0 else {
            if !accumulate { Self.clear(c, stride: stride, rowCount: rowCount, columnCount: columnCount) }
            return
        }
        for first in Swift.stride(from: 0, to: rowCount, by: Self.rowsAtOnce) {
            let count = min(Self.rowsAtOnce, rowCount - first)
            let (a, c) = (a + first * rowStride, c + first * stride)
            if unit == .none {
                if !accumulate { Self.clear(c, stride: stride, rowCount: count, columnCount: columnCount) }
                multiplyRounded(a, rowStride: rowStride, stepStride: stepStride, rowCount: count, into: c, stride)
            } else {
                multiplyPacked(
                    a, rowStride: rowStride, stepStride: stepStride, rowCount: count, into: c, stride, accumulate)
            }
        }
    }

    private static func clear(
        _ c: UnsafeMutablePointer<Float>, stride: Int, rowCount: Int, columnCount: Int
    ) {
        for row in 0..<rowCount { (c + row * stride).update(repeating: 0, count: columnCount) }
    }

    private func multiplyPacked(
        _ a: UnsafePointer<Float>, rowStride: Int, stepStride: Int, rowCount: Int,
        into c: UnsafeMutablePointer<Float>, _ stride: Int, _ accumulates: Bool
    ) {
        let size = fa_packed_rows_count(rowCount, innerCount)
        withUnsafeTemporaryAllocation(
            byteCount: parts.count * size * MemoryLayout<UInt16>.stride, alignment: Self.alignment
        ) { memory in
            guard let left = memory.baseAddress?.bindMemory(to: UInt16.self, capacity: parts.count * size) else {
                return
            }
            let rest = parts.count > 1 ? left + size : nil
            fa_pack_rows(a, rowStride, stepStride, rowCount, innerCount, left, rest)
            let right = parts.map { $0.assumingMemoryBound(to: UInt16.self) }
            fa_bfloat16_product(
                unit.number, left, rest, right[0], rest == nil ? nil : right[1], rowCount, columnCount, innerCount, c,
                stride, accumulates ? 1 : 0)
        }
    }

    private func multiplyRounded(
        _ a: UnsafePointer<Float>, rowStride: Int, stepStride: Int, rowCount: Int,
        into c: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        let size = rowCount * innerCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: parts.count * size) { memory in
            guard let left = memory.baseAddress else { return }
            for part in parts.indices {
                Self.round(
                    a, rowStride: rowStride, columnStride: stepStride, rowCount: rowCount, columnCount: innerCount,
                    part: part, into: left + part * size)
            }
            for term in Self.terms[parts.count] {
                Tensors.multiply(
                    left + term.left * size, stride: innerCount, parts[term.right].assumingMemoryBound(to: Float.self),
                    stride: columnCount, into: c, stride: stride, rowCount: rowCount, columnCount: columnCount,
                    innerCount: innerCount, accumulate: true)
            }
        }
    }

    /// Rounds `x[r * rowStride + c * columnStride]` into rows that lie behind one another.
    private static func round(
        _ x: UnsafePointer<Float>, rowStride: Int, columnStride: Int, rowCount: Int, columnCount: Int, part: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rowCount {
            let (from, to) = (x + row * rowStride, output + row * columnCount)
            guard columnStride != 1 else {
                fa_round_to_bfloat16(from, part, to, columnCount)
                continue
            }
            for column in 0..<columnCount { fa_round_to_bfloat16(from + column * columnStride, part, to + column, 1) }
        }
    }

    /// A line of the cache, and a row of a tile.
    private static let alignment = 64

    private static func packedMemory(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<UInt16>.stride, alignment: alignment
        ).bindMemory(to: UInt16.self, capacity: max(1, count))
    }
}
