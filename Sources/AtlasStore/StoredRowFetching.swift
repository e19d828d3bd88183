import GRDB

/// Asking for rows; the statements are the program's own, and what they answer is read without trust.
extension StoredRow {
    /// All rows that a statement answers.
    public static func fetchAll(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> [StoredRow] {
        try Row.fetchAll(db, sql: sql, arguments: arguments).map(StoredRow.init)
    }

    /// All rows that a statement answers.
    public static func fetchAll(
        _ statement: Statement, arguments: StatementArguments? = nil
    ) throws -> [StoredRow] {
        try Row.fetchAll(statement, arguments: arguments).map(StoredRow.init)
    }

    /// The first row that a statement answers, if there is one.
    public static func fetchOne(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> StoredRow? {
        try Row.fetchOne(db, sql: sql, arguments: arguments).map(StoredRow.init)
    }

    /// The first row that a statement answers, if there is one.
    public static func fetchOne(
        _ statement: Statement, arguments: StatementArguments? = nil
    ) throws -> StoredRow? {
        try Row.fetchOne(statement, arguments: arguments).map(StoredRow.init)
    }

    /// The row of something that other rows name; an error where it is missing, as only damage explains that.
    public static func fetchExisting(
        _ db: Database, _ what: String, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> StoredRow {
        try fetchExisting(db.makeStatement(sql: sql), what, arguments: arguments)
    }

    /// The row of something that other rows name; an error where it is missing, as only damage explains that.
    public static func fetchExisting(
        _ statement: Statement, _ what: String, arguments: StatementArguments? = nil
    ) throws -> StoredRow {
        guard let row = try fetchOne(statement, arguments: arguments) else {
            throw AtlasError.damagedRow(column: what, expected: "the row that others name", found: "none")
        }
        return row
    }

    /// The rows that a statement answers, one after another.
    public static func fetchCursor(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> StoredRowCursor {
        StoredRowCursor(rows: try Row.fetchCursor(db, sql: sql, arguments: arguments))
    }

    /// The rows that a statement answers, one after another.
    public static func fetchCursor(
        _ statement: Statement, arguments: StatementArguments? = nil
    ) throws -> StoredRowCursor {
        StoredRowCursor(rows: try Row.fetchCursor(statement, arguments: arguments))
    }
}

/// Rows one after another; each is valid until the next is asked for.
public struct StoredRowCursor {
    fileprivate let rows: RowCursor

    /// The next row, if there is one.
    public func next() throws -> StoredRow? { try rows.next().map(StoredRow.init) }
}
