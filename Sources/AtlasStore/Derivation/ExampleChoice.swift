import Circuits

/// Chooses which prompts stand for a feature: the strongest, and uniform samples from intervals of equal width.
///
/// Each prompt counts once, by its strongest position; of a negative tail that is the most negative one, and everything
/// goes by size. Intervals are `((k-1)/5, k/5]` of the largest size, so that each holds what its name says whatever the distribution; the sample in one is the prompts with the smallest seeded hash of
/// feature and content, which does not depend on the order of prompts.
struct ExampleChoice {
    /// How many of the strongest prompts are kept.
    static let strongestCount = 20
    /// How many intervals the range of activations is cut into.
    static let intervalCount = 5
    /// How many prompts are sampled from each interval.
    static let sampleCount = 5
    /// The seed of the samples; changing it changes every atlas's samples.
    static let seed: UInt64 = 0x4641_544C

    /// Band 0: the strongest, strongest first; bands 1 to 5: the samples from each interval.
    private(set) var bands: [[PromptExtreme]]
    /// How many prompts lie in each interval, from the lowest.
    private(set) var promptCounts = [Int](repeating: 0, count: intervalCount)

    /// Chooses among the prompts of one tail of a feature, given in canonical order.
    ///
    /// - Parameter size: the largest size of an activation on that side
    init(_ extremes: [PromptExtreme], size: Float, feature: NodeKey, hashPrefixes: [UInt64]) {
        var strongest: [PromptExtreme] = []
        var samples = [[(hash: UInt64, example: PromptExtreme)]](repeating: [], count: Self.intervalCount)
        for candidate in extremes {
            // Earlier prompts stay before later ones of the same strength: ties go to the smaller content hash.
            Self.insert(candidate, into: &strongest, limit: Self.strongestCount) { $0.size < $1.size }
            guard candidate.size > 0 else { continue }
            let interval = HistogramBlock.bin(
                of: candidate.size, maximum: size, binCount: Self.intervalCount)
            promptCounts[interval] += 1
            let hash = Self.hash(feature: feature, content: hashPrefixes[candidate.ordinal])
            Self.insert((hash, candidate), into: &samples[interval], limit: Self.sampleCount) { $0.hash > $1.hash }
        }
        bands = [strongest] + samples.map { $0.map(\.example) }
    }

    /// Inserts behind everything that is not worse, and drops what exceeds the limit.
    private static func insert<Element>(
        _ candidate: Element, into list: inout [Element], limit: Int, isWorse: (Element, Element) -> Bool
    ) {
        if list.count == limit {
            guard isWorse(list[limit - 1], candidate) else { return }
            list.removeLast()
        }
        var place = list.count
        while place > 0, isWorse(list[place - 1], candidate) { place -= 1 }
        list.insert(candidate, at: place)
    }

    /// SplitMix64's finaliser over seed, feature and content: uniform, and the same on every machine.
    static func hash(feature: NodeKey, content: UInt64) -> UInt64 {
        SeededNumbers.mix(content ^ (seed &+ UInt64(bitPattern: feature.rawValue) &* 0x9E37_79B9_7F4A_7C15))
    }
}
