import Circuits
import GRDB

/// Puts what is derived of features in the place of what is there, and writes only rows that differ.
final class ReplacedFeatureRows {
    private let rows: FeatureRows
    /// Statements that take an example and an interval away.
    private let deletions: [FeatureTail: (example: Statement, interval: Statement)]
    private var digests = DigestChanges()

    /// - Parameter replaced: the digests of the rows of `feature_statistics` and of `feature_negative_tails` that will be
    ///   replaced
    init(_ db: Database, replacing replaced: [String: Digest]) throws {
        rows = try FeatureRows(db, replacing: true)
        for (table, digest) in replaced { digests.take(digest, from: table) }
        deletions = try Dictionary(
            uniqueKeysWithValues: FeatureTail.allCases.map { tail in
                let key = "WHERE layer = ? AND feature_index = ? AND band = ?"
                return (
                    tail,
                    (
                        try db.makeStatement(sql: "DELETE FROM \(tail.exampleTable) \(key) AND rank = ?"),
                        try db.makeStatement(sql: "DELETE FROM \(tail.intervalTable) \(key)")
                    )
                )
            })
    }

    /// Replaces the row of `feature_statistics`.
    func replace(_ totals: FeatureRows.Totals, histogram: [Int]?, of id: FeatureID) throws {
        try rows.insert(totals, histogram: histogram, of: id)
    }

    /// Replaces the row of `feature_negative_tails`.
    func replace(negative tail: TailContent, label: String, of id: FeatureID) throws {
        try rows.insert(negative: tail, label: label, of: id)
    }

    /// Replaces examples and intervals.
    func replace(_ old: TailContent?, by new: TailContent, of id: FeatureID, _ tail: FeatureTail) throws {
        for (band, chosen) in new.bands.enumerated() {
            let there = old?.bands[band] ?? []
            guard there != chosen else { continue }
            for (place, example) in there.enumerated() {
                let isLeft = chosen.indices.contains(place)
                if isLeft, chosen[place] == example { continue }
                digests.take(
                    row: [id.layer, id.index, band, place + 1, example.prompt, example.position],
                    from: tail.exampleTable
                ) { $0.append(real: Double(example.activation)) }
                if !isLeft {
                    try deletions[tail]!.example.execute(arguments: [id.layer, id.index, band, place + 1])
                }
            }
            try rows.insert(chosen, band: band, of: id, tail: tail, there: there)
        }
        for (interval, count) in (old?.intervalCounts ?? []).enumerated()
        where count > 0 && count != new.intervalCounts[interval] {
            digests.take(row: [id.layer, id.index, interval + 1, count], from: tail.intervalTable)
            if new.intervalCounts[interval] == 0 {
                try deletions[tail]!.interval.execute(arguments: [id.layer, id.index, interval + 1])
            }
        }
        try rows.insert(intervalCounts: new.intervalCounts, of: id, tail: tail, there: old?.intervalCounts)
    }

    /// Keeps the digests of the tables.
    func finish(_ db: Database) throws {
        for table in FeatureRows.tables { digests.add(rows.digest(of: table), to: table) }
        try digests.keep(in: db)
    }
}
