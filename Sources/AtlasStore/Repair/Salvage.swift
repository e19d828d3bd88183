import GRDB

/// Copies what can be read of one table of a damaged file, attached as `damaged`, into the new one.
///
/// At once where that works. Else row by row: from the front until a page cannot be read, from the back until one cannot,
/// and between them by every key that may be there. A row that the table's checks refuse is left out and told.
struct Salvage {
    /// The tables of facts and names, in the order of their references; derived ones are made anew.
    static let tables = [
        "atlas", "vocabulary", "neuron_basis", "corpora", "runs", "prompts", "memberships", "tags", "graphs",
        "logit_targets", "custom_targets", "node_effects", "measured_effects", "baselines", "token_effects", "labels",
        "supernodes", "supernode_members", "prompt_digests", "table_digests",
    ]
    /// How many keys are tried behind the last row from the front, at most up to the first from the back.
    private static let largestGap: Int64 = 200_000

    private let table: String
    private let columns: [String]
    private let hasRowID: Bool
    private let db: Database
    private let insertion: Statement

    init(table: String, _ db: Database) throws {
        self.table = table
        self.db = db
        columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?, 'main')", arguments: [table])
        hasRowID =
            try Bool.fetchOne(
                db, sql: "SELECT sql NOT LIKE '%WITHOUT ROWID%' FROM main.sqlite_schema WHERE name = ?",
                arguments: [table]) ?? true
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        insertion = try db.makeStatement(
            sql: "INSERT INTO main.\(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
    }

    private var list: String { columns.joined(separator: ", ") }

    /// Copies the rows.
    ///
    /// - Returns: what could not be copied, one sentence each
    func copy() throws -> [String] {
        do {
            try db.inSavepoint {
                try db.execute(sql: "INSERT INTO main.\(table) (\(list)) SELECT \(list) FROM damaged.\(table)")
                return .commit
            }
            return []
        } catch let error as DatabaseError where error.resultCode != .SQLITE_FULL && error.resultCode != .SQLITE_IOERR {
            return try copyRows()
        }
    }

    private func copyRows() throws -> [String] {
        var notes: [String] = []
        let front = try copy("", arguments: [], &notes)
        guard !front.isWhole else { return notes }
        let order = hasRowID ? "rowid DESC" : "\(list) DESC"
        let back = try copy("ORDER BY \(order)", arguments: [], &notes)
        if hasRowID {
            // Where neither end can be read, nothing of the table can.
            guard front.last != nil || back.last != nil else { return notes }
            let first = (front.last ?? 0) + 1
            let end = min(back.last ?? .max, first + Self.largestGap)
            for key in first..<max(first, end) {
                _ = try copy("WHERE rowid = ?", arguments: [key], &notes, telling: false)
            }
        } else if let parent = ["prompt_id": "prompts", "graph_id": "graphs", "supernode_id": "supernodes"].first(
            where: { columns.contains($0.key) })
        {
            for key in try Int64.fetchAll(db, sql: "SELECT id FROM main.\(parent.value)") {
                _ = try copy("WHERE \(parent.key) = ?", arguments: [key], &notes, telling: false)
            }
        }
        return notes
    }

    /// Copies the rows of a part of the table until one cannot be read.
    private func copy(
        _ part: String, arguments: StatementArguments, _ notes: inout [String], telling: Bool = true
    ) throws -> (isWhole: Bool, last: Int64?) {
        var last: Int64?
        do {
            let key = hasRowID ? "rowid" : "0"
            let rows = try Row.fetchCursor(
                db, sql: "SELECT \(key), \(list) FROM damaged.\(table) \(part)", arguments: arguments)
            while let row = try rows.next() {
                let values = (1..<row.count).map { row[$0] as DatabaseValue }
                if hasRowID { last = Int64.fromDatabaseValue(row[0]) ?? last }
                do {
                    try insertion.execute(arguments: StatementArguments(values))
                } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                    let isThere =
                        error.extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY
                        || error.extendedResultCode == .SQLITE_CONSTRAINT_ROWID
                    if isThere, part.hasPrefix("ORDER BY") { return (false, last) }
                    if !isThere {
                        notes.append("\(table): a row was left out: \(error.message ?? "refused by a check")")
                    }
                }
            }
            return (true, last)
        } catch let error as DatabaseError where error.resultCode != .SQLITE_FULL && error.resultCode != .SQLITE_IOERR {
            if telling {
                let place = last.map { " after row \($0)" } ?? ""
                notes.append("\(table): cannot be read\(place): \(error.message ?? "\(error.extendedResultCode)")")
            }
            return (false, last)
        }
    }
}
