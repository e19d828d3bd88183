import Foundation
import Tensors
import Testing

/// Random numbers that a failure can repeat.
private func numbers(_ count: Int, seed: Int) -> [Float] {
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }
}

/// Whether two sums of the same terms agree within what their order may change.
private func agree(_ x: Float, _ y: Double, terms: [Double]) -> Bool {
    abs(Double(x) - y) <= 1e-6 * (1 + terms.reduce(0) { $0 + abs($1) })
}

@Suite struct kernels {
    static let counts = [0, 1, 3, 8, 17, 64, 100, 577]

    @Test(arguments: counts)
    func `dot products equal their sums`(count: Int) {
        let (x, y, z) = (numbers(count, seed: 1), numbers(count, seed: 2), numbers(count, seed: 3))
        let xy = zip(x, y).map { Double($0) * Double($1) }
        let xz = zip(x, z).map { Double($0) * Double($1) }
        let (first, second) = twoDots(x, y, z, count: count)
        #expect(agree(dot(x, y, count: count), xy.reduce(0, +), terms: xy))
        #expect(agree(first, xy.reduce(0, +), terms: xy))
        #expect(agree(second, xz.reduce(0, +), terms: xz))
    }

    @Test(arguments: counts)
    func `sums equal their plain versions`(count: Int) {
        let x = numbers(count, seed: 4)
        let terms = x.map(Double.init)
        #expect(agree(sum(x, count: count), terms.reduce(0, +), terms: terms))
        #expect(agree(magnitudeSum(x, count: count), terms.reduce(0) { $0 + abs($1) }, terms: terms))
    }

    @Test(arguments: counts)
    func `elementwise kernels equal their plain versions`(count: Int) {
        let (x, w) = (numbers(count, seed: 5), numbers(count, seed: 6))
        var sum = w
        addScaled(0.5, x, to: &sum, count: count)
        var magnitudes = w
        addScaledMagnitude(0.5, x, to: &magnitudes, count: count)
        var product = [Float](repeating: 0, count: count)
        scaledProduct(2, x, w, into: &product, count: count)
        var gated = product
        siluGate(x, w, into: &gated, count: count)
        for index in 0..<count {
            #expect(abs(sum[index] - (w[index] + 0.5 * x[index])) <= 1e-6)
            #expect(abs(magnitudes[index] - (w[index] + 0.5 * abs(x[index]))) <= 1e-6)
            #expect(abs(product[index] - 2 * x[index] * w[index]) <= 1e-6)
            #expect(abs(gated[index] - x[index] / (1 + exponential(-x[index])) * w[index]) <= 1e-6)
        }
    }

