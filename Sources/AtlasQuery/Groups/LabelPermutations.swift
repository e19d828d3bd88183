import Circuits

/// Random ways to choose which prompts are called the first group: the permutations of a permutation test.
///
/// What is tested is the difference of two shares: of the prompts of a first group that have a thing, and of a second's.
/// One set of permutations serves every thing. The draws depend on the seed and on the number of prompts alone, so with
/// prompts in canonical order the answer does not depend on ids or on the order of indexing.
struct LabelPermutations {
    /// How many labels are drawn at a time: bounds the memory to so many bytes.
    private static let labelBytes = 64 << 20

    private let firstCount: Int
    private let count: Int
    private let permutationCount: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - firstCount: prompts of the first group
    ///   - count: prompts of both
    ///   - permutationCount: how many permutations are drawn
    init(firstCount: Int, of count: Int, permutationCount: Int, seed: UInt64) {
        precondition(0...count ~= firstCount && permutationCount >= 0)
        self.firstCount = firstCount
        self.count = count
        self.permutationCount = permutationCount
        self.seed = seed
    }

    /// `(1 + permutations whose |difference| is at least the observed one) / (1 + permutations)` for each thing.
    ///
    /// - Parameter lists: for each thing the prompts that have it; the first group's are `0..<firstCount`
    /// - Complexity: O(prompts that have things × permutations), vectorised over permutations
    func pValues<Lists: RandomAccessCollection>(_ lists: Lists) -> [Double]
    where Lists.Element: Collection, Lists.Element.Element == UInt32 {
        let observed = lists.map { list in excess(list.count { $0 < firstCount }, of: list.count).magnitude }
        var exceeding = [Int](repeating: 0, count: lists.count)
        let chunk = max(1, min(permutationCount, Self.labelBytes / max(1, count)))
        var generator = SeededNumbers(seed: seed)
        var order = Array(0..<count)
        var sums = [UInt32](repeating: 0, count: chunk)
        var done = 0
        while done < permutationCount {
            let width = min(chunk, permutationCount - done)
            var labels = [UInt8](repeating: 0, count: count * width)
            for permutation in 0..<width {
                for place in 0..<firstCount {
                    order.swapAt(place, place + generator.below(count - place))
                    labels[order[place] * width + permutation] = 1
                }
            }
            for (thing, list) in lists.enumerated() {
                for permutation in 0..<width { sums[permutation] = 0 }
                labels.withUnsafeBufferPointer { labels in
                    sums.withUnsafeMutableBufferPointer { sums in
                        for prompt in list {
                            let row = Int(prompt) * width
                            for permutation in 0..<width { sums[permutation] &+= UInt32(labels[row + permutation]) }
                        }
                    }
                }
                for permutation in 0..<width
                where excess(Int(sums[permutation]), of: list.count).magnitude >= observed[thing] {
                    exceeding[thing] += 1
                }
            }
            done += width
        }
        return exceeding.map { Double(1 + $0) / Double(1 + permutationCount) }
    }

    /// The difference of the shares times both group sizes: a whole number, so that equals are equal.
    private func excess(_ inFirst: Int, of having: Int) -> Int { inFirst * count - having * firstCount }
}
