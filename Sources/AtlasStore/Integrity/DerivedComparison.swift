import Foundation
import GRDB

/// Compares what is derived in an atlas with what its facts give: the derived tables of a copy that is rebuilt.
///
/// Everything must be equal, sums within ``AtlasDerivation/roundingTolerance`` of the number or of the largest one of
/// their column, postings entry by entry, however they are cut into blocks.
public struct DerivedComparison: Sendable {
    /// What differs, one line a table and kind of difference.
    public private(set) var problems: [String] = []
    /// The rows that were compared.
    public private(set) var rowCount = 0
    /// The largest difference of two sums, as a share of the larger, and where.
    public private(set) var largestRounding: (share: Double, column: String) = (0, "")

    /// Tables that say when and how something was derived, not what.
    private static let records = ["derivation", "posting_runs", "feature_postings"]

    /// Rebuilds a copy in `folder`, which must have room for as much again as the atlas, and compares.
    ///
    /// - Throws: `AtlasError.storageFailed` where there is no room
    public static func run(_ atlas: Atlas, copyingTo folder: String) throws -> DerivedComparison {
        let copy = folder + "/rebuilt.atlas"
        try Atlas.translating("copying", path: atlas.path) { try atlas.database.vacuum(into: copy) }
        let rebuilt = try Atlas.open(copy, mode: .readWrite)
        try AtlasDerivation(rebuilt).rebuild()
        var comparison = DerivedComparison()
        try atlas.read("comparing") { db in
            try rebuilt.read("comparing") { other in try comparison.compare(db, other) }
        }
        try rebuilt.close()
        return comparison
    }

    /// Compares the derived tables of two files with the same facts and ids.
    mutating func compare(_ db: Database, _ rebuilt: Database) throws {
        for table in TableDigests.derived where !Self.records.contains(table) { try compare(table, db, rebuilt) }
        try comparePostings(db, rebuilt)
    }

    private mutating func compare(_ table: String, _ db: Database, _ rebuilt: Database) throws {
        let columns = try Row.fetchAll(db, sql: "SELECT name, type, pk FROM pragma_table_info('\(table)')")
        let keys = columns.filter { ($0["pk"] as Int) > 0 }.sorted { ($0["pk"] as Int) < ($1["pk"] as Int) }
            .map { $0["name"] as String }
        let reals = columns.filter { $0["type"] == "REAL" }.map { $0["name"] as String }
        let largest = try Dictionary(
            uniqueKeysWithValues: reals.map {
                ($0, try Double.fetchOne(rebuilt, sql: "SELECT coalesce(max(abs(\($0))), 0) FROM \(table)")!)
            })
        let sql = "SELECT * FROM \(table) ORDER BY \(keys.joined(separator: ", "))"
        let (own, expected) = (try Row.fetchCursor(db, sql: sql), try Row.fetchCursor(rebuilt, sql: sql))
        var counts: [String: Int] = [:]
        var (left, right) = (try own.next(), try expected.next())
        while left != nil || right != nil {
            rowCount += 1
            switch Self.order(left, right, keys) {
            case .orderedAscending:
                counts["rows that the facts do not give", default: 0] += 1
                left = try own.next()
            case .orderedDescending:
                counts["rows missing", default: 0] += 1
                right = try expected.next()
            case .orderedSame:
                for column in left!.columnNames where !agree(left!, right!, column, table, largest[column]) {
                    counts["other values of \(column)", default: 0] += 1
                }
                (left, right) = (try own.next(), try expected.next())
            }
        }
        problems += counts.sorted { $0.key < $1.key }.map { "\(table): \($0.value) \($0.key)" }
    }

    private static func order(_ left: Row?, _ right: Row?, _ keys: [String]) -> ComparisonResult {
        guard let left else { return .orderedDescending }
        guard let right else { return .orderedAscending }
        for key in keys {
            let (one, other): (Int64, Int64) = (left[key], right[key])
            if one != other { return one < other ? .orderedAscending : .orderedDescending }
        }
        return .orderedSame
    }

    private mutating func agree(
        _ left: Row, _ right: Row, _ column: String, _ table: String, _ largest: Double?
    ) -> Bool {
        let (one, other): (DatabaseValue, DatabaseValue) = (left[column], right[column])
        guard one != other else { return true }
        guard let largest, let found = Double.fromDatabaseValue(one), let expected = Double.fromDatabaseValue(other)
        else { return false }
        let difference = abs(found - expected)
        let share = difference / max(abs(found), abs(expected))
        if share > largestRounding.share, share <= 1e-6 { largestRounding = (share, "\(table).\(column)") }
        return difference <= AtlasDerivation.roundingTolerance * max(abs(found), abs(expected), largest)
    }

    private mutating func comparePostings(_ db: Database, _ rebuilt: Database) throws {
        // A sum over entries does not depend on their order, and so not on runs.
        func digest(_ db: Database) throws -> Digest {
            var digest = Digest()
            try BlobScan.run(db, sql: "SELECT block, entries FROM feature_postings") { row in
                let entries = try row.decode("feature_postings.entries", column: 1) { (frame) throws(BlockFault) in
                    try PostingBlock.decode(frame)
                }
                for entry in entries {
                    var hash = RowHash(table: "entries")
                    hash.append(UInt64(bitPattern: entry.feature))
                    hash.append(UInt64(bitPattern: entry.prompt))
                    hash.append(UInt64(entry.position) << 32 | UInt64(entry.activation.bitPattern))
                    digest += Digest(rowCount: 1, sum: hash.finished())
                }
            }
            return digest
        }
        let (own, expected) = (try digest(db), try digest(rebuilt))
        rowCount += expected.rowCount
        if own != expected {
            problems.append("feature_postings: \(own.rowCount) entries, not the \(expected.rowCount) of the facts")
        }
    }
}
