import GRDB
import GRDBSQLite

/// Reads rows with packed columns straight from SQLite's memory, without copying the blobs.
struct BlobScan {
    private let handle: OpaquePointer

    /// Hands every row of `sql` to `body`; the row is valid only during the call.
    static func run(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments(),
        _ body: (BlobScan) throws -> Void
    ) throws {
        try run(db.makeStatement(sql: sql), db, arguments: arguments, body)
    }

    /// Hands every row of a prepared statement to `body`; the row is valid only during the call.
    static func run(
        _ statement: Statement, _ db: Database, arguments: StatementArguments, _ body: (BlobScan) throws -> Void
    ) throws {
        try statement.setArguments(arguments)
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code),
                    message: String(cString: sqlite3_errmsg(db.sqliteConnection)),
                    sql: statement.sql)
            }
            try body(BlobScan(handle: handle))
        }
    }

    /// An integer column.
    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    /// Whether a column holds nothing.
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// A real column.
    func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    /// A text column.
    func text(_ column: Int32) -> String {
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_text(handle, column), count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of a blob column, valid only during the call.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column)))
    }

    /// An integer column that must lie in a range.
    func integer(_ column: Int32, named name: String, in range: Range<Int>) throws(AtlasError) -> Int {
        let value = integer(column)
        guard range ~= value else {
            throw .damagedRow(
                column: name, expected: "\(range.lowerBound) to \(range.upperBound - 1)", found: "\(value)")
        }
        return value
    }

    /// The digest of the row of a table that stands in the columns behind the first.
    func digest(of table: RowHash) -> Digest {
        var hash = table
        hash.append(rowOf: handle, from: 1)
        return Digest(rowCount: 1, sum: hash.finished())
    }

    /// The first eight bytes of a blob column as a number.
    func bigEndianPrefix(_ column: Int32) throws(AtlasError) -> UInt64 {
        guard let bytes = sqlite3_column_blob(handle, column), sqlite3_column_bytes(handle, column) >= 8 else {
            throw .damagedRow(
                column: "content_hash", expected: "32 bytes", found: "\(sqlite3_column_bytes(handle, column))")
        }
        return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// A packed column; a fault is told with the row, whose id must be column 0.
    func decode<Content>(
        _ name: String, column: Int32, _ body: (UnsafeRawBufferPointer) throws(BlockFault) -> Content
    ) throws(AtlasError) -> Content {
        let bytes = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        do throws(BlockFault) {
            return try body(UnsafeRawBufferPointer(start: bytes, count: count))
        } catch {
            throw error.inRow(integer(0), of: name)
        }
    }
}
