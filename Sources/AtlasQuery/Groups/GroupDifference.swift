/// What the prompts of two groups have, counted and tested: the arithmetic of a diff, for features and edges alike.
struct GroupDifference<Key: Hashable & Comparable> {
    /// One thing in the two groups.
    struct Row {
        let key: Key
        let firstCount: Int
        let secondCount: Int
        /// Sums of the values over the prompts that have it.
        let firstSum: Double
        let secondSum: Double
        let difference: Double
        let pValue: Double
        var qValue = 1.0
    }

    /// Every tested thing, by q-value, then |difference|, then what `weight` says of it, largest first, then key.
    let rows: [Row]
    /// What at least the asked share of each group has, the most common first.
    let core: [Row]

    /// - Parameters:
    ///   - incidence: the first group's prompts are places `0..<firstSize`, the second's follow
    ///   - minimumSupport: things in fewer prompts are not tested; the choice does not look at the groups
    ///   - weight: decides between things that differ in as many prompts
    init(
        _ incidence: SortedIncidence<Key>, firstSize: Int, secondSize: Int, options: DiffOptions,
        weight: (Row) -> Double
    ) {
        let tested = incidence.keys.indices.filter { incidence[$0].count >= options.minimumSupport }
        let permutations = LabelPermutations(
            firstCount: firstSize, of: firstSize + secondSize, permutationCount: options.permutations,
            seed: options.seed)
        let pValues = permutations.pValues(tested.map { incidence[$0].lazy.map(\.prompt) })
        func row(_ place: Int, pValue: Double) -> Row {
            var (firstCount, secondCount, firstSum, secondSum) = (0, 0, 0.0, 0.0)
            for entry in incidence[place] {
                if entry.prompt < firstSize {
                    firstCount += 1
                    firstSum += entry.value
                } else {
                    secondCount += 1
                    secondSum += entry.value
                }
            }
            return Row(
                key: incidence.keys[place], firstCount: firstCount, secondCount: secondCount, firstSum: firstSum,
                secondSum: secondSum,
                difference: Double(firstCount) / Double(firstSize) - Double(secondCount) / Double(secondSize),
                pValue: pValue)
        }
        var rows = zip(tested, pValues).map { row($0, pValue: $1) }
        for (place, qValue) in FalseDiscovery.qValues(pValues).enumerated() { rows[place].qValue = qValue }
        let weights = rows.map(weight)
        self.rows = rows.indices.sorted { left, right in
            let (one, other) = (rows[left], rows[right])
            return (one.qValue, -one.difference.magnitude, -weights[left], one.key)
                < (other.qValue, -other.difference.magnitude, -weights[right], other.key)
        }.map { rows[$0] }
        core = incidence.keys.indices.map { row($0, pValue: 1) }.filter {
            Double($0.firstCount) >= options.coreShare * Double(firstSize)
                && Double($0.secondCount) >= options.coreShare * Double(secondSize)
        }.sorted { (-$0.firstCount - $0.secondCount, $0.key) < (-$1.firstCount - $1.secondCount, $1.key) }
    }
}
