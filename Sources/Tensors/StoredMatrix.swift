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
    private let layout: RowLayout

    /// Where rows lie: in groups of neighbours, counted in numbers.
    private struct RowLayout {
        /// Rows in a group.
        var groupSize: Int
        /// From a row to the next in its group.
        var rowStride: Int
        /// From a group to the next.
        var groupStride: Int
    }

    /// Describes `[rowCount, columnCount]` numbers at `base`, which `owner` keeps alive.
    ///
    /// - Parameter base: aligned to the size of a number
    public init(rowCount: Int, columnCount: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject) {
        self.init(
            rowCount: rowCount, columnCount: columnCount, elementType: elementType, base: base, owner: owner,
            layout: RowLayout(groupSize: max(1, rowCount), rowStride: columnCount, groupStride: 0))
    }

    private init(
        rowCount: Int, columnCount: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject,
        layout: RowLayout
    ) {
        precondition(Int(bitPattern: base) % elementType.byteCount == 0)
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.elementType = elementType
        self.base = base
        self.owner = owner
        self.layout = layout
    }

    /// Keeps a copy of `matrix` in memory.
    public init(_ matrix: Matrix) {
        let copy = OwnedNumbers(matrix.values)
        self.init(
            rowCount: matrix.rowCount, columnCount: matrix.columnCount, elementType: .float32, base: copy.base,
            owner: copy)
    }

    /// Where its numbers lie, and how they are read from there.
    public var placement: NumberPlacement {
        let steps = "\(layout.groupSize) \(layout.rowStride) \(layout.groupStride)"
        return NumberPlacement(
            start: base, order: "\(elementType.rawValue) [\(rowCount), \(columnCount)] \(steps)",
            isPlain: elementType == .float32 && isContiguous)
    }

    /// The same numbers seen with another shape.
    public func reshaped(rowCount: Int, columnCount: Int) -> StoredMatrix {
        precondition(rowCount * columnCount == self.rowCount * self.columnCount && isContiguous)
        return StoredMatrix(
            rowCount: rowCount, columnCount: columnCount, elementType: elementType, base: base, owner: owner)
    }

    /// The columns `range` of every row, where they are.
    public func columns(_ range: Range<Int>) -> StoredMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columnCount)
        return StoredMatrix(
            rowCount: rowCount, columnCount: range.count, elementType: elementType,
            base: base + range.lowerBound * elementType.byteCount, owner: owner, layout: layout)
    }

    /// The rows `range` of every `period` rows, where they are: what lies interleaved, taken apart.
    public func rows(_ range: Range<Int>, ofEvery period: Int) -> StoredMatrix {
        precondition(isContiguous && range.lowerBound >= 0 && range.upperBound <= period && rowCount % period == 0)
        return StoredMatrix(
            rowCount: rowCount / period * range.count, columnCount: columnCount, elementType: elementType,
            base: address(ofRow: range.lowerBound), owner: owner,
            layout: RowLayout(
                groupSize: range.count, rowStride: columnCount, groupStride: period * columnCount))
    }

    /// Copies the rows `first ..< first + count` into `output`, `[count, columnCount]`.
    public func copyRows(_ first: Int, count: Int = 1, into output: UnsafeMutablePointer<Float>) {
        precondition(first >= 0 && count >= 0 && first + count <= rowCount)
        if isContiguous {
            elementType.convert(address(ofRow: first), into: output, count: count * columnCount)
            return
        }
        for row in 0..<count {
            elementType.convert(address(ofRow: first + row), into: output + row * columnCount, count: columnCount)
        }
    }

    /// One row as Float32.
    public func row(_ index: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: columnCount) { buffer, count in
            if let output = buffer.baseAddress { copyRows(index, into: output) }
            count = columnCount
        }
    }

    /// Copies some columns as Float32, each into a row of `output`.
    ///
    /// - Parameters:
    ///   - columns: which columns, and which row of `output` each goes to
    ///   - output: rows of `rowCount` numbers
    /// - Complexity: O(columns × rowCount), reading every row once
    public func copyColumns(_ columns: [(column: Int, row: Int)], into output: UnsafeMutablePointer<Float>) {
        precondition(columns.allSatisfy { (0..<columnCount).contains($0.column) })
        for row in 0..<rowCount {
            let start = address(ofRow: row)
            for place in columns {
                elementType.convert(
                    start + place.column * elementType.byteCount, into: output + place.row * rowCount + row, count: 1)
            }
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
        if elementType == .float32, isContiguous {
            body(rows.lowerBound, rows.count, address(ofRow: rows.lowerBound).assumingMemoryBound(to: Float.self))
            return
        }
        let blockRows = Self.blockRows(columnCount: columnCount)
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
                apply(to: input, count: x.rowCount, into: output)
            }
        }
        return result
    }

    /// `x Wᵀ` without allocation, by as many threads as ``ProductThreads`` says.
    ///
    /// - Parameters:
    ///   - x: `[count, columnCount]`
    ///   - output: `[count, rowCount]`, overwritten
    public func apply(to x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        guard columnCount > 0 else { return }
        nonisolated(unsafe) let (x, output) = (x, output)
        let blockRows = Self.blockRows(columnCount: columnCount)
        let blockCount = (rowCount + blockRows - 1) / blockRows
        inParallel(count: blockCount, jobs: ProductThreads.count) { block in
            let rows = block * blockRows..<min(rowCount, (block + 1) * blockRows)
            forEachBlock(rows: rows) { first, blockRows, numbers in
                multiplyByTransposed(
                    x, stride: columnCount, numbers, stride: columnCount, into: output + first, stride: rowCount,
                    rowCount: count, columnCount: blockRows, innerCount: columnCount)
            }
        }
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

    /// Rows of a block.
    private static func blockRows(columnCount: Int) -> Int { max(1, blockByteCount / (4 * columnCount)) }

    /// Float32 bytes a converted block may take: small enough for a second-level cache.
    private static let blockByteCount = 1 << 19

    /// Whether all numbers lie side by side.
    private var isContiguous: Bool { layout.groupSize >= rowCount && layout.rowStride == columnCount }

    private func address(ofRow row: Int) -> UnsafeRawPointer {
        let (group, place) = row.quotientAndRemainder(dividingBy: layout.groupSize)
        return base + (group * layout.groupStride + place * layout.rowStride) * elementType.byteCount
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
