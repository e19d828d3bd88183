import Circuits
import Tensors
import Testing

/// Random numbers of both signs and many sizes.
private func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededNumbers(seed: seed)
    return (0..<count).map { _ in
        Float.random(in: -1...1, using: &generator) * Float.random(in: 0...1, using: &generator)
    }
}

/// The nearest bfloat16, of two as near the one that ends in 0.
private func nearest(_ x: Float) -> Float {
    let (low, isUp) = (x.bitPattern & 0xffff_0000, x.bitPattern & 0xffff)
    let high = low &+ 0x1_0000
    let isOdd = low & 0x1_0000 != 0
    return Float(bitPattern: isUp > 0x8000 || isUp == 0x8000 && isOdd ? high : low)
}

/// What a number is taken as in a precision.
private func parts(_ x: Float, _ precision: ProductPrecision) -> [Double] {
    let high = nearest(x)
    return precision == .bfloat16 ? [Double(high)] : [Double(high), Double(nearest(x - high))]
}

@Suite struct roundedFactors {
    struct Shape: Sendable, CustomTestStringConvertible {
        let rows: Int
        let columns: Int
        let inner: Int
        var testDescription: String { "\(rows) × \(inner) by \(columns)" }
    }

    static let shapes = [
        Shape(rows: 1, columns: 1, inner: 1), Shape(rows: 16, columns: 16, inner: 32),
        Shape(rows: 32, columns: 48, inner: 64), Shape(rows: 37, columns: 45, inner: 70),
        Shape(rows: 300, columns: 40, inner: 65), Shape(rows: 5, columns: 100, inner: 1400),
        Shape(rows: 17, columns: 33, inner: 31),
    ]

    @Test(arguments: shapes, BFloat16Unit.available)
    func `every unit multiplies rounded numbers, from rows or columns, onto what is there`(
        shape: Shape, unit: BFloat16Unit
    ) {
        let (rows, columns, inner) = (shape.rows, shape.columns, shape.inner)
        let (a, b) = (numbers(rows * inner, seed: 1), numbers(inner * columns, seed: 2))
        for precision in [ProductPrecision.bfloat16, .bfloat16x3] {
            for isLeftTurned in [false, true] {
                for isRightTurned in [false, true] {
                    let (leftRow, leftStep) = isLeftTurned ? (1, rows) : (inner, 1)
                    let (rightColumn, rightStep) = isRightTurned ? (inner, 1) : (1, columns)
                    let factor = RoundedFactor(
                        b, columnStride: rightColumn, stepStride: rightStep, columnCount: columns, innerCount: inner,
                        precision, unit: unit)
                    let stride = columns + 3
                    for accumulates in [false, true] {
                        var c = [Float](repeating: 0.5, count: rows * stride)
                        factor.multiply(
                            a, rowStride: leftRow, stepStride: leftStep, rowCount: rows, into: &c, stride: stride,
                            accumulate: accumulates)
                        var worst = 0.0
                        for row in 0..<rows {
                            for column in 0..<columns {
                                var (sum, size) = (accumulates ? 0.5 : 0, 1.0)
                                for step in 0..<inner {
                                    let x = parts(a[row * leftRow + step * leftStep], precision)
                                    let y = parts(b[column * rightColumn + step * rightStep], precision)
                                    var term = x[0] * y[0]
                                    if precision == .bfloat16x3 { term += x[0] * y[1] + x[1] * y[0] }
                                    sum += term
                                    size += abs(term)
                                }
                                worst = max(worst, abs(Double(c[row * stride + column]) - sum) / size)
                            }
                            #expect(c[row * stride + columns..<(row + 1) * stride].allSatisfy { $0 == 0.5 })
                        }
                        #expect(worst < 1e-6, "\(precision) \(isLeftTurned) \(isRightTurned) \(accumulates)")
                    }
                }
            }
        }
    }

    @Test(arguments: BFloat16Unit.available)
    func `large numbers stay finite, and what is not finite stays so`(unit: BFloat16Unit) {
        for precision in [ProductPrecision.bfloat16, .bfloat16x3] {
            for (number, isFinite) in [
                (Float(1e37), true), (-3e38, true), (.infinity, false), (.nan, false),
                (Float(bitPattern: 0x7fff_ffff), false), (Float(bitPattern: 0xffff_ffff), false),
            ] {
                let ones = [Float](repeating: 0.5, count: 40)
                var right = ones
                right[33] = number
                let factor = RoundedFactor(
                    right, columnStride: 40, stepStride: 1, columnCount: 1, innerCount: 40, precision, unit: unit)
                var c: Float = 0
                factor.multiply(ones, rowStride: 40, stepStride: 1, rowCount: 1, into: &c, stride: 1)
                #expect(c.isFinite == isFinite, "\(number)")
                if isFinite { #expect(abs(c / (number * 0.5) - 1) < 0.01) }
            }
        }
    }

    @Test func `products in a precision are those of the plain functions, as near as it is exact`() {
        let (rows, columns, inner) = (20, 30, 50)
        let (a, b) = (numbers(rows * inner, seed: 3), numbers(inner * columns, seed: 4))
        for (precision, tolerance) in [(ProductPrecision.float32, Float(0)), (.bfloat16, 0.05), (.bfloat16x3, 1e-3)] {
            var (found, expected) = ([Float](repeating: 1, count: 600), [Float](repeating: 1, count: 600))
            precision.multiplyByTransposed(
                a, stride: inner, b, stride: inner, into: &found, stride: columns, rowCount: rows,
                columnCount: columns, innerCount: inner, accumulate: true)
            multiplyByTransposed(
                a, stride: inner, b, stride: inner, into: &expected, stride: columns, rowCount: rows,
                columnCount: columns, innerCount: inner, accumulate: true)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance })
            precision.multiplyTransposed(
                a, stride: rows, b, stride: columns, into: &found, stride: columns, rowCount: rows,
                columnCount: columns, innerCount: inner)
            multiplyTransposed(
                a, stride: rows, b, stride: columns, into: &expected, stride: columns, rowCount: rows,
                columnCount: columns, innerCount: inner)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance })
        }
    }
}
