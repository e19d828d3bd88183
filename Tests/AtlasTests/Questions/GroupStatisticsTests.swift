import Circuits
import Testing

@testable import AtlasQuery

/// The tests behind questions about groups, each against the plain way.
struct GroupStatisticsTests {
    /// Every way to choose the first group's members.
    private func exactPValue(_ list: [UInt32], firstCount: Int, count: Int) -> Double {
        let having = Set(list.map(Int.init))
        func difference(_ members: Int) -> Int {
            let inFirst = having.count { members >> $0 & 1 == 1 }
            return abs(inFirst * count - having.count * firstCount)
        }
        let observed = difference((1 << firstCount) - 1)
        let choices = (0..<1 << count).filter { $0.nonzeroBitCount == firstCount }
        return Double(choices.count { difference($0) >= observed }) / Double(choices.count)
    }

    @Test func `permutations approach the share of all ways to choose a group`() {
        let lists: [[UInt32]] = [[0, 1, 2, 3], [0, 1, 2], [0, 7, 8], [4, 5, 6, 7, 8, 9], [], Array(0..<10), [3]]
        let test = LabelPermutations(firstCount: 4, of: 10, permutationCount: 20_000, seed: 3)
        for (list, pValue) in zip(lists, test.pValues(lists)) {
            let exact = exactPValue(list, firstCount: 4, count: 10)
            #expect(abs(pValue - exact) <= 4 * (exact * (1 - exact) / 20_000).squareRoot() + 1e-4, "\(list)")
        }
    }

    @Test func `the same seed draws the same permutations and another seed others`() {
        let lists: [[UInt32]] = (0..<50).map { [UInt32($0), UInt32($0 + 17), UInt32($0 + 30)] }
        func pValues(_ seed: UInt64) -> [Double] {
            LabelPermutations(firstCount: 40, of: 100, permutationCount: 200, seed: seed).pValues(lists)
        }
        #expect(pValues(1) == pValues(1) && pValues(1) != pValues(2))
    }

    @Test func `without a difference hardly anything is discovered`() {
        var generator = SeededNumbers(seed: 9)
        let lists = (0..<300).map { _ in (0..<60).filter { _ in generator.below(3) == 0 }.map(UInt32.init) }
        let pValues = LabelPermutations(firstCount: 30, of: 60, permutationCount: 500, seed: 1).pValues(lists)
        #expect(pValues.contains { $0 <= 0.05 } && FalseDiscovery.qValues(pValues).allSatisfy { $0 > 0.05 })
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
