import Foundation
import Tensors
import Testing

/// Kernels over the whole range of Float: real models reach numbers that no random one does.
@Suite struct `kernels over the whole range` {
    /// Both signs of each, and both signs of zero.
    static let finite: [Float] = {
        let sizes: [Float] = [
            0, .leastNonzeroMagnitude, 1e-40, .leastNormalMagnitude, 1e-30, 1e-8, 0.5, 1, 5, 10.4, 10.5, 10.6, 20, 43.9,
            88, 88.8, 89, 90, 104, 1e3, 1e4, 1e10, 1e30, .greatestFiniteMagnitude,
        ]
        return sizes + sizes.map { -$0 }
    }()

    /// Enough numbers that vectorised and remaining parts of a loop are both reached.
    private static let repeated: [Float] = (0..<3).flatMap { _ in finite } + [1]

    private func near(_ found: Float, _ expected: Double) -> Bool {
        if abs(expected) > Double(Float.greatestFiniteMagnitude) {
            return found.isInfinite && (found > 0) == (expected > 0)
        }
        // Below 1e-36 exp(-x) has overflowed, and 0 is given.
        return abs(Double(found) - expected) <= 2e-6 * abs(expected) + 1e-36
    }

    private static func exactSiLU(_ x: Double) -> Double { x / (1 + exp(-x)) }
    private static func exactGELU(_ x: Double) -> Double { x / 2 * erfc(-x / 2.0.squareRoot()) }
    private static func tanhGELU(_ x: Double) -> Double {
        x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }

