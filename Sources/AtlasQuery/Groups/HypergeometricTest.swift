import Foundation

/// Whether a thing is in more prompts of one group than of another: Fisher's exact test.
///
/// With both group sizes and the number of prompts that have the thing held, the number in the first group is
/// hypergeometric if the groups do not matter. Two-sided means: the probability of all numbers that are no more probable
/// than the one found. Probabilities are held as logarithms, so that groups of a million are no harder than groups of
/// ten; a p-value below 1e-308 is 0.
///
/// - SeeAlso: Fisher 1935; `scipy.stats.fisher_exact` and R's `fisher.test` define both sides in the same way.
struct HypergeometricTest {
    /// Probabilities that differ by less, relatively, are the same one found on two ways of rounding, as in SciPy and R.
    private static let tolerance = 1e-7

    private let firstCount: Int
    private let count: Int
    private let logFactorials: LogFactorials

    /// - Parameters:
    ///   - firstCount: prompts of the first group
    ///   - count: prompts of both
    init(firstCount: Int, of count: Int) {
        precondition(0...count ~= firstCount)
        self.firstCount = firstCount
        self.count = count
        logFactorials = LogFactorials(upTo: count)
    }

    /// The two-sided p-value.
    ///
    /// - Parameters:
    ///   - inFirst: prompts of the first group that have the thing
    ///   - having: prompts of both groups that have it
    /// - Complexity: O(prompts of the smaller group, or that have it)
    func pValue(_ inFirst: Int, of having: Int) -> Double {
        let possible = max(0, having - (count - firstCount))...min(having, firstCount)
        precondition(possible ~= inFirst)
        let limit = logProbability(inFirst, of: having) + Self.tolerance
        var sum = 0.0
        for number in possible {
            let logProbability = logProbability(number, of: having)
            if logProbability <= limit { sum += exp(logProbability) }
        }
        return min(1, sum)
    }

    /// The smallest p-value that any thing could have in groups of these sizes: one in all prompts of the smaller group
    /// and in no other.
    ///
    /// Every hypergeometric probability is a whole number of choices of the first group out of all `C(first + second, first)`.
    static func smallest(_ first: Int, _ second: Int) -> Double {
        let logChoices = LogFactorials(upTo: first + second).logChoose(first + second, first)
        return min(1, (first == second ? 2 : 1) * exp(-logChoices))
    }

    private func logProbability(_ inFirst: Int, of having: Int) -> Double {
        logFactorials.logChoose(having, inFirst)
            + logFactorials.logChoose(count - having, firstCount - inFirst)
            - logFactorials.logChoose(count, firstCount)
    }
}

/// The logarithms of factorials, from which those of binomial coefficients come.
struct LogFactorials {
    private let values: [Double]

    /// Holds those of `0...largest`.
    init(upTo largest: Int) { values = (0...largest).map { lgamma(Double($0) + 1) } }

    /// log C(count, chosen).
    func logChoose(_ count: Int, _ chosen: Int) -> Double { values[count] - values[chosen] - values[count - chosen] }
}
