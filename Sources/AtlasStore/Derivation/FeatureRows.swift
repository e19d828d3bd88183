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

    /// The tables that are written.
    static let tables =
        ["feature_statistics", "feature_negative_tails"]
        + FeatureTail.allCases.flatMap { [$0.exampleTable, $0.intervalTable] }

    private let statistics: BulkInsertion
    private let negativeTails: BulkInsertion
    private let examples: [FeatureTail: (examples: BulkInsertion, intervals: BulkInsertion)]

    /// - Parameter replacing: whether rows take the place of those with the same key; then ``digest(of:)`` is kept
    init(_ db: Database, replacing: Bool = false) throws {
        func insertion(_ table: String, _ columns: [String]) throws -> BulkInsertion {
            try BulkInsertion(
                db, into: table, columns: ["layer", "feature_index"] + columns, replacing: replacing,
                digesting: replacing)
        }
        statistics = try insertion(
            "feature_statistics",
            ["active_tokens", "active_prompts", "maximum", "activation_sum", "activation_square_sum", "histogram"])
        negativeTails = try insertion(
            "feature_negative_tails", ["negative_tokens", "negative_prompts", "minimum", "histogram", "label"])
        examples = try Dictionary(
            uniqueKeysWithValues: FeatureTail.allCases.map { tail in
                (
                    tail,
                    (
                        try insertion(tail.exampleTable, ["band", "rank", "prompt_id", "position", "activation"]),
                        try insertion(tail.intervalTable, ["band", "prompt_count"])
                    )
                )
            })
    }

    /// The digest of the rows that were written to one of ``tables``.
    func digest(of table: String) -> Digest {
        if let (tail, rows) = examples.first(where: { $0.key.exampleTable == table || $0.key.intervalTable == table }) {
            return tail.exampleTable == table ? rows.examples.digest : rows.intervals.digest
        }
        return table == "feature_statistics" ? statistics.digest : negativeTails.digest
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

    /// Writes the examples of one band, but for those that stand in `there` already.
    func insert(
        _ chosen: [StoredExample], band: Int, of id: FeatureID, tail: FeatureTail, there: [StoredExample] = []
    ) throws {
        let rows = examples[tail]!.examples
        for (place, example) in chosen.enumerated() where !there.indices.contains(place) || there[place] != example {
            for value in [id.layer, id.index, band, place + 1, example.prompt, example.position] { rows.bind(value) }
            rows.bind(Double(example.activation))
            try rows.step()
        }
    }

    /// Writes how many prompts each interval holds, but for those that hold as many as in `there`.
    func insert(intervalCounts: [Int], of id: FeatureID, tail: FeatureTail, there: [Int]? = nil) throws {
        let rows = examples[tail]!.intervals
        for (interval, count) in intervalCounts.enumerated() where count > 0 && there?[interval] != count {
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
