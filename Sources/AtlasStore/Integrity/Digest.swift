import GRDB
import GRDBSQLite

/// The digest of a set of rows: how many they are, and the sum of their hashes, modulo 2^64.
///
/// A sum does not depend on the order of rows and can be kept as rows come and go, without reading the others: what was
/// wrong before stays wrong, so that writing never covers up damage.
struct Digest: Equatable {
    var rowCount = 0
    var sum: UInt64 = 0

    static func + (left: Digest, right: Digest) -> Digest {
        Digest(rowCount: left.rowCount + right.rowCount, sum: left.sum &+ right.sum)
    }

    static func - (left: Digest, right: Digest) -> Digest {
        Digest(rowCount: left.rowCount - right.rowCount, sum: left.sum &- right.sum)
    }

    static func += (left: inout Digest, right: Digest) { left = left + right }
}

/// Rows that a digest is made of: all columns of one table.
struct StoredRows {
    /// The table.
    let table: String
    /// A statement that answers all columns of these rows.
    let sql: String
    /// What is bound to it.
    var arguments = StatementArguments()

    /// All rows of a table; of an attached file with `schema`.
    init(allOf table: String, schema: String = "main") {
        self.table = table
        sql = "SELECT * FROM \(schema).\(table)"
    }

    /// The rows of a table that satisfy a condition.
    init(of table: String, where condition: String, _ arguments: StatementArguments) {
        self.table = table
        sql = "SELECT * FROM main.\(table) WHERE \(condition)"
        self.arguments = arguments
    }

    /// The rows of a table that a statement answers.
    init(of table: String, sql: String, _ arguments: StatementArguments) {
        self.table = table
        self.sql = sql
        self.arguments = arguments
    }

    /// Their digest.
    ///
    func digest(_ db: Database) throws -> Digest {
        let statement = try db.cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        let handle = statement.sqliteStatement
        defer { sqlite3_reset(handle) }
        let start = RowHash(table: table)
        var digest = Digest()
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return digest }
            guard code == SQLITE_ROW else {
                throw DatabaseError(
                    resultCode: ResultCode(rawValue: code),
                    message: String(cString: sqlite3_errmsg(db.sqliteConnection)), sql: sql)
            }
            var hash = start
            hash.append(rowOf: handle)
            digest += Digest(rowCount: 1, sum: hash.finished())
        }
    }
}
