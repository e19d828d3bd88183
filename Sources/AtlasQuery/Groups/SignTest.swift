import Foundation

/// Whether of two ways that something can go, one is the more frequent (the sign test).
package enum SignTest {
    /// The exact two-sided p-value of `first` against `second` outcomes, each as likely as the other.
    ///
    /// Twice the smaller tail of the binomial distribution with probability 1/2, at most 1. Without outcomes it is 1.
    package static func pValue(_ first: Int, _ second: Int) -> Double {
        let count = first + second
        guard count > 0 else { return 1 }
        var tail = 0.0
        for outcome in 0...min(first, second) { tail += exp(logChoose(count, outcome) - Double(count) * log(2)) }
        return min(1, 2 * tail)
    }

    private static func logChoose(_ count: Int, _ chosen: Int) -> Double {
        lgamma(Double(count + 1)) - lgamma(Double(chosen + 1)) - lgamma(Double(count - chosen + 1))
    }
}
