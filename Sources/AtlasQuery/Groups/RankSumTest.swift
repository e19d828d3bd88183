import Foundation

/// Whether values of one group tend to be larger than those of another: the rank-sum test of Wilcoxon, Mann and Whitney.
///
/// A diff asks it of the prompts that have a thing, without those that have not. Whether a group has a thing more often
/// is what ``HypergeometricTest`` says; given how many prompts of each group have it, which of them hold the larger values
/// is a second, independent question, and a test with zeros would answer neither. Ranks, because activations of different
/// features have different scales and long tails; no normal approximation, because a small group among many prompts, the
/// usual case of a diff, is where it is wrong by orders of magnitude.
///
/// Equal values share their mean rank; the test is conditional on these ties. Two-sided means: all ways to choose the
/// first group's values whose rank sum is at least as far from its mean. Small cases are counted exactly, others by
/// ``RankSumTail``.
struct RankSumTest {
    /// How many additions an exact count may take; two groups of about 25, or one of 3 among 100, are below it.
    private static let exactCost = 1_000_000

    /// The share of pairs of a value of each group of which the first group's is the larger; of equals a half.
    let firstLarger: Double
    /// The two-sided p-value.
    let pValue: Double

    /// - Parameters:
    ///   - first: the first group's values, at least one
    ///   - second: the second group's, at least one
    init(_ first: [Double], _ second: [Double]) {
        precondition(!first.isEmpty && !second.isEmpty)
        // Twice the mean ranks, so that they are whole numbers: places 2, 4, 6, …
        let order = (first + second).enumerated().sorted { $0.element < $1.element }
        var ranks: [Int] = []
        var rankSum = 0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].element == order[start].element { end += 1 }
            let rank = start + end + 1
            for place in start..<end {
                ranks.append(rank)
                if order[place].offset < first.count { rankSum += rank }
            }
            start = end
        }
        let larger = Double(rankSum - first.count * (first.count + 1)) / 2
        firstLarger = larger / Double(first.count * second.count)
        // Both groups' sums are equally far from their means; the smaller group's is counted faster.
        let size = min(first.count, second.count)
        let distance = abs(rankSum - first.count * (ranks.count + 1))
        pValue = distance == 0 ? 1 : min(1, Self.pValue(distance: distance, ranks: ranks, size: size))
    }

    /// The smallest p-value that groups of these sizes could have: all values of one above all of the other.
    static func smallestPValue(_ first: Int, _ second: Int) -> Double {
        guard first > 0, second > 0 else { return 1 }
        return min(1, 2 * exp(-LogFactorials(upTo: first + second).logChoose(first + second, first)))
    }

    /// - Parameters:
    ///   - distance: how far twice the rank sum is from its mean, at least 1
    ///   - ranks: twice the ranks, ascending
    ///   - size: how many are chosen
    static func pValue(distance: Int, ranks: [Int], size: Int) -> Double {
        let span = ranks.suffix(size).reduce(0, +) - size * ranks[0]
        let step = ranks.reduce(0) { gcd($0, $1 - ranks[0]) }
        guard step > 0 else { return 1 }
        if ranks.count * size * (span / step + 1) <= exactCost {
            return exactPValue(distance: distance, ranks: ranks, size: size, step: step)
        }
        return RankSumTail(ranks: ranks, size: size, step: step).probability(atLeast: distance)
            + RankSumTail(ranks: ranks.reversed().map { -$0 }, size: size, step: step).probability(atLeast: distance)
    }

    /// Counts the ways to choose `size` ranks by their sum.
    static func exactPValue(distance: Int, ranks: [Int], size: Int, step: Int) -> Double {
        let steps = ranks.map { ($0 - ranks[0]) / step }
        let width = steps.suffix(size).reduce(0, +) + 1
        // Shares of all choices rather than numbers, which would overflow: after `n` ranks, `j` of them chosen, what is
        // held is number / C(n, j); a choice of j + 1 from n + 1 takes the new rank in (j + 1) / (n + 1) of all.
        var shares = [Double](repeating: 0, count: (size + 1) * width)
        shares[0] = 1
        var largest = [Int](repeating: 0, count: size + 1)
        for (seen, rank) in steps.enumerated() {
            for chosen in stride(from: min(size, seen + 1), through: 0, by: -1) {
                let taken = Double(chosen) / Double(seen + 1)
                let row = chosen * width
                if chosen <= seen, taken > 0 {
                    for sum in 0...largest[chosen] { shares[row + sum] *= 1 - taken }
                }
                guard chosen > 0 else { continue }
                let source = row - width
                for sum in 0...largest[chosen - 1] { shares[row + sum + rank] += taken * shares[source + sum] }
                largest[chosen] = max(largest[chosen], largest[chosen - 1] + rank)
            }
        }
        let mean = size * (ranks.count + 1)
        var share = 0.0
        for sum in 0..<width where abs(size * ranks[0] + sum * step - mean) >= distance {
            share += shares[size * width + sum]
        }
        return share
    }

    private static func gcd(_ left: Int, _ right: Int) -> Int {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return abs(left)
    }
}
