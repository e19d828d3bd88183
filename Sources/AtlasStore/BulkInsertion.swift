import Foundation
import GRDB
import GRDBSQLite

/// A prepared INSERT whose values are bound straight to SQLite: three times as fast as a row object a row.
///
/// Bind the values of one row from left to right, then ``step()``.
final class BulkInsertion {
    private let statement: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?
    private let columnCount: Int32
    private var next: Int32 = 1
    /// The hash of a row of the table before its first value; `nil` where rows are not digested.
    private let start: RowHash?
    private var row: RowHash?
    /// The digest of the inserted rows, where that was asked for.
    private(set) var digest = Digest()

    /// Prepares `INSERT INTO table (columns)`; table and columns are names of this program, never input.
    ///
    /// - Parameters:
    ///   - replacing: whether a row takes the place of one with the same key
    ///   - digesting: whether ``digest`` is kept; then the columns are all of the table's, in its order
    init(
        _ db: Database, into table: String, columns: [String], replacing: Bool = false, digesting: Bool = false
    ) throws {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let verb = replacing ? "REPLACE" : "INSERT"
        statement = try db.makeStatement(
            sql: "\(verb) INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
        handle = statement.sqliteStatement
        connection = db.sqliteConnection
        columnCount = Int32(columns.count)
        start = digesting ? RowHash(table: table) : nil
        row = start
    }

    /// Binds the next value.
    func bind(_ value: Int) { bind(Int64(value)) }

    /// Binds the next value.
    func bind(_ value: Int64) {
        sqlite3_bind_int64(handle, next, value)
        row?.append(integer: value)
        next += 1
    }

    /// Binds the next value.
    func bind(_ value: Double) {
        sqlite3_bind_double(handle, next, value)
        row?.append(real: value)
        next += 1
    }

    /// Binds the next value, whole also where it has a NUL; SQLite copies it.
    func bind(_ value: String) {
        var value = value
        value.withUTF8 { bytes in
            row?.append(text: UnsafeRawBufferPointer(bytes))
            bytes.withMemoryRebound(to: CChar.self) { text in
                _ = sqlite3_bind_text(handle, next, text.baseAddress ?? Self.empty, Int32(text.count), Self.transient)
            }
        }
        next += 1
    }

    /// Binds the next value; SQLite copies it.
    func bind(_ value: Data) {
        value.withUnsafeBytes { bytes in
            row?.append(blob: bytes)
            _ = sqlite3_bind_blob(handle, next, bytes.baseAddress, Int32(bytes.count), Self.transient)
        }
        next += 1
    }

    /// Inserts the row that was bound.
    func step() throws {
        precondition(next == columnCount + 1, "\(statement.sql): \(next - 1) of \(columnCount) values bound")
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE else {
            let message = String(cString: sqlite3_errmsg(connection))
            sqlite3_reset(handle)
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
        }
        sqlite3_reset(handle)
        next = 1
        guard let hash = row else { return }
        digest += Digest(rowCount: 1, sum: hash.finished())
        row = start
    }

    /// What an empty text points to: a null pointer would be NULL.
    private static var empty: UnsafePointer<CChar> { UnsafePointer(bitPattern: 1)! }

    /// Tells SQLite to copy a value before the call returns.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
