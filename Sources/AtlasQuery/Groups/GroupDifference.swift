import Tensors

/// What the prompts of two groups have, counted and tested: the arithmetic of a diff, for features and edges alike.
struct GroupDifference<Key: Hashable & Comparable> {
    /// One tested thing in the two groups.
    struct Row {
        let counts: GroupCount<Key>
        /// The share of the first group's prompts that have it less that of the second's.
        let difference: Double
        let pValue: Double
        var qValue = 1.0
        var strength: DiffReport.Strength?

        /// The smaller of both q-values.
        var bestQValue: Double { min(qValue, strength?.qValue ?? 1) }
    }

    /// Every tested thing, by the smaller q-value, then |difference|, then what `weight` says of it, largest first, then
    /// key.
    let rows: [Row]
    /// What at least the asked share of each group has, the most common first.
    let core: [GroupCount<Key>]
    /// What the tests could find at best.
    let resolution: TestResolution

    /// - Parameters:
    ///   - incidence: the first group's prompts are places `0..<firstSize`, the second's follow
    ///   - options: things in fewer prompts than `minimumSupport` are not tested; the choice does not look at the groups
    ///   - weight: decides between things that differ in as many prompts
    /// - Throws: ``Cancelled``
    init(
        _ incidence: SortedIncidence<Key>, firstSize: Int, secondSize: Int, options: DiffOptions,
        weight: (GroupCount<Key>) -> Double
    ) throws(Cancelled) {
        let counts = incidence.keys.indices.map {
            GroupCount(incidence.keys[$0], incidence[$0], firstSize: firstSize)
        }
        let tested = counts.indices.filter { counts[$0].count >= options.minimumSupport }
        let test = HypergeometricTest(firstCount: firstSize, of: firstSize + secondSize)
        var known: [[Int]: Double] = [:]
        var rows = tested.map { place in
            let count = counts[place]
            let division = [count.firstCount, count.secondCount]
            let pValue = known[division] ?? test.pValue(count.firstCount, of: count.count)
            known[division] = pValue
            return Row(
                counts: count,
                difference: Double(count.firstCount) / Double(firstSize) - Double(count.secondCount)
                    / Double(secondSize), pValue: pValue)
        }
        for (place, qValue) in FalseDiscovery.qValues(rows.map(\.pValue)).enumerated() { rows[place].qValue = qValue }
        let strengths = try Self.strengths(tested.map { incidence[$0] }, firstSize: firstSize, options: options)
        for (place, strength) in strengths { rows[place].strength = strength }
        let weights = rows.map { weight($0.counts) }
        self.rows = rows.indices.sorted { left, right in
            let (one, other) = (rows[left], rows[right])
            return (one.bestQValue, -one.difference.magnitude, -weights[left], one.counts.key)
                < (other.bestQValue, -other.difference.magnitude, -weights[right], other.counts.key)
        }.map { rows[$0] }
        core = counts.filter {
            Double($0.firstCount) >= options.coreShare * Double(firstSize)
                && Double($0.secondCount) >= options.coreShare * Double(secondSize)
        }.sorted { (-$0.count, $0.key) < (-$1.count, $1.key) }
        resolution = TestResolution(
            firstSize: firstSize, secondSize: secondSize, testCount: rows.count, rate: options.falseDiscoveryRate)
    }

    /// The strength of what enough prompts of both groups have, by place in `lists`.
    ///
    /// Left out is what could not be significant however the values were ranked. Only how many prompts of each group have
    /// a thing decides that, which the test takes as given, so that leaving it out does not bias what is left.
    private static func strengths(
        _ lists: [ArraySlice<Incidence<Key>.Entry>], firstSize: Int, options: DiffOptions
    ) throws(Cancelled) -> [(place: Int, strength: DiffReport.Strength)] {
        var found: [(place: Int, test: RankSumTest)] = []
        for (place, list) in lists.enumerated() {
            try Cancellation.check()
            let first = list.filter { $0.prompt < firstSize }.map(\.value)
            let second = list.filter { $0.prompt >= firstSize }.map(\.value)
            guard !first.isEmpty, !second.isEmpty,
                RankSumTest.smallestPValue(first.count, second.count) <= options.falseDiscoveryRate
            else { continue }
            found.append((place, RankSumTest(first, second)))
        }
        return zip(found, FalseDiscovery.qValues(found.map(\.test.pValue))).map { found, qValue in
            (
                found.place,
                DiffReport.Strength(
                    firstLarger: found.test.firstLarger, pValue: found.test.pValue, qValue: qValue)
            )
        }
    }
}
