import Safetensors
import Tensors

/// A weight matrix that stays in its file, whichever way round it is stored there.
///
///     let encoder = WeightMatrix(stored).transposed      // stored [modelWidth, featureCount]
///     let pre = encoder.applied(to: input)               // [positionCount, featureCount]
///
/// Shapes are those of the matrix that is meant: `[rowCount, columnCount]`. One that is stored the other way round is
/// never copied whole: products stream it in tiles, and a row is gathered with one step a number.
public struct WeightMatrix: DescribedMatrix {
    /// How many rows it has.
    public let rowCount: Int
    /// How many columns it has.
    public let columnCount: Int
    private let numbers: Numbers
    private let isStoredTransposed: Bool

    /// Where the numbers lie, in the order they are stored in.
    private enum Numbers: Sendable {
        case aligned(StoredMatrix)
        case unaligned(UnalignedNumbers)
    }

    /// How its numbers are stored.
    public var elementType: ElementType {
        switch numbers {
        case .aligned(let stored): stored.elementType
        case .unaligned(let numbers): numbers.elementType
        }
    }

    /// Rows of a tile: the inner dimension of one product.
    private static let tileRowCount = 128
    /// Float32 numbers in a tile: 512 KiB, small enough for a second-level cache.
    private static let tileCount = 1 << 17
    /// Columns turned into rows at once: a cache line of Float32.
    private static let turnedColumnCount = 16

