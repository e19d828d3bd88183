import Circuits
import Tensors
import Testing

@testable import Transcoders

/// How a test stores a matrix.
enum Storage: CaseIterable {
    case aligned, unaligned, alignedHalf, unalignedHalf

    /// `matrix` stored so; its numbers must be exact in half precision.
    func weights(_ matrix: Matrix) -> WeightMatrix {
        let isHalf = self == .alignedHalf || self == .unalignedHalf
        let bytes: [UInt8] = matrix.values.flatMap { value in
            let all = withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
            return isHalf ? Array(all[2...]) : all
        }
        let owner = Bytes(bytes, offset: self == .aligned || self == .alignedHalf ? 0 : 1)
        let type: ElementType = isHalf ? .bfloat16 : .float32
        switch self {
        case .aligned, .alignedHalf:
            return WeightMatrix(
                StoredMatrix(
                    rowCount: matrix.rowCount, columnCount: matrix.columnCount, elementType: type, base: owner.start,
                    owner: owner))
        case .unaligned, .unalignedHalf:
            return WeightMatrix(
                UnalignedNumbers(count: matrix.values.count, elementType: type, base: owner.start, owner: owner),
                rowCount: matrix.rowCount, columnCount: matrix.columnCount)
        }
    }

    private final class Bytes {
        let all: UnsafeMutableRawBufferPointer
        let start: UnsafeRawPointer

        init(_ bytes: [UInt8], offset: Int) {
            all = .allocate(byteCount: bytes.count + offset + 1, alignment: 64)
            all[offset...].copyBytes(from: bytes)
            start = UnsafeRawPointer(all.baseAddress! + offset)
        }

        deinit { all.deallocate() }
    }
}

@Suite struct `weight matrices` {
    /// Sums of at most 1,100 products below 1 in Float32, in another order.
    private static let tolerance: Float = 1e-4
    /// Smaller than a tile, and larger both ways.
    private static let shapes = [(3, 5), (1, 1), (130, 1030), (1030, 130)]

    private func randomMatrix(_ rows: Int, _ columns: Int, using random: inout SeededNumbers) -> Matrix {
        var matrix = random.matrix(rows, columns)
        for index in matrix.values.indices {
            matrix.values[index] = Float(bitPattern: matrix.values[index].bitPattern & 0xFFFF_0000)
        }
        return matrix
    }

    private func plainTransposedProduct(_ x: Matrix, _ w: Matrix) -> Matrix {
        var result = Matrix(rowCount: x.rowCount, columnCount: w.rowCount)
        for row in 0..<x.rowCount {
            for column in 0..<w.rowCount {
                result[row, column] = zip(x.row(row), w.row(column)).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
        return result
    }

    private func transpose(_ matrix: Matrix) -> Matrix {
        var result = Matrix(rowCount: matrix.columnCount, columnCount: matrix.rowCount)
        for row in 0..<matrix.rowCount {
            for column in 0..<matrix.columnCount { result[column, row] = matrix[row, column] }
        }
        return result
    }

    private func expectEqual(_ found: [Float], _ expected: [Float]) {
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(found.count == expected.count && difference < Self.tolerance, "differs by \(difference)")
    }

    @Test(arguments: Storage.allCases)
    func `a product is the plain one, whichever way round the matrix is stored`(storage: Storage) {
        var random = SeededNumbers(seed: 1)
        for (rows, columns) in Self.shapes {
            let matrix = randomMatrix(rows, columns, using: &random)
            let x = random.matrix(2, columns)
            let expected = plainTransposedProduct(x, matrix).values
            expectEqual(storage.weights(matrix).applied(to: x).values, expected)
            expectEqual(storage.weights(transpose(matrix)).transposed.applied(to: x).values, expected)
        }
    }

    @Test(arguments: Storage.allCases)
    func `the adjoint's product is the plain one, whichever way round the matrix is stored`(storage: Storage) {
        var random = SeededNumbers(seed: 2)
        for (rows, columns) in Self.shapes {
            let matrix = randomMatrix(rows, columns, using: &random)
            let x = random.matrix(2, rows)
            let expected = plainTransposedProduct(x, transpose(matrix)).values
            for weights in [storage.weights(matrix), storage.weights(transpose(matrix)).transposed] {
                var found = [Float](repeating: .nan, count: 2 * columns)
                weights.transposeApply(to: x.values, count: 2, into: &found)
                expectEqual(found, expected)
            }
        }
    }

    @Test(arguments: Storage.allCases)
    func `a row is the same, whichever way round the matrix is stored`(storage: Storage) {
        var random = SeededNumbers(seed: 3)
        let matrix = randomMatrix(40, 2100, using: &random)
        for index in [0, 17, 39] {
            #expect(storage.weights(matrix).row(index) == Array(matrix.row(index)))
            #expect(storage.weights(transpose(matrix)).transposed.row(index) == Array(matrix.row(index)))
        }
    }

    @Test(arguments: Storage.allCases)
    func `rows copied together are the rows one by one, and nothing behind them is written`(storage: Storage) {
        var random = SeededNumbers(seed: 4)
        for columns in [1, 15, 16, 17, 37] {
            let matrix = randomMatrix(9, columns, using: &random)
            for weights in [storage.weights(matrix), storage.weights(transpose(matrix)).transposed] {
                var found = [Float](repeating: -7, count: 5 * columns + 16)
                weights.copyRows(3..<8, into: &found)
                #expect(found == (3..<8).flatMap { matrix.row($0) } + [Float](repeating: -7, count: 16))
            }
        }
    }

    @Test func `slots before a feature's own layer are never read`() {
        let values: [Float] = (0..<24).map { (index: Int) -> Float in index / 2 % 3 == 0 ? .nan : Float(index) }
        let stored = WeightMatrix(StoredMatrix(Matrix(rowCount: 12, columnCount: 2, values: values)))
        let rows = DecoderRows(stored, slotCount: 2, storedSlotCount: 3)
        #expect((0..<8).map { rows.row($0)[0] } == [2, 4, 8, 10, 14, 16, 20, 22])
    }
}
