import Circuits
import Foundation
import Testing

@testable import AtlasQuery

/// The tests behind questions about groups, each against the plain way.
struct GroupStatisticsTests {
    /// Every way to choose the first group's members.
    private func choices(_ firstCount: Int, of count: Int) -> [Int] {
        (0..<1 << count).filter { $0.nonzeroBitCount == firstCount }
    }

    @Test(arguments: [(4, 10), (5, 10), (1, 7), (9, 11)])
    func `an exact test counts the ways to choose a group that are no more probable`(firstCount: Int, count: Int) {
        let choices = choices(firstCount, of: count)
        let test = HypergeometricTest(firstCount: firstCount, of: count)
        for having in 0...count {
            let mask = (1 << having) - 1
            let inFirst = choices.map { ($0 & mask).nonzeroBitCount }
            let ways = Dictionary(inFirst.map { ($0, 1) }, uniquingKeysWith: +)
            for (number, way) in ways {
                let expected = inFirst.count { ways[$0]! <= way }
                let pValue = test.pValue(number, of: having)
                #expect(abs(pValue - Double(expected) / Double(choices.count)) < 1e-12)
                #expect(pValue >= HypergeometricTest.smallest(firstCount, count - firstCount) * (1 - 1e-12))
            }
        }
    }

    /// scipy 1.17.1: `scipy.stats.fisher_exact(table).pvalue`.
    @Test(arguments: [
        ([8, 2, 1, 5], 0.034965034965034975), ([3, 1, 1, 3], 0.48571428571428565), ([0, 10, 0, 10], 1.0),
        ([12, 5, 29, 2], 0.08026855207410463), ([250, 750, 300, 700], 0.014093391894333672),
        ([5, 95, 20, 880], 0.09536859025108038), ([1000, 99000, 1200, 98800], 1.9639506802388064e-05),
        ([60, 40, 40, 60], 0.007059515495016248), ([7, 0, 0, 9], 8.741258741258743e-05),
        ([500, 500, 0, 1000], 9.570630587432167e-188),
    ])
    func `an exact test gives the reference's p-value`(table: [Int], reference: Double) {
        let test = HypergeometricTest(firstCount: table[0] + table[1], of: table.reduce(0, +))
        let pValue = test.pValue(table[0], of: table[0] + table[2])
        #expect(abs(pValue - reference) <= 1e-8 * reference, "\(pValue)")
    }

    @Test func `an exact count of rank sums is that of all ways to choose, ties included`() {
        var generator = SeededNumbers(seed: 8)
        for (size, count, levels) in [(4, 9, 1000), (5, 10, 4), (2, 12, 3), (1, 6, 6), (7, 11, 2), (3, 8, 1)] {
            for _ in 0..<5 {
                let values = (0..<count).map { _ in Double(generator.below(levels)) }
                let ranks = values.map { value in
                    1 + values.count { $0 < value } * 2 + values.count { $0 == value }
                }
                let mean = size * (count + 1)
                func distance(_ members: Int) -> Int {
                    abs(ranks.indices.filter { members >> $0 & 1 == 1 }.reduce(0) { $0 + ranks[$1] } - mean)
                }
                let choices = choices(size, of: count)
                let observed = distance((1 << size) - 1)
                let expected = Double(choices.count { distance($0) >= observed }) / Double(choices.count)
                let test = RankSumTest(Array(values.prefix(size)), Array(values.dropFirst(size)))
                #expect(abs(test.pValue - expected) < 1e-12, "\(size) of \(values)")
            }
        }
    }

    @Test func `a rank sum that is half a rank from its mean is reached by nine of ten choices`() {
        // Of 0, 1, 1, 2, 3 two are chosen: of ranks 1, 2.5, 2.5, 4 and 5 only 1 and 5 add up to 6, the mean.
        #expect(abs(RankSumTest([1, 2], [0, 1, 3]).pValue - 0.9) < 1e-12)
    }

    /// scipy 1.17.1: `scipy.stats.mannwhitneyu(first, second, method='exact').pvalue`, of
    /// `v = [i*617 % 1009 for i in range(n)]`, `first = v[:m]`, `second = [x + 0.5 + shift for x in v[m:]]`.
    @Test(arguments: [
        (110, 40, 200.0, 0.0005484343416058704), (306, 6, 450.0, 0.00010525638114789029),
        (270, 120, 300.0, 3.04211042654786e-14),
    ])
    func `a rank-sum test gives the reference's p-value, far in the tail too`(
        count: Int, size: Int, shift: Double, reference: Double
    ) {
        let values = (0..<count).map { Double($0 * 617 % 1009) }
        let (first, second) = (Array(values.prefix(size)), values.dropFirst(size).map { $0 + 0.5 + shift })
        for pValue in [RankSumTest(first, second).pValue, RankSumTest(second, first).pValue] {
            #expect(abs(pValue - reference) <= 0.03 * reference, "\(pValue)")
        }
    }

