/// How many prompts of each of two groups have a thing, and how much of it.
struct GroupCount<Key: Hashable & Comparable> {
    let key: Key
    private(set) var firstCount = 0
    private(set) var secondCount = 0
    /// Sums of the values over the prompts that have it.
    private(set) var firstSum = 0.0
    private(set) var secondSum = 0.0

    /// - Parameters:
    ///   - list: the prompts that have the thing
    ///   - firstSize: the first group's prompts are places below it
    init(_ key: Key, _ list: ArraySlice<Incidence<Key>.Entry>, firstSize: Int) {
        self.key = key
        for entry in list {
            if entry.prompt < firstSize {
                firstCount += 1
                firstSum += entry.value
            } else {
                secondCount += 1
                secondSum += entry.value
            }
        }
    }

    /// Prompts of both groups that have it.
    var count: Int { firstCount + secondCount }

    /// How much the groups differ in the mean value over all their prompts.
    func meanDifference(_ firstSize: Int, _ secondSize: Int) -> Double {
        (firstSum / Double(firstSize) - secondSum / Double(secondSize)).magnitude
    }
}