    private init(rowCount: Int, columnCount: Int, numbers: Numbers, isStoredTransposed: Bool) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.numbers = numbers
        self.isStoredTransposed = isStoredTransposed
    }

    /// The matrix as it is stored.
    public init(_ stored: StoredMatrix) {
        self.init(
            rowCount: stored.rowCount, columnCount: stored.columnCount, numbers: .aligned(stored),
            isStoredTransposed: false)
    }

    /// A matrix whose numbers start at any byte.
    init(_ numbers: UnalignedNumbers, rowCount: Int, columnCount: Int) {
        precondition(numbers.count == rowCount * columnCount)
        self.init(
            rowCount: rowCount, columnCount: columnCount, numbers: .unaligned(numbers), isStoredTransposed: false)
    }

    /// The transpose: the same numbers, read the other way round.
    public var transposed: WeightMatrix {
        WeightMatrix(
            rowCount: columnCount, columnCount: rowCount, numbers: numbers, isStoredTransposed: !isStoredTransposed)
    }

    /// Copies one row as Float32.
    ///
    /// - Parameter output: `[columnCount]`
    /// - Complexity: O(columns); one that is stored transposed touches as many places of the file
    public func copyRow(_ index: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(index >= 0 && index < rowCount)
        if isStoredTransposed {
            for column in 0..<columnCount { copy(column * rowCount + index, count: 1, into: output + column) }
        } else {
            copy(index * columnCount, count: columnCount, into: output)
        }
    }

    /// One row as Float32.
    public func row(_ index: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: columnCount) { buffer, count in
            if let output = buffer.baseAddress { copyRow(index, into: output) }
            count = columnCount
        }
    }

    /// Copies rows as Float32 into `output`, `[rows.count, columnCount]`; one that is stored transposed is turned in tiles.
    public func copyRows(_ rows: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount)
        guard isStoredTransposed else {
            return copy(rows.lowerBound * columnCount, count: rows.count * columnCount, into: output)
        }
        let height = rows.count
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, Self.turnedColumnCount * height)) { tile in
            guard let tile = tile.baseAddress else { return }
            for first in stride(from: 0, to: columnCount, by: Self.turnedColumnCount) {
                let width = min(Self.turnedColumnCount, columnCount - first)
                for column in 0..<width {
                    copy((first + column) * rowCount + rows.lowerBound, count: height, into: tile + column * height)
                }
                for row in 0..<height {
                    for column in 0..<width {
                        output[row * columnCount + first + column] = tile[column * height + row]
                    }
                }
            }
        }
    }

    /// Where its numbers lie, and how they are read from there.
    public var placement: NumberPlacement {
        let stored =
            switch numbers {
            case .aligned(let stored): stored.placement
            case .unaligned(let numbers): numbers.placement
            }
        return isStoredTransposed ? stored.reordered("transposed") : stored
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

    /// `x Wᵀ` for `x` of shape `[count, columnCount]` into `output`, `[count, rowCount]`, overwritten.
    public func apply(to x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        if isStoredTransposed {
            multiplyByStored(x, count: count, into: output)
        } else {
            multiplyByStoredTransposed(x, count: count, into: output)
        }
    }

    /// `x W` for `x` of shape `[count, rowCount]` into `output`, `[count, columnCount]`, overwritten: the adjoint of
    /// `apply(to:count:into:)`.
    public func transposeApply(to x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
        if isStoredTransposed {
            multiplyByStoredTransposed(x, count: count, into: output)
        } else {
            multiplyByStored(x, count: count, into: output)
        }
    }

    private var storedShape: (rows: Int, columns: Int) {
        isStoredTransposed ? (columnCount, rowCount) : (rowCount, columnCount)
    }

    /// Copies numbers that lie behind one another in the file.
    private func copy(_ first: Int, count: Int, into output: UnsafeMutablePointer<Float>) {
        switch numbers {
        case .aligned(let stored):
            let rows = stored.rowCount * stored.columnCount
            stored.reshaped(rowCount: rows, columnCount: 1).copyRows(first, count: count, into: output)
        case .unaligned(let numbers):
            numbers.copy(first, count: count, into: output)
        }
    }

    /// `x Sᵀ` for the matrix `S` that is stored, in blocks of its rows.
    private func multiplyByStoredTransposed(
        _ x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        let (rows, columns) = storedShape
        func product(_ first: Int, _ blockRows: Int, _ block: UnsafePointer<Float>) {
            multiplyByTransposed(
                x, stride: columns, block, stride: columns, into: output + first, stride: rows, rowCount: count,
                columnCount: blockRows, innerCount: columns)
        }
        if case .aligned(let stored) = numbers { return stored.forEachBlock(product) }
        guard rows > 0, columns > 0 else { return }
        let blockRows = min(rows, max(1, Self.tileCount / columns))
        withUnsafeTemporaryAllocation(of: Float.self, capacity: blockRows * columns) { block in
            guard let block = block.baseAddress else { return }
            for first in stride(from: 0, to: rows, by: blockRows) {
                let height = min(blockRows, rows - first)
                copy(first * columns, count: height * columns, into: block)
                product(first, height, block)
            }
        }
    }

    /// `x S` for the matrix `S` that is stored, in tiles of a few rows and many columns, each converted once.
    private func multiplyByStored(
        _ x: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>
    ) {
        if case .aligned(let stored) = numbers, stored.elementType == .float32 {
            return stored.transposeApply(to: x, count: count, into: output)
        }
        let (rows, columns) = storedShape
        guard rows > 0, columns > 0 else { return }
        let tileRows = min(rows, Self.tileRowCount)
        let tileColumns = min(columns, Self.tileCount / Self.tileRowCount)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: tileRows * tileColumns) { tile in
            guard let tile = tile.baseAddress else { return }
            for column in stride(from: 0, to: columns, by: tileColumns) {
                let width = min(tileColumns, columns - column)
                for row in stride(from: 0, to: rows, by: tileRows) {
                    let height = min(tileRows, rows - row)
                    for offset in 0..<height {
                        copy((row + offset) * columns + column, count: width, into: tile + offset * width)
                    }
                    multiply(
                        x + row, stride: rows, tile, stride: width, into: output + column, stride: columns,
                        rowCount: count, columnCount: width, innerCount: height, accumulate: row > 0)
                }
            }
        }
    }
}