    @Test func `the approximate tail stays near the exact count`() {
        // Values of a few levels leave gaps between sums; without ties the approximation is far better.
        for (levels, factor) in [(1000, 1.03), (12, 1.6)] {
            var generator = SeededNumbers(seed: UInt64(levels))
            for (size, count) in [(20, 60), (6, 90), (30, 64)] {
                let values = (0..<count).map { levels == 1000 ? $0 : generator.below(levels) }.sorted()
                let ranks = values.map { value in
                    1 + values.count { $0 < value } * 2 + values.count { $0 == value }
                }
                let largest = ranks.suffix(size).reduce(0, +) - size * (count + 1)
                let step = levels == 1000 ? 2 : 1
                for distance in stride(from: largest / 10, through: largest * 9 / 10, by: max(1, largest / 10)) {
                    let exact = RankSumTest.exactPValue(distance: distance, ranks: ranks, size: size, step: step)
                    let near =
                        RankSumTail(ranks: ranks, size: size, step: step).probability(atLeast: distance)
                        + RankSumTail(ranks: ranks.reversed().map { -$0 }, size: size, step: step)
                        .probability(atLeast: distance)
                    guard exact > 1e-9 else { continue }
                    #expect(near <= exact * factor && near >= exact / factor, "\(near) for \(exact), \(size)/\(count)")
                }
            }
        }
    }

    @Test func `equal values differ in nothing and separate ones as far as can be`() {
        let test = RankSumTest([Double](repeating: 2, count: 300), [Double](repeating: 2, count: 500))
        #expect(test.pValue == 1 && test.firstLarger == 0.5)
        let apart = RankSumTest((0..<300).map { Double($0) + 1000 }, (0..<500).map(Double.init))
        let smallest = RankSumTest.smallestPValue(300, 500)
        #expect(apart.firstLarger == 1 && abs(apart.pValue / smallest - 1) < 1e-6 && smallest > 0)
    }

    /// How many of so many independent tests may reject when each does with its own probability: four deviations.
    private func interval(_ levels: [Double]) -> ClosedRange<Double> {
        let mean = levels.reduce(0, +)
        let deviation = levels.reduce(0) { $0 + $1 * (1 - $1) }.squareRoot()
        return mean - 4 * deviation...mean + 4 * deviation
    }

    @Test func `without a difference one in twenty is called present more often, less what counts cannot reach`() {
        var generator = SeededNumbers(seed: 9)
        let test = HypergeometricTest(firstCount: 40, of: 100)
        let logs = LogFactorials(upTo: 100)
        var (rejected, levels) = (0, [Double]())
        for _ in 0..<4000 {
            let share = 1 + generator.below(9)
            let having = (0..<100).filter { _ in generator.below(10) < share }
            let inFirst = having.count { $0 < 40 }
            rejected += test.pValue(inFirst, of: having.count) <= 0.05 ? 1 : 0
            // The test's true level given how many have the thing: numbers are few, so it is below 0.05.
            var level = 0.0
            for number in max(0, having.count - 60)...min(40, having.count)
            where test.pValue(number, of: having.count) <= 0.05 {
                let ways = logs.logChoose(having.count, number) + logs.logChoose(100 - having.count, 40 - number)
                level += exp(ways - logs.logChoose(100, 40))
            }
            levels.append(level)
        }
        #expect(levels.allSatisfy { $0 <= 0.05 } && levels.reduce(0, +) > 0.02 * 4000)
        #expect(interval(levels).contains(Double(rejected)), "\(rejected) of \(levels.reduce(0, +))")
    }

    @Test(arguments: [(25, 40, 1000), (6, 300, 1000), (60, 80, 20)])
    func `without a difference one in twenty is called stronger`(size: Int, rest: Int, levels: Int) {
        var generator = SeededNumbers(seed: UInt64(size))
        let rejected = (0..<2000).count { _ in
            // Skewed, with ties where levels are few; the same in both groups.
            func values(_ count: Int) -> [Double] {
                (0..<count).map { _ in Double(generator.below(levels) * generator.below(levels)) }
            }
            return RankSumTest(values(size), values(rest)).pValue <= 0.05
        }
        #expect(interval([Double](repeating: 0.05, count: 2000)).contains(Double(rejected)), "\(rejected) of 2000")
    }

    @Test func `a q-value is the smallest rate of false discoveries that admits the test`() {
        var generator = SeededNumbers(seed: 4)
        let pValues = (0..<200).map { _ in Double(1 + generator.below(50) * generator.below(50)) / 2500 }
        let plain = pValues.map { pValue in
            let rates = pValues.filter { $0 >= pValue }
                .map { cut in cut * Double(pValues.count) / Double(pValues.count { $0 <= cut }) }
            return min(1, rates.min()!)
        }
        for (fast, slow) in zip(FalseDiscovery.qValues(pValues), plain) { #expect(abs(fast - slow) < 1e-12) }
        #expect(FalseDiscovery.qValues([]) == [])
    }

    @Test func `a sign test counts the outcomes at least as one-sided`() {
        for first in 0...9 {
            for second in 0...9 where first + second > 0 {
                let count = first + second
                let ways = (0..<1 << count).count {
                    min($0.nonzeroBitCount, count - $0.nonzeroBitCount) <= min(first, second)
                }
                // Where both tails meet, they hold every outcome.
                #expect(abs(SignTest.pValue(first, second) - Double(ways) / Double(1 << count)) < 1e-9)
            }
        }
        #expect(SignTest.pValue(0, 0) == 1)
    }
}
