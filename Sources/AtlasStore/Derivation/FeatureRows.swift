import Circuits
import GRDB

/// Writes what is derived of features, feature by feature.
struct FeatureRows {
    /// What is known of a feature's activations, both tails together.
    struct Totals: Equatable {
        var activeTokens: Int
        var activePrompts: Int
        var maximum: Float
        var sum: Double
        var squareSum: Double

        /// Adds what is known of other prompts.
        mutating func add(_ other: Totals) {
            activeTokens += other.activeTokens
            activePrompts += other.activePrompts
            maximum = max(maximum, other.maximum)
            sum += other.sum
            squareSum += other.squareSum
        }
    }

    private let statistics: BulkInsertion
    private let negativeTails: BulkInsertion
    private let examples: [FeatureTail: (examples: BulkInsertion, intervals: BulkInsertion)]

    /// - Parameter replacing: whether rows of `feature_statistics` and `feature_negative_tails` may be there already
    init(_ db: Database, replacing: Bool = false) throws {
        statistics = try BulkInsertion(
            db, into: "feature_statistics",
            columns: [
                "layer", "feature_index", "active_tokens", "active_prompts", "maximum", "activation_sum",
                "activation_square_sum", "histogram",
            ], replacing: replacing)
        negativeTails = try BulkInsertion(
            db, into: "feature_negative_tails",
            columns: [
                "layer", "feature_index", "negative_tokens", "negative_prompts", "minimum", "histogram", "label",
            ],
            replacing: replacing)
        examples = try Dictionary(
            uniqueKeysWithValues: FeatureTail.allCases.map { tail in
                (
                    tail,
                    (
                        try BulkInsertion(
                            db, into: tail.exampleTable,
                            columns: ["layer", "feature_index", "band", "rank", "prompt_id", "position", "activation"]),
                        try BulkInsertion(
                            db, into: tail.intervalTable, columns: ["layer", "feature_index", "band", "prompt_count"])
                    )
                )
            })
    }

    /// Writes the row of `feature_statistics`; a feature without a positive side has an empty histogram.
    func insert(_ totals: Totals, histogram: [Int]?, of id: FeatureID) throws {
        for value in [id.layer, id.index, totals.activeTokens, totals.activePrompts] { statistics.bind(value) }
        for value in [Double(totals.maximum), totals.sum, totals.squareSum] { statistics.bind(value) }
        let histogram = histogram ?? [Int](repeating: 0, count: HistogramBlock.binCount)
        statistics.bind(try HistogramBlock.encode(histogram))
        try statistics.step()
    }

    /// Writes the row of `feature_negative_tails`.
    func insert(negative tail: TailContent, label: String, of id: FeatureID) throws {
        for value in [id.layer, id.index, tail.tokenCount, tail.promptCount] { negativeTails.bind(value) }
        negativeTails.bind(Double(-tail.size))
        negativeTails.bind(try HistogramBlock.encode(tail.histogram))
        negativeTails.bind(label)
        try negativeTails.step()
    }

    /// Writes the examples of one band.
    func insert(_ chosen: [StoredExample], band: Int, of id: FeatureID, tail: FeatureTail) throws {
        let rows = examples[tail]!.examples
        for (place, example) in chosen.enumerated() {
            for value in [id.layer, id.index, band, place + 1, example.prompt, example.position] { rows.bind(value) }
            rows.bind(Double(example.activation))
            try rows.step()
        }
    }

    /// Writes how many prompts each interval holds.
    func insert(intervalCounts: [Int], of id: FeatureID, tail: FeatureTail) throws {
        let rows = examples[tail]!.intervals
        for (interval, count) in intervalCounts.enumerated() where count > 0 {
            for value in [id.layer, id.index, interval + 1, count] { rows.bind(value) }
            try rows.step()
        }
    }

    /// Writes all examples and intervals of a tail.
    func insert(_ tail: TailContent, of id: FeatureID, _ side: FeatureTail) throws {
        for (band, chosen) in tail.bands.enumerated() { try insert(chosen, band: band, of: id, tail: side) }
        try insert(intervalCounts: tail.intervalCounts, of: id, tail: side)
    }
}