    @Test func `gates give finite, right numbers for every finite number`() {
        let x = Self.repeated
        let up = x.map { _ in Float(0.75) }
        var silu = x
        siluGate(x, up, into: &silu, count: x.count)
        var tanh = x
        geluTanhGate(x, up, into: &tanh, count: x.count)
        for (index, value) in x.enumerated() {
            #expect(near(silu[index], 0.75 * Self.exactSiLU(Double(value))), "silu(\(value)) = \(silu[index])")
            // Products in the exponent round: near the tail the relative error grows with it.
            let expected = 0.75 * Self.tanhGELU(Double(value))
            #expect(
                abs(Double(tanh[index]) - expected) <= 1e-5 * abs(expected) + 1e-30,
                "gelu_tanh(\(value)) = \(tanh[index])")
        }
    }

    @Test func `GELU in both forms gives finite, right numbers for every finite number`() {
        let x = Self.repeated
        var tanh = x
        geluTanh(&tanh, count: x.count)
        var exact = x
        gelu(&exact, count: x.count)
        var gated = x
        geluGate(x, x.map { _ in 2 }, into: &gated, count: x.count)
        for (index, value) in x.enumerated() {
            let expected = Self.tanhGELU(Double(value))
            #expect(
                abs(Double(tanh[index]) - expected) <= 1e-5 * abs(expected) + 1e-30,
                "gelu_tanh(\(value)) = \(tanh[index])")
            // 1 + erf(x) loses the tail below about -5, as the field's own library does: 1e-6 absolute.
            #expect(
                abs(Double(exact[index]) - Self.exactGELU(Double(value))) <= 2e-6 * max(1, abs(Double(value))),
                "gelu(\(value)) = \(exact[index])")
            #expect(abs(gated[index] - 2 * exact[index]) <= 1e-6 * abs(gated[index]) || gated[index].isInfinite)
        }
    }

    @Test func `slopes are act(x) / x for every finite number, and a half at 0`() {
        let x = Self.repeated
        var silu = x
        siluSlope(&silu, count: x.count)
        var tanh = x
        geluTanhSlope(&tanh, count: x.count)
        var exact = x
        geluSlope(&exact, count: x.count)
        for (index, value) in x.enumerated() {
            func slope(_ function: (Double) -> Double) -> Double {
                value == 0 ? 0.5 : function(Double(value)) / Double(value)
            }
            #expect(abs(Double(silu[index]) - slope(Self.exactSiLU)) <= 2e-6, "silu slope at \(value)")
            #expect(abs(Double(tanh[index]) - slope(Self.tanhGELU)) <= 1e-5, "gelu_tanh slope at \(value)")
            #expect(abs(Double(exact[index]) - slope(Self.exactGELU)) <= 2e-6, "gelu slope at \(value)")
        }
    }

    @Test func `derivatives are those of the activation functions for every finite number`() {
        let x = Self.repeated + stride(from: Float(-12), through: 12, by: 0.37)
        var silu = x
        siluDerivative(&silu, count: x.count)
        var tanh = x
        geluTanhDerivative(&tanh, count: x.count)
        var exact = x
        geluDerivative(&exact, count: x.count)
        for (index, value) in x.enumerated() {
            let size = Double(value)
            /// Central differences in Double; far out the function is 0 or the number itself.
            func derivative(_ function: (Double) -> Double) -> Double {
                guard abs(size) < 100 else { return size > 0 ? 1 : 0 }
                return (function(size + 1e-4) - function(size - 1e-4)) / 2e-4
            }
            #expect(abs(Double(silu[index]) - derivative(Self.exactSiLU)) <= 2e-6, "silu' at \(value)")
            #expect(abs(Double(tanh[index]) - derivative(Self.tanhGELU)) <= 2e-5, "gelu_tanh' at \(value)")
            #expect(abs(Double(exact[index]) - derivative(Self.exactGELU)) <= 2e-6, "gelu' at \(value)")
        }
    }

    @Test func `infinities give what the formulas give, and NaN stays NaN`() {
        var silu: [Float] = [.infinity, -.infinity, .nan]
        siluGate(silu, [1, 1, 1], into: &silu, count: 3)
        var tanh: [Float] = [.infinity, -.infinity, .nan]
        geluTanh(&tanh, count: 3)
        var exact: [Float] = [.infinity, -.infinity, .nan]
        gelu(&exact, count: 3)
        for values in [silu, tanh, exact] {
            #expect(values[0] == .infinity)
            // As in the field's library: -∞ · 0. An overflow stays to be seen.
            #expect(values[1].isNaN && values[2].isNaN)
        }
        var capped: [Float] = [.infinity, -.infinity, .nan, .greatestFiniteMagnitude]
        softCap(&capped, at: 30, count: 4)
        #expect(capped[0] == 30 && capped[1] == -30 && capped[2].isNaN && capped[3] == 30)
    }

    @Test func `sums and products carry NaN and infinity on and overflow only where they must`() {
        for count in [1, 7, 64, 577] {
            for place in [0, count / 2, count - 1] {
                var x = [Float](repeating: 1, count: count)
                x[place] = .nan
                let ones = [Float](repeating: 1, count: count)
                #expect(dot(x, ones, count: count).isNaN && sum(x, count: count).isNaN)
                #expect(magnitudeSum(x, count: count).isNaN && !areFinite(x, count: count))
                x[place] = -.infinity
                #expect(dot(x, ones, count: count) == -.infinity && magnitudeSum(x, count: count) == .infinity)
                #expect(!areFinite(x, count: count))
                x[place] = -.greatestFiniteMagnitude
                #expect(areFinite(x, count: count) && sum(x, count: count) == -.greatestFiniteMagnitude)
            }
        }
        var y: [Float] = [1, .infinity, 1e30]
        addScaled(1e30, [1e30, 1, -1], to: &y, count: 3)
        #expect(y == [.infinity, .infinity, 0])
        let tiny = [Float](repeating: .leastNonzeroMagnitude, count: 64)
        #expect(sum(tiny, count: 64) == 64 * Float.leastNonzeroMagnitude)
    }

    @Test func `a softmax of large, equal and lost logits sums to one`() {
        for logits in [[1e30, -1e30, 0], [-1e4, -1e4], [3e38, 3e38, -3e38], [0, -1e-40], [89, -104]] as [[Float]] {
            var values = logits
            values.withUnsafeMutableBufferPointer { softmax($0) }
            #expect(abs(values.reduce(0, +) - 1) < 1e-6 && values.allSatisfy { $0.isFinite && $0 >= 0 }, "\(logits)")
        }
    }

    @Test func `doubles are rounded to Float, beyond its range to infinity`() {
        let source: [Double] = [1, -1e-50, 1e300, -.infinity, .nan, 0.1]
        var found = [Float](repeating: 0, count: 6)
        source.withUnsafeBytes { ElementType.float64.convert($0.baseAddress!, into: &found, count: 6) }
        #expect(found[0] == 1 && found[1] == 0 && found[2] == .infinity && found[3] == -.infinity)
        #expect(found[4].isNaN && found[5] == Float(0.1))
    }
}
