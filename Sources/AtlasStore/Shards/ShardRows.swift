import Foundation
import GRDB
import GRDBSQLite

/// The rows of one summed table of one shard, in the order of their keys, some at a time.
///
/// Their digest is taken on the way: rows that are not what was stored are told at the end.
struct ShardRows {
    /// Rows that are read at a time.
    private static let chunk = 1_024

    private let sum: DerivedSums
    private let shards: ShardSet
    private let shard: Int
    private let reals: [Bool]
    private var digest = Digest()
    /// The keys and numbers of the rows that were read, row after row; real numbers as their bit patterns.
    private var values: [Int64] = []
    private var lists: [Data] = []
    private var place = 0
    private var isAtEnd = false

    /// - Parameter reals: of each summed column whether it holds real numbers
    init(_ sum: DerivedSums, of shard: Int, in shards: ShardSet, reals: [Bool]) throws {
        self.sum = sum
        self.shards = shards
        self.shard = shard
        self.reals = reals
        try read(after: sum.keys.map { _ in -1 })
    }

    private var stride: Int { sum.keys.count + sum.sums.count }

    /// Whether all rows have been passed.
    var isEmpty: Bool { place * stride >= values.count }

    /// A column of the key of the row it is at.
    func key(_ column: Int) -> Int64 { values[place * stride + column] }

    /// A summed column of the row it is at; a real number as its bit pattern.
    func value(_ column: Int) -> Int64 { values[place * stride + sum.keys.count + column] }

    /// The graphs in a column of lists, with the ids that they have in the assembled atlas.
    func graphs(_ column: Int) throws -> [Int] {
        do throws(BlockFault) {
            let offset = shards.shards[shard].graphOffset
            return try GraphIDList.decode(lists[place * sum.lists.count + column]).map { $0 + offset }
        } catch {
            throw error.inRow(Int(key(0)), of: "\(shards.shards[shard].path): \(sum.table)")
        }
    }

    /// Goes on to the next row.
    mutating func advance() throws {
        place += 1
        guard isEmpty, !isAtEnd else { return }
        let last = values.count - stride
        try read(after: Array(values[last..<last + sum.keys.count]))
    }

    private mutating func read(after key: [Int64]) throws {
        values.removeAll(keepingCapacity: true)
        lists.removeAll(keepingCapacity: true)
        place = 0
        let names = sum.keys.joined(separator: ", ")
        let marks = sum.keys.map { _ in "?" }.joined(separator: ", ")
        let sql = """
            SELECT * FROM \(sum.table) WHERE (\(names)) > (\(marks)) ORDER BY \(names) LIMIT \(Self.chunk)
            """
        let recorded = try shards.read(shard) { db in
            let statement = try db.cachedStatement(sql: sql)
            try statement.setArguments(StatementArguments(key))
            try append(rowsOf: statement, db)
            return try TableDigests.read(sum.table, in: db)
        }
        isAtEnd = values.count < Self.chunk * stride
        guard !isAtEnd || digest == recorded else {
            throw AtlasError.damaged(path: shards.shards[shard].path, what: "table \(sum.table)")
        }
    }

    private mutating func append(rowsOf statement: Statement, _ db: Database) throws {
        let names = statement.columnNames
        func places(_ columns: [String]) -> [Int32] { columns.map { Int32(names.firstIndex(of: $0)!) } }
        let (keys, sums, listed) = (places(sum.keys), places(sum.sums), places(sum.lists))
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        let start = RowHash(table: sum.table)
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code),
                    message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
            }
            var hash = start
            hash.append(rowOf: handle)
            digest += Digest(rowCount: 1, sum: hash.finished())
            for column in keys { values.append(sqlite3_column_int64(handle, column)) }
            for (column, isReal) in zip(sums, reals) {
                values.append(
                    isReal
                        ? Int64(bitPattern: sqlite3_column_double(handle, column).bitPattern)
                        : sqlite3_column_int64(handle, column))
            }
            for column in listed {
                lists.append(
                    Data(
                        bytes: sqlite3_column_blob(handle, column) ?? UnsafeRawPointer(bitPattern: 1)!,
                        count: Int(sqlite3_column_bytes(handle, column))))
            }
        }
    }
}
