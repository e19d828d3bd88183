/// A row-major matrix of Float32 that owns its numbers.
///
///     var residual = Matrix(rowCount: positionCount, columnCount: modelWidth)
///     residual[0, 3] = 1
///
/// Invariant: `values.count == rowCount * columnCount`.
public struct Matrix: Sendable, Equatable {
    /// How many rows it has.
    public let rowCount: Int
    /// How many columns it has.
    public let columnCount: Int
    /// The numbers, row after row.
    public var values: [Float]

    /// Makes a matrix of zeros, or of `value`.
    public init(rowCount: Int, columnCount: Int, repeating value: Float = 0) {
        precondition(rowCount >= 0 && columnCount >= 0)
        self.rowCount = rowCount
        self.columnCount = columnCount
        values = [Float](repeating: value, count: rowCount * columnCount)
    }

    /// Takes `values`, row after row.
    public init(rowCount: Int, columnCount: Int, values: [Float]) {
        precondition(values.count == rowCount * columnCount, "\(values.count) values for \(rowCount) × \(columnCount)")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }

    /// The rows of all of `parts`, which have the same columns, one after the other.
    public init(stacking parts: [Matrix]) {
        precondition(!parts.isEmpty && parts.allSatisfy { $0.columnCount == parts[0].columnCount })
        self.init(
            rowCount: parts.reduce(0) { $0 + $1.rowCount }, columnCount: parts[0].columnCount,
            values: parts.flatMap(\.values))
    }

    /// The number in one place.
    public subscript(row: Int, column: Int) -> Float {
        get { values[row * columnCount + column] }
        set { values[row * columnCount + column] = newValue }
    }

    /// One row, copied.
    public func row(_ index: Int) -> ArraySlice<Float> {
        values[index * columnCount..<(index + 1) * columnCount]
    }

    /// Some rows, copied.
    public func rows(_ range: Range<Int>) -> Matrix {
        Matrix(
            rowCount: range.count, columnCount: columnCount,
            values: Array(values[range.lowerBound * columnCount..<range.upperBound * columnCount]))
    }

    /// Adds `other`, which has the same shape.
    public mutating func add(_ other: Matrix) {
        precondition(other.rowCount == rowCount && other.columnCount == columnCount)
        let count = values.count
        values.withUnsafeMutableBufferPointer { sum in
            other.values.withUnsafeBufferPointer { addend in
                guard let sum = sum.baseAddress, let addend = addend.baseAddress else { return }
                addScaled(1, addend, to: sum, count: count)
            }
        }
    }
}
