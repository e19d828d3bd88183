import Circuits
import Foundation
import GRDB

/// What is derived of some features, read back: those in `temp.updated_features`, by its row ids.
struct StoredTails {
    private(set) var totals: [Int: FeatureRows.Totals] = [:]
    private(set) var tails: [FeatureTail: [Int: TailContent]] = [:]
    /// The names of negative sides.
    private(set) var negativeLabels: [Int: String] = [:]
    /// The digests of the rows of `feature_statistics` and of `feature_negative_tails`.
    private(set) var digests: [String: Digest] = [:]

    /// Reads the features of some rows.
    init(_ db: Database, rows: ClosedRange<Int>) throws {
        var (totals, tails, negativeLabels) = (totals, tails, negativeLabels)
        let arguments: StatementArguments = [rows.lowerBound, rows.upperBound]
        func scan(_ columns: String, _ table: String, order: String = "", _ body: (BlobScan) throws -> Void) throws {
            let sql = """
                SELECT f.rowid, \(columns) FROM temp.updated_features f
                CROSS JOIN main.\(table) t ON t.layer = f.layer AND t.feature_index = f.feature_index
                WHERE f.rowid BETWEEN ? AND ? ORDER BY f.rowid\(order)
                """
            try BlobScan.run(db, sql: sql, arguments: arguments, body)
        }
        func histogram(_ row: BlobScan, column: Int32, _ table: String) throws -> [Int] {
            try row.decode("\(table).histogram", column: column) { (frame) throws(BlockFault) in
                let counts = try HistogramBlock.decode(frame)
                guard counts.count == HistogramBlock.binCount else {
                    throw BlockFault(expected: "\(HistogramBlock.binCount) bins", found: "\(counts.count)")
                }
                return counts
            }
        }
        func empty(_ size: Float, _ histogram: [Int], tokens: Int, prompts: Int) -> TailContent {
            TailContent(
                tokenCount: tokens, promptCount: prompts, size: size, histogram: histogram,
                bands: [[StoredExample]](repeating: [], count: 1 + ExampleChoice.intervalCount),
                intervalCounts: [Int](repeating: 0, count: ExampleChoice.intervalCount))
        }
        var digests = ["feature_statistics": Digest(), "feature_negative_tails": Digest()]
        let (statistics, negativeTails) = (
            RowHash(table: "feature_statistics"), RowHash(table: "feature_negative_tails")
        )
        try scan("t.*", "feature_statistics") { row in
            digests["feature_statistics"]! += row.digest(of: statistics)
            let maximum = Float(row.real(5))
            totals[row.integer(0)] = FeatureRows.Totals(
                activeTokens: row.integer(3), activePrompts: row.integer(4), maximum: maximum, sum: row.real(6),
                squareSum: row.real(7))
            guard maximum >= 0 else { return }
            tails[.positive, default: [:]][row.integer(0)] = empty(
                maximum, try histogram(row, column: 8, "feature_statistics"), tokens: 0, prompts: 0)
        }
        try scan("t.*", "feature_negative_tails") { row in
            digests["feature_negative_tails"]! += row.digest(of: negativeTails)
            negativeLabels[row.integer(0)] = row.text(7)
            tails[.negative, default: [:]][row.integer(0)] = empty(
                -Float(row.real(5)), try histogram(row, column: 6, "feature_negative_tails"), tokens: row.integer(3),
                prompts: row.integer(4))
        }
        self.digests = digests
        for tail in FeatureTail.allCases {
            var contents = tails[tail] ?? [:]
            tails[tail] = nil
            try scan("band, prompt_id, position, activation", tail.exampleTable, order: ", t.band, t.rank") { row in
                let band = try row.integer(1, named: "band", in: 0..<1 + ExampleChoice.intervalCount)
                contents[row.integer(0)]?.bands[band].append(
                    StoredExample(prompt: row.integer(2), position: row.integer(3), activation: Float(row.real(4))))
            }
            try scan("band, prompt_count", tail.intervalTable) { row in
                let band = try row.integer(1, named: "band", in: 1..<1 + ExampleChoice.intervalCount)
                contents[row.integer(0)]?.intervalCounts[band - 1] = row.integer(2)
            }
            tails[tail] = contents
        }
        (self.totals, self.tails, self.negativeLabels) = (totals, tails, negativeLabels)
    }
}
