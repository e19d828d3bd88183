/// A row-major weight matrix that stays where and as it is stored, usually in a mapped file.
///
/// Products stream it in blocks of rows, converted to Float32 on the way where it is stored in half precision, so that
/// resident memory follows what is used and not the size of the file.
///
/// `@unchecked Sendable`: the memory behind `base` is never written and is kept alive by `owner`.
public struct StoredMatrix: @unchecked Sendable {
    /// How many rows it has.
    public let rowCount: Int
    /// How many columns it has.
    public let columnCount: Int
    /// How the numbers are stored.
    public let elementType: ElementType
    private let base: UnsafeRawPointer
    private let owner: AnyObject

    /// Describes `[rowCount, columnCount]` numbers at `base`, which `owner` keeps alive.
    ///
    /// - Parameter base: aligned to the size of a number
    public init(rowCount: Int, columnCount: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject) {
        precondition(Int(bitPattern: base) % elementType.byteCount == 0)
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.elementType = elementType
        self.base = base
        self.owner = owner
    }

    /// Keeps a copy of `matrix` in memory.
    public init(_ matrix: Matrix) {
        let copy = OwnedNumbers(matrix.values)
        self.init(
            rowCount: matrix.rowCount, columnCount: matrix.columnCount, elementType: .float32, base: copy.base,
            owner: copy)
    }

    /// The same numbers seen with another shape.
    public func reshaped(rowCount: Int, columnCount: Int) -> StoredMatrix {
        precondition(rowCount * columnCount == self.rowCount * self.columnCount)
        return StoredMatrix(
            rowCount: rowCount, columnCount: columnCount, elementType: elementType, base: base, owner: owner)
    }

    /// Copies the rows `first ..< first + count` into `output`, `[count, columnCount]`.
    public func copyRows(_ first: Int, count: Int = 1, into output: UnsafeMutablePointer<Float>) {
        precondition(first >= 0 && count >= 0 && first + count <= rowCount)
        elementType.convert(address(ofRow: first), into: output, count: count * columnCount)
    }

    /// One row as Float32.
    public func row(_ index: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: columnCount) { buffer, count in
            if let output = buffer.baseAddress { copyRows(index, into: output) }
            count = columnCount
        }
    }

    /// All rows as Float32.
    public func matrix() -> Matrix {
        var result = Matrix(rowCount: rowCount, columnCount: columnCount)
        result.values.withUnsafeMutableBufferPointer { buffer in
            if let output = buffer.baseAddress { copyRows(0, count: rowCount, into: output) }
        }
        return result
    }

    /// Calls `body` with blocks of rows as Float32, in order: the first row, how many, and the numbers.
    ///
    /// - Parameter rows: which rows; all of them unless given
    public func forEachBlock(
        rows: Range<Int>? = nil, _ body: (_ first: Int, _ count: Int, _ numbers: UnsafePointer<Float>) -> Void
    ) {
        let rows = rows ?? 0..<rowCount
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
        guard !rows.isEmpty, columnCount > 0 else { return }
        if elementType == .float32 {
            body(rows.lowerBound, rows.count, address(ofRow: rows.lowerBound).assumingMemoryBound(to: Float.self))
            return
        }
        let blockRows = max(1, Self.blockByteCount / (4 * columnCount))
        withUnsafeTemporaryAllocation(of: Float.self, capacity: min(blockRows, rows.count) * columnCount) { scratch in
            guard let numbers = scratch.baseAddress else { return }
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
                let count = min(blockRows, rows.upperBound - first)
                copyRows(first, count: count, into: numbers)
                body(first, count, numbers)
            }
        }
    }

    /// `x Wᵀ` for `x` of shape `[n, columnCount]`, giving `[n, rowCount]`.
    public func applied(to x: Matrix) -> Matrix {
        precondition(x.columnCount == columnCount)
        var result = Matrix(rowCount: x.rowCount, columnCount: rowCount)
        result.values.withUnsafeMutableBufferPointer { output in
            x.values.withUnsafeBufferPointer { input in
                guard let output = output.baseAddress, let input = input.baseAddress else { return }
                forEachBlock { first, count, numbers in
                    multiplyByTransposed(
                        input, stride: columnCount, numbers, stride: columnCount, into: output + first,
                        stride: rowCount, rowCount: x.rowCount, columnCount: count, innerCount: columnCount)
                }
            }
        }
        return result
    }

    /// `x W` for `x` of shape `[n, rowCount]`, giving `[n, columnCount]`: the adjoint of `applied(to:)`.
    public func transposeApplied(to x: Matrix) -> Matrix {
        precondition(x.columnCount == rowCount)
        var result = Matrix(rowCount: x.rowCount, columnCount: columnCount)
        result.values.withUnsafeMutableBufferPointer { output in
            x.values.withUnsafeBufferPointer { input in
                guard let output = output.baseAddress, let input = input.baseAddress else { return }
                transposeApply(to: input, count: x.rowCount, into: output)
            }
        }
        return result
    }

    /// `x W` without allocation.
    ///
    /// - Parameters:
    ///   - x: `[count, rowCount]`
    ///   - output: `[count, columnCount]`, overwritten
    public func transposeApply(to x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        forEachBlock { first, blockRows, numbers in
            multiply(
                x + first, stride: rowCount, numbers, stride: columnCount, into: output, stride: columnCount,
                rowCount: count, columnCount: columnCount, innerCount: blockRows, accumulate: first > 0)
        }
    }

    /// Float32 bytes a converted block may take: small enough for a second-level cache.
    private static let blockByteCount = 1 << 19

    private func address(ofRow row: Int) -> UnsafeRawPointer {
        base + row * columnCount * elementType.byteCount
    }
}

/// Numbers in memory that are freed with their last user.
private final class OwnedNumbers {
    let base: UnsafeRawPointer

    init(_ values: [Float]) {
        let copy = UnsafeMutablePointer<Float>.allocate(capacity: max(1, values.count))
        values.withUnsafeBufferPointer { source in
            if let source = source.baseAddress { copy.update(from: source, count: values.count) }
        }
        base = UnsafeRawPointer(copy)
    }

    deinit { base.deallocate() }
}
