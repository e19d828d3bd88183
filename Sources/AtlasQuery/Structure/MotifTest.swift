/// A number against the same number in rewired graphs.
struct MotifTest {
    let expected: Double
    let deviation: Double
    let zScore: Double?
    let pValueMore: Double
    let pValueFewer: Double

    /// - Parameters:
    ///   - observed: the number
    ///   - null: the number after each rewiring
    init(_ observed: Int, null: [Int]) {
        let count = Double(max(1, null.count))
        let mean = null.reduce(0) { $0 + Double($1) } / count
        let deviation = (null.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
        expected = mean
        self.deviation = deviation
        zScore = deviation > 0 ? (Double(observed) - mean) / deviation : nil
        pValueMore = Double(1 + null.count { $0 >= observed }) / Double(1 + null.count)
        pValueFewer = Double(1 + null.count { $0 <= observed }) / Double(1 + null.count)
    }
}

/// The tests of all motifs against one null.
struct MotifTests {
    let tests: [MotifTest]
    let qValues: [Double]
    private let rewirings: Int

    init(_ count: MotifCount, null: MotifNull, rewirings: Int) {
        let support = count.nulls[null.ordinal].support
        tests = count.tested.indices.map { MotifTest(count.tested[$0].support, null: support[$0]) }
        qValues = FalseDiscovery.qValues(tests.map(\.pValueMore))
        self.rewirings = rewirings
    }

    /// One motif's part.
    func expectation(_ place: Int) -> MotifsReport.Expectation {
        let test = tests[place]
        return MotifsReport.Expectation(
            expected: test.expected, deviation: test.deviation, zScore: test.zScore, pValue: test.pValueMore,
            qValue: qValues[place])
    }

    /// How many rewirings it takes for the motifs that no rewiring reaches to be significant, where these are too few: if
    /// they stay unreached, and for one motif alone.
    ///
    /// With `n` rewirings a p-value is at least 1 / (n + 1), and among `m` tests the `r` that have it get
    /// q = m / (r · (n + 1)). Where each motif is reached, as after a handful of rewirings, nothing is known of `r`: then
    /// these are too few only if they would be for `m`.
    func enoughRewirings(rate: Double) -> (together: Int, alone: Int)? {
        let smallest = 1 / Double(rewirings + 1)
        let unreached = tests.count { $0.pValueMore <= smallest }
        let together = unreached > 0 ? unreached : tests.count
        guard !tests.isEmpty, rate > 0, smallest * Double(tests.count) / Double(together) > rate else { return nil }
        func enough(_ count: Int) -> Int {
            let number = (Double(tests.count) / (rate * Double(count))).rounded(.up)
            // A rate near 0 asks for more than can be counted.
            return Int(exactly: number).map { $0 - 1 } ?? .max
        }
        return (enough(together), enough(1))
    }
}
