import Foundation
import Synchronization
import Tensors
import Testing

private func matrix(_ rows: Int, _ columns: Int, seed: Int) -> Matrix {
    Matrix(
        rowCount: rows, columnCount: columns,
        values: (0..<rows * columns).map { Float(($0 * 7919 + seed * 104_729) % 1009) / 504.5 - 1 })
}

private func plainProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(rowCount: a.rowCount, columnCount: b.columnCount)
    for row in 0..<a.rowCount {
        for column in 0..<b.columnCount {
            result[row, column] = (0..<a.columnCount).reduce(0) { $0 + a[row, $1] * b[$1, column] }
        }
    }
    return result
}

private func transposed(_ a: Matrix) -> Matrix {
    var result = Matrix(rowCount: a.columnCount, columnCount: a.rowCount)
    for row in 0..<a.rowCount { for column in 0..<a.columnCount { result[column, row] = a[row, column] } }
    return result
}

private func distance(_ a: Matrix, _ b: Matrix) -> Float {
    zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

/// A weight matrix in half precision, and the numbers it stands for.
private func stored(_ matrix: Matrix, as type: ElementType) -> (StoredMatrix, Matrix) {
    let bits = matrix.values.map { value in
        type == .float16 ? Float16(value).bitPattern : UInt16(value.bitPattern >> 16)
    }
    let exact = bits.map { type == .float16 ? Float(Float16(bitPattern: $0)) : Float(bitPattern: UInt32($0) << 16) }
    let owner = Bits(bits)
    return (
        StoredMatrix(
            rowCount: matrix.rowCount, columnCount: matrix.columnCount, elementType: type, base: owner.base,
            owner: owner), Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount, values: exact)
    )
}

private final class Bits {
    let base: UnsafeRawPointer
    init(_ values: [UInt16]) {
        let copy = UnsafeMutablePointer<UInt16>.allocate(capacity: values.count)
        copy.initialize(from: values, count: values.count)
        base = UnsafeRawPointer(copy)
    }
    deinit { base.deallocate() }
}

@Suite struct matrices {
    @Test(arguments: [ElementType.float16, .bfloat16])
    func `columns and interleaved rows seen in place are those of the whole, in half precision`(type: ElementType) {
        let (whole, exact) = stored(matrix(12, 10, seed: 8), as: type)
        expectViews(of: whole, exact)
    }

    @Test func `columns and interleaved rows seen in place are those of the whole`() {
        let exact = matrix(12, 10, seed: 8)
        expectViews(of: StoredMatrix(exact), exact)
    }

    private func expectViews(of whole: StoredMatrix, _ exact: Matrix) {
        var columns = Matrix(rowCount: 12, columnCount: 4)
        for row in 0..<12 { for column in 0..<4 { columns[row, column] = exact[row, column + 3] } }
        var rows = Matrix(rowCount: 6, columnCount: 10)
        // The second and third of every four.
        for (row, from) in [1, 2, 5, 6, 9, 10].enumerated() {
            for column in 0..<10 { rows[row, column] = exact[from, column] }
        }
        for (view, plain) in [(whole.columns(3..<7), columns), (whole.rows(1..<3, ofEvery: 4), rows)] {
            #expect(view.matrix() == plain)
            #expect(view.row(4) == Array(plain.row(4)))
            var gathered = [Float](repeating: 7, count: 3 * plain.rowCount)
            view.copyColumns([(column: 1, row: 2), (column: 3, row: 0)], into: &gathered)
            for row in 0..<plain.rowCount {
                #expect(gathered[row] == plain[row, 3] && gathered[2 * plain.rowCount + row] == plain[row, 1])
                #expect(gathered[plain.rowCount + row] == 7)
            }
            let (x, y) = (matrix(5, plain.columnCount, seed: 9), matrix(5, plain.rowCount, seed: 10))
            #expect(distance(view.applied(to: x), plainProduct(x, transposed(plain))) < 1e-4)
            #expect(distance(view.transposeApplied(to: y), plainProduct(y, plain)) < 1e-4)
        }
    }

    @Test func `a row longer than a block of converted numbers is read whole`() {
        let (whole, exact) = stored(matrix(3, 200_000, seed: 11), as: .float16)
        var rows: [Int] = []
        whole.forEachBlock { first, count, numbers in
            for row in 0..<count {
                rows.append(first + row)
                let found = UnsafeBufferPointer(start: numbers + row * 200_000, count: 200_000)
                #expect(found.elementsEqual(exact.row(first + row)))
            }
        }
        #expect(rows == [0, 1, 2])
    }

    @Test func `products equal the sums they stand for`() {
        let a = matrix(7, 33, seed: 1)
        let b = matrix(33, 12, seed: 2)
        let expected = plainProduct(a, b)
        #expect(distance(StoredMatrix(b).transposeApplied(to: a), expected) < 1e-4)
        #expect(distance(StoredMatrix(transposed(b)).applied(to: a), expected) < 1e-4)
    }

    @Test(arguments: [ElementType.float16, .bfloat16])
    func `half-precision weights give the products of the numbers they stand for`(type: ElementType) {
        // More rows than fit in one converted block.
        let (weights, exact) = stored(matrix(700, 300, seed: 3), as: type)
        let x = matrix(3, 300, seed: 4)
        let y = matrix(3, 700, seed: 5)
        #expect(weights.matrix() == exact)
        #expect(distance(weights.applied(to: x), plainProduct(x, transposed(exact))) < 1e-3)
        #expect(distance(weights.transposeApplied(to: y), plainProduct(y, exact)) < 2e-3)
    }

    @Test(arguments: [ElementType.float16, .bfloat16, .float32])
    func `the first number that is not finite is told by its row and column, in whichever block`(type: ElementType) {
        var numbers = matrix(700, 300, seed: 6)
        func told() -> [Int]? {
            let weights = type == .float32 ? StoredMatrix(numbers) : stored(numbers, as: type).0
            return weights.firstNonFinite.map { [$0.row, $0.column] }
        }
        #expect(told() == nil)
        numbers[690, 1] = .infinity
        #expect(told() == [690, 1])
        numbers[650, 299] = -.infinity
        #expect(told() == [650, 299])
        numbers[2, 7] = .infinity
        #expect(told() == [2, 7])
    }

    @Test func `every half-precision bit pattern converts exactly`() {
        let all = (0...UInt16.max).map { $0 }
        let owner = Bits(all)
        for type in [ElementType.float16, .bfloat16] {
            var found = [Float](repeating: 0, count: all.count)
            type.convert(owner.base, into: &found, count: all.count)
            for (bits, value) in zip(all, found) {
                let expected =
                    type == .float16 ? Float(Float16(bitPattern: bits)) : Float(bitPattern: UInt32(bits) << 16)
                #expect(value.bitPattern == expected.bitPattern || (value.isNaN && expected.isNaN))
            }
        }
    }

    @Test func `parallel work visits every index once`() {
        let visits = Mutex([Int](repeating: 0, count: 1000))
        inParallel(count: 1000, jobs: 4) { index in visits.withLock { $0[index] += 1 } }
        #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test func `products run with kernels that suit the processor, though OpenBLAS may be older than it`() {
        let isForced = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil
        #expect(isForced || processorVectorBytes == 16 || matrixProductKernelName != "Prescott")
    }
}
