import Dispatch
import GRDB
import GRDBSQLite
import Tensors

/// What a SQL statement of the user's own may take.
public struct SQLLimits: Sendable, Equatable {
    /// Rows that are answered; the rest is left out, and the answer says so.
    public var rows = 10_000
    /// Seconds that the statement may run.
    public var seconds = 60.0
    /// Bytes of all values that are answered, and of the largest value that may come about on the way.
    public var answerBytes = 64 << 20
    /// Bytes of memory that SQLite may use for it.
    public var workingBytes = 512 << 20

    /// The limits of a person who waits.
    public init() {}
}

/// Questions in SQL, over the documented tables and views.
extension AtlasReader {
    /// Runs one SQL statement that reads.
    ///
    /// - Parameter limit: how many rows are answered at most
    public func sql(_ query: String, limit: Int = 10_000) throws -> TableAnswer {
        var limits = SQLLimits()
        limits.rows = limit
        return try sql(query, limits: limits)
    }

    /// Runs one SQL statement that reads.
    ///
    /// - Throws: ``QuestionError/refusedSQL(reason:)`` for what is no such statement,
    ///   ``QuestionError/sqlOverLimit(found:advice:)`` for one that takes more than it may
    public func sql(_ query: String, limits: SQLLimits) throws -> TableAnswer {
        let text = SQLText(query)
        guard text.isQuestion else {
            throw QuestionError.refusedSQL(reason: "its first word is not SELECT, WITH or VALUES")
        }
        guard !text.hasSecondStatement else {
            throw QuestionError.refusedSQL(reason: "another statement follows the first")
        }
        return try ask("running SQL") { db in
            let statement: Statement
            do {
                statement = try db.makeStatement(sql: query)
            } catch let error as DatabaseError {
                throw QuestionError.refusedSQL(reason: error.message ?? "\(error.extendedResultCode)")
            }
            guard statement.isReadonly, statement.columnCount > 0 else {
                throw QuestionError.refusedSQL(reason: "this one writes or answers nothing")
            }
            let watch = SQLWatch(limits)
            let usual = sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(clamping: limits.answerBytes))
            defer { sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, usual) }
            return try db.interruptible(by: watch, stepsBetweenLooks: SQLWatch.stepsBetweenLooks) {
                try rows(of: statement, limits: limits, watch: watch, db)
            }
        }
    }

    /// Steps through a statement; values come straight from SQLite, so that a packed column is measured, not copied.
    private func rows(
        of statement: Statement, limits: SQLLimits, watch: SQLWatch, _ db: Database
    ) throws -> TableAnswer {
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        let columns = statement.columnNames
        func answer(_ rows: [[TableAnswer.Value]], _ truncation: TableAnswer.Truncation?) -> TableAnswer {
            TableAnswer(columns: columns, rows: rows, isTruncated: truncation != nil, truncatedBy: truncation)
        }
        var rows: [[TableAnswer.Value]] = []
        var byteCount = 0
        while true {
            let status = sqlite3_step(handle)
            if status == SQLITE_DONE { return answer(rows, nil) }
            guard status == SQLITE_ROW else { throw try fault(status, limits: limits, watch: watch, db) }
            guard rows.count < limits.rows else { return answer(rows, .rows) }
            for column in columns.indices {
                byteCount += MemoryLayout<TableAnswer.Value>.stride
                if sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT {
                    byteCount += Int(sqlite3_column_bytes(handle, Int32(column)))
                }
            }
            guard byteCount <= limits.answerBytes else { return answer(rows, .bytes) }
            rows.append(columns.indices.map { TableAnswer.Value(handle, column: Int32($0)) })
        }
    }

    private func fault(_ status: Int32, limits: SQLLimits, watch: SQLWatch, _ db: Database) throws -> any Error {
        let message = db.lastErrorMessage ?? "SQLite's error \(status)"
        switch status & 0xFF {
        case SQLITE_INTERRUPT:
            if let fault = watch.fault { return fault }
            try Cancellation.check()
        case SQLITE_TOOBIG:
            return QuestionError.sqlOverLimit(
                found: "a value or row of more than \(limits.answerBytes >> 20) MiB",
                advice: "select parts of it, as substr() gives, or its length()")
        case SQLITE_NOMEM: return watch.memoryFault
        case SQLITE_ERROR: return QuestionError.refusedSQL(reason: message)
        default: break
        }
        return DatabaseError(resultCode: ResultCode(rawValue: status), message: message)
    }
}

extension TableAnswer.Value {
    /// A value of the row that a statement is at.
    fileprivate init(_ statement: SQLiteStatement, column: Int32) {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: self = .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: self = .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let text = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            self = .text(
                String(decoding: UnsafeBufferPointer(start: text, count: text == nil ? 0 : count), as: UTF8.self))
        case SQLITE_BLOB: self = .blob(byteCount: Int(sqlite3_column_bytes(statement, column)))
        default: self = .null
        }
    }
}

/// Looks at what a statement takes while it runs; only the thread that runs it asks.
private final class SQLWatch: StatementStop {
    /// A single step may make a value of the largest size, so that few of them may pass unseen.
    static let stepsBetweenLooks: Int32 = 4

    private let limits: SQLLimits
    private let deadline: UInt64
    private let memoryAtStart = sqlite3_memory_used()
    /// What was too much; `nil` while nothing is.
    private(set) var fault: QuestionError?

    init(_ limits: SQLLimits) {
        self.limits = limits
        deadline = DispatchTime.now().uptimeNanoseconds + UInt64(min(max(0, limits.seconds), 1e9) * 1e9)
    }

    var isDue: Bool {
        if sqlite3_memory_used() - memoryAtStart > limits.workingBytes {
            fault = memoryFault
        } else if DispatchTime.now().uptimeNanoseconds >= deadline {
            fault = .sqlOverLimit(
                found: "\(limits.seconds) s, and was not at its end",
                advice: "ask for less, or allow more with --seconds")
        }
        return fault != nil || Cancellation.current?.reason != nil
    }

    var memoryFault: QuestionError {
        .sqlOverLimit(
            found: "more than \(limits.workingBytes >> 20) MiB of memory",
            advice: "ask for less, or allow more with --memory")
    }
}
