/// Sorted sources by what each holds next: the order in which a merge takes them.
///
/// A binary heap of the sources' numbers. What a source holds next may change only for the one that is first, by
/// ``settleFirst()`` or ``removeFirst()``.
struct MergeHeap {
    private var sources: [Int] = []
    private let isBefore: (Int, Int) -> Bool

    /// - Parameter isBefore: whether a source's next comes before another's; of equals the lower number should
    init(_ sources: [Int], isBefore: @escaping (Int, Int) -> Bool) {
        self.isBefore = isBefore
        self.sources = sources.sorted(by: isBefore)
    }

    /// The source whose next comes first; `nil` when all are at their end.
    var first: Int? { sources.first }

    /// Finds the place of the first source after it has gone on.
    mutating func settleFirst() {
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2]
            where child < sources.count && isBefore(sources[child], sources[least]) {
                least = child
            }
            guard least != place else { return }
            sources.swapAt(place, least)
            place = least
        }
    }

    /// Leaves the first source out, which is at its end.
    mutating func removeFirst() {
        sources.swapAt(0, sources.count - 1)
        sources.removeLast()
        settleFirst()
    }
}
