import Circuits
import GRDB

/// A prompt that stands for a feature, as stored.
struct StoredExample: Equatable {
    /// `prompts.id`.
    var prompt: Int
    /// The position where the feature goes furthest, the first of equals.
    var position: Int
    /// The activation there, with its sign.
    var activation: Float
}

/// What is derived of one tail of one feature, but its name.
struct TailContent: Equatable {
    /// Positions on this side.
    var tokenCount: Int
    /// Prompts with such a position.
    var promptCount: Int
    /// The largest size of an activation on this side.
    var size: Float
    /// Counts by size in ``HistogramBlock/binCount`` equal bins over (0, `size`]; zeros are in none.
    var histogram: [Int]
    /// The bands of ``ExampleChoice``.
    var bands: [[StoredExample]]
    /// Prompts in each interval.
    var intervalCounts: [Int]

    /// The tail of the entries of one feature; `nil` where none is on this side.
    ///
    /// - Parameters:
    ///   - entries: the feature's, prompts as ordinals, in order
    ///   - hashPrefixes: the leading bits of the prompts' content hashes, by ordinal
    ///   - promptID: a prompt's id by its ordinal
    ///   - least: how far bins and intervals reach at least
    init?(
        _ activations: FeatureActivations, entries: Range<Int>, tail: FeatureTail, feature: FeatureID,
        hashPrefixes: [UInt64], reaching least: Float = 0, promptID: (Int) -> Int
    ) {
        let extremes = activations.extremes(of: entries, tail: tail)
        guard let own = extremes.map(\.size).max() else { return nil }
        let size = max(own, least)
        let choice = ExampleChoice(extremes, size: size, feature: NodeKey(feature), hashPrefixes: hashPrefixes)
        self.size = size
        tokenCount = entries.count { tail.contains(activations.values[$0]) }
        promptCount = extremes.count
        histogram = activations.histogram(of: entries, tail: tail, size: size)
        bands = choice.bands.map { band in
            band.map { StoredExample(prompt: promptID($0.ordinal), position: $0.position, activation: $0.activation) }
        }
        intervalCounts = choice.promptCounts
    }

    init(
        tokenCount: Int, promptCount: Int, size: Float, histogram: [Int], bands: [[StoredExample]],
        intervalCounts: [Int]
    ) {
        self.tokenCount = tokenCount
        self.promptCount = promptCount
        self.size = size
        self.histogram = histogram
        self.bands = bands
        self.intervalCounts = intervalCounts
    }

    /// Adds what is known of the same tail in other prompts, with bins and intervals that reach as far.
    ///
    /// - Parameters:
    ///   - extremes: every prompt of `other`, not only its examples
    ///   - hashPrefix: the leading bits of a prompt's content hash, by its id
    mutating func add(
        _ other: TailContent, extremes: [StoredExample], feature: FeatureID, hashPrefix: (Int) -> UInt64
    ) {
        precondition(other.size == size, "tails of different ranges")
        tokenCount += other.tokenCount
        promptCount += other.promptCount
        for bin in histogram.indices { histogram[bin] += other.histogram[bin] }
        for interval in intervalCounts.indices { intervalCounts[interval] += other.intervalCounts[interval] }
        // What both chose from stands among the examples of one or the prompts of the other.
        var known = Set<Int>()
        let candidates = (bands.joined() + extremes).filter { known.insert($0.prompt).inserted }
            .map { (example: $0, hash: hashPrefix($0.prompt)) }.sorted { $0.hash < $1.hash }
        let choice = ExampleChoice(
            candidates.enumerated().map { place, candidate in
                PromptExtreme(
                    ordinal: place, position: candidate.example.position, activation: candidate.example.activation)
            }, size: size, feature: NodeKey(feature), hashPrefixes: candidates.map(\.hash))
        bands = choice.bands.map { band in band.map { candidates[$0.ordinal].example } }
    }
}
