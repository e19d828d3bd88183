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
        try Atlas.translating("copying", path: atlas.path) {
            guard let shards = atlas.shards else { return try atlas.database.vacuum(into: copy) }
            // SQLite copies by names, for which the views of an assembled atlas's own connections stand.
            try Atlas.connection(readingOnly: atlas.path, cacheKibibytes: 16_384).vacuum(into: copy)
            try fill(copy, from: shards)
        }
        let rebuilt = try Atlas.open(copy, mode: .readWrite)
        try AtlasDerivation(rebuilt).rebuild()
        var comparison = DerivedComparison()
        try atlas.read("comparing") { db in
            try rebuilt.read("comparing") { other in try comparison.compare(db, other) }
        }
        try rebuilt.close()
        return comparison
    }

    /// Makes a copy of an assembled atlas one that holds everything itself.
    private static func fill(_ copy: String, from shards: ShardSet) throws {
        let database = try DatabaseQueue(path: copy)
        try database.write { db in try ShardViews.fill(from: shards, in: db) }
        try database.close()
    }

    /// Compares the derived tables of two files with the same facts and ids.
    mutating func compare(_ db: Database, _ rebuilt: Database) throws {
        for table in TableDigests.derived where !Self.records.contains(table) { try compare(table, db, rebuilt) }
        try comparePostings(db, rebuilt)
    }

    private mutating func compare(_ table: String, _ db: Database, _ rebuilt: Database) throws {
        // In the order of the key, so that its columns come first; places are quicker than names.
        let columns = try Row.fetchAll(
            db, sql: "SELECT name, type, pk FROM pragma_table_info('\(table)') ORDER BY pk = 0, pk, cid")
        let names = columns.map { $0["name"] as String }
        let keyCount = columns.count { ($0["pk"] as Int) > 0 }
        let largest = try columns.map { column in
            guard column["type"] == "REAL" else { return Double?.none }
            let name: String = column["name"]
            return try Double.fetchOne(rebuilt, sql: "SELECT coalesce(max(abs(\(name))), 0) FROM \(table)")
        }
        let sql = """
            SELECT \(names.joined(separator: ", ")) FROM \(table)
            ORDER BY \(names[..<keyCount].joined(separator: ", "))
            """
        let (own, expected) = (try Row.fetchCursor(db, sql: sql), try Row.fetchCursor(rebuilt, sql: sql))
        var (missing, surplus, others) = (0, 0, [Int](repeating: 0, count: names.count))
        var (left, right) = (try own.next(), try expected.next())
        while left != nil || right != nil {
            rowCount += 1
            switch Self.order(left, right, keyCount) {
            case .orderedAscending:
                surplus += 1
                left = try own.next()
            case .orderedDescending:
                missing += 1
                right = try expected.next()
            case .orderedSame:
                for place in keyCount..<names.count {
                    let (one, other): (DatabaseValue, DatabaseValue) = (left![place], right![place])
                    guard one != other else { continue }
                    if !agree(one, other, largest[place], "\(table).\(names[place])") { others[place] += 1 }
                }
                (left, right) = (try own.next(), try expected.next())
            }
        }
        if surplus > 0 { problems.append("\(table): \(surplus) rows that the facts do not give") }
        if missing > 0 { problems.append("\(table): \(missing) rows missing") }
        for (name, count) in zip(names, others) where count > 0 {
            problems.append("\(table): \(count) other values of \(name)")
        }
    }

    private static func order(_ left: Row?, _ right: Row?, _ keyCount: Int) -> ComparisonResult {
        guard let left else { return .orderedDescending }
        guard let right else { return .orderedAscending }
        for place in 0..<keyCount {
            let (one, other): (Int64, Int64) = (left[place], right[place])
            if one != other { return one < other ? .orderedAscending : .orderedDescending }
        }
        return .orderedSame
    }

    /// Whether two values are sums that differ by rounding; the largest sum of their column is `largest`, if they are sums.
    private mutating func agree(
        _ one: DatabaseValue, _ other: DatabaseValue, _ largest: Double?, _ column: String
    ) -> Bool {
        guard let largest, let found = Double.fromDatabaseValue(one), let expected = Double.fromDatabaseValue(other)
        else { return false }
        let difference = abs(found - expected)
        guard difference <= AtlasDerivation.roundingTolerance * max(abs(found), abs(expected), largest) else {
            return false
        }
        let share = difference / max(abs(found), abs(expected))
        if share > largestRounding.share { largestRounding = (share, column) }
        return true
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