    @Test(arguments: counts)
    func `activations equal their definitions`(count: Int) {
        let x = numbers(count, seed: 10).map { 6 * $0 }
        let up = numbers(count, seed: 11)
        var gated = x
        geluTanhGate(x, up, into: &gated, count: count)
        var byTangent = x
        geluTanh(&byTangent, count: count)
        var byError = x
        gelu(&byError, count: count)
        var capped = x
        softCap(&capped, at: 1.5, count: count)
        for index in 0..<count {
            let value = Double(x[index])
            let tangent =
                value / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (value + 0.044715 * value * value * value)))
            #expect(abs(Double(gated[index]) - tangent * Double(up[index])) <= 2e-6)
            #expect(abs(Double(byTangent[index]) - tangent) <= 2e-6)
            #expect(abs(Double(byError[index]) - value / 2 * (1 + erf(value / 2.0.squareRoot()))) <= 2e-6)
            #expect(abs(Double(capped[index]) - 1.5 * tanh(value / 1.5)) <= 1e-6)
        }
    }

    @Test(arguments: counts)
    func `centred kernels equal their plain versions`(count: Int) {
        let (x, w) = (numbers(count, seed: 12), numbers(count, seed: 13))
        var less = x
        subtract(0.25, from: &less, count: count)
        var product = x
        centredProduct(2, mean: 0.25, x, w, into: &product, count: count)
        let squares = x.map { (Double($0) - 0.25) * (Double($0) - 0.25) }
        #expect(agree(centredSquareSum(x, mean: 0.25, count: count), squares.reduce(0, +), terms: squares))
        for index in 0..<count {
            #expect(abs(less[index] - (x[index] - 0.25)) <= 1e-6)
            #expect(abs(product[index] - 2 * (x[index] - 0.25) * w[index]) <= 1e-6)
        }
    }

    @Test func `attention's adjoint equals the sum over queries and heads`() {
        let (positions, stride, heads, groups, width) = (5, 7, 6, 3, 4)
        let z = numbers(positions * heads * width, seed: 7)
        let patterns = numbers(heads * stride * stride, seed: 8)
        let scale = numbers(positions, seed: 9)
        var found = [Float](repeating: .nan, count: positions * heads / groups * width)
        attentionAdjoint(
            z, patterns: patterns, scale: scale, into: &found, positionCount: positions, positionStride: stride,
            headCount: heads, groupSize: groups, headWidth: width)
        for key in 0..<positions {
            for valueHead in 0..<heads / groups {
                for index in 0..<width {
                    var expected: Float = 0
                    for head in valueHead * groups..<(valueHead + 1) * groups {
                        for query in key..<positions {
                            expected +=
                                scale[key] * patterns[(head * stride + query) * stride + key]
                                * z[(query * heads + head) * width + index]
                        }
                    }
                    #expect(abs(found[(key * heads / groups + valueHead) * width + index] - expected) < 1e-5)
                }
            }
        }
    }

    @Test func `a softmax is positive, sums to one and survives large logits`() {
        var values: [Float] = [1000, 1001, 999, -1000]
        values.withUnsafeMutableBufferPointer { softmax($0) }
        #expect(abs(values.reduce(0, +) - 1) < 1e-6)
        #expect(values.allSatisfy { $0 >= 0 && $0.isFinite })
        #expect(values[1] > values[0] && values[0] > values[2])
    }

    @Test(arguments: [1, 2, 31, 32, 33, 64, 577])
    func `a scaled softmax is the plain one of scaled numbers`(count: Int) {
        let scaled = numbers(count, seed: 11).map { 40 * $0 }
        let expected = softmax(scaled.map { 2.5 * $0 })
        var found = scaled
        scaledSoftmax(&found, scale: 2.5, count: count)
        for index in 0..<count { #expect(abs(found[index] - expected[index]) <= 1e-6 * (1 + expected[index])) }
        #expect(abs(found.reduce(0, +) - 1) < 1e-5)
    }

    @Test func `a scaled softmax survives large numbers, gives 0 to small ones and hides no NaN`() {
        var values: [Float] = [1000, 1001, 999, -1000, -.infinity]
        scaledSoftmax(&values, scale: 1, count: 5)
        #expect(abs(values.reduce(0, +) - 1) < 1e-6 && values[3] == 0 && values[4] == 0)
        var odd = [Float](repeating: 1, count: 40)
        odd[5] = .nan
        scaledSoftmax(&odd, scale: 1, count: 40)
        #expect(odd.allSatisfy(\.isNaN))
    }

    @Test func `the largest values come in order, equal ones by index`() {
        let values: [Float] = [3, 9, 1, 9, 4]
        #expect(largest(3, of: values) == [1, 3, 4])
        #expect(largest(9, of: values) == [1, 3, 4, 0, 2])
        #expect(largest(0, of: values).isEmpty)
    }

    private func exponential(_ x: Float) -> Float {
        var term: Double = 1
        var total: Double = 1
        for n in 1..<60 {
            term *= Double(x) / Double(n)
            total += term
        }
        return Float(total)
    }
}

struct AdamTests {
    @Test(arguments: [1, 7, 16, 33, 200])
    func `a step of Adam is that of the paper`(count: Int) {
        var generator = SystemRandomNumberGenerator()
        func numbers(_ range: ClosedRange<Float>) -> [Float] {
            (0..<count).map { _ in Float.random(in: range, using: &generator) }
        }
        var (values, first, second) = (numbers(-1...1), numbers(-1...1), numbers(0...1))
        let (before, gradients) = ((values, first, second), numbers(-3...3))
        let step = AdamStep(
            firstDecay: 0.9, secondDecay: 0.999, stepSize: 0.01, secondCorrection: 3, floor: 1e-8, gradientScale: 0.5)
        adamStep(step, values: &values, gradients: gradients, first: &first, second: &second, count: count)
        for index in 0..<count {
            let gradient = 0.5 * gradients[index]
            let mean = 0.9 * before.1[index] + 0.1 * gradient
            let square = 0.999 * before.2[index] + 0.001 * gradient * gradient
            #expect(abs(first[index] - mean) < 1e-6)
            #expect(abs(second[index] - square) < 1e-6)
            #expect(abs(values[index] - (before.0[index] - 0.01 * mean / (square.squareRoot() * 3 + 1e-8))) < 1e-5)
        }
        #expect(abs(squareSum(gradients, count: count) - gradients.reduce(0) { $0 + $1 * $1 }) < 1e-3)
    }

    @Test func `a product with the transposed first factor is the sum over its rows`() {
        let (rows, columns, inner) = (5, 7, 9)
        let a = (0..<inner * rows).map { Float($0 % 13) - 6 }
        let b = (0..<inner * columns).map { Float($0 % 11) - 5 }
        var c = [Float](repeating: 1, count: rows * columns)
        multiplyTransposed(
            a, stride: rows, b, stride: columns, into: &c, stride: columns, rowCount: rows, columnCount: columns,
            innerCount: inner, accumulate: true)
        for row in 0..<rows {
            for column in 0..<columns {
                let sum = (0..<inner).reduce(Float(1)) { $0 + a[$1 * rows + row] * b[$1 * columns + column] }
                #expect(c[row * columns + column] == sum)
            }
        }
    }
}
