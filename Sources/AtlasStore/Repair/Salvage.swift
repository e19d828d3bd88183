import GRDB

/// Copies what can be read of one table of a damaged file into the new one.
///
/// Row by row: from the front until a page cannot be read, from the back until one cannot, and between them by every key
/// that may be there. A row that the table's checks refuse is left out and told.
struct Salvage {
    /// The tables of facts and names, in the order of their references; derived ones are made anew.
    static let tables = [
        "atlas", "vocabulary", "neuron_basis", "corpora", "runs", "prompts", "memberships", "tags", "graphs",
        "logit_targets", "custom_targets", "node_effects", "measured_effects", "edge_heads", "baselines",
        "token_effects", "labels", "supernodes", "supernode_members", "saved_runs",
        "prompt_digests", "table_digests",
    ]
    /// How many keys are tried between the last row from the front and the first from the back.
    private static let largestGap: Int64 = 2_000_000
    /// How many behind the last row from the front, where none can be read from the back.
    private static let openGap: Int64 = 5_000

    private let table: String
    private let columns: [String]
    /// The columns of the primary key of a table without row ids; empty: it has them.
    private let keys: [String]
    private let source: Database
    private let target: Database
    private let insertion: Statement

    /// - Parameters:
    ///   - source: a connection with the damaged file attached as `damaged`; apart from the other one, as a page that cannot
    ///     be read would undo its transaction
    ///   - target: the new file, whose tables are empty
    init(table: String, from source: Database, to target: Database) throws {
        self.table = table
        self.source = source
        self.target = target
        columns = try String.fetchAll(target, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
        let hasRowID =
            try Bool.fetchOne(
                target, sql: "SELECT sql NOT LIKE '%WITHOUT ROWID%' FROM sqlite_schema WHERE name = ?",
                arguments: [table]) ?? true
        let primary = try String.fetchAll(
            target, sql: "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", arguments: [table])
        keys = hasRowID ? [] : primary
        // Two arguments a column: what it holds, and whether that is text. Text goes as bytes, for some tokens are a NUL, at
        // which a text would be cut.
        let marks = columns.indices.map { "iif(?\(2 * $0 + 2), CAST(?\(2 * $0 + 1) AS TEXT), ?\(2 * $0 + 1))" }
            .joined(separator: ", ")
        insertion = try target.makeStatement(
            sql: "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))")
    }

    /// Copies the rows.
    ///
    /// - Returns: what could not be copied, one sentence each
    func copy() throws -> [String] {
        var notes: [String] = []
        let front = try copy("", arguments: [], &notes)
        guard !front.isWhole else { return notes }
        let order = keys.isEmpty ? "rowid DESC" : keys.map { "\($0) DESC" }.joined(separator: ", ")
        let back = try copy("ORDER BY \(order)", arguments: [], &notes)
        if keys.isEmpty {
            // Where neither end can be read, nothing of the table can.
            guard front.last != nil || back.last != nil else { return notes }
            let first = (front.last ?? 0) + 1
            let end = min(back.last ?? first + Self.openGap, first + Self.largestGap)
            for key in first..<max(first, end) {
                _ = try copy("WHERE rowid = ?", arguments: [key], &notes, telling: false)
            }
        } else if let parent = ["prompt_id": "prompts", "graph_id": "graphs", "supernode_id": "supernodes"].first(
            where: { columns.contains($0.key) })
        {
            for key in try Int64.fetchAll(target, sql: "SELECT id FROM \(parent.value)") {
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
        let read = columns.map { "iif(typeof(\($0)) = 'text', CAST(\($0) AS BLOB), \($0)), typeof(\($0)) = 'text'" }
        let sql = """
            SELECT \(keys.isEmpty ? "rowid" : "0"), \(read.joined(separator: ", ")) FROM damaged.\(table) \(part)
            """
        // What the damaged file says is an answer; what the new one says stops the repair.
        func unreadable(_ error: any Error) -> (isWhole: Bool, last: Int64?) {
            if telling {
                let place = last.map { " after row \($0)" } ?? ""
                let reason = (error as? DatabaseError)?.message ?? "\(error)"
                notes.append("\(table): cannot be read\(place): \(reason)")
            }
            return (false, last)
        }
        let rows: RowCursor
        do {
            rows = try Row.fetchCursor(source.cachedStatement(sql: sql), arguments: arguments)
        } catch { return unreadable(error) }
        while true {
            let row: Row
            do {
                guard let next = try rows.next() else { return (true, last) }
                row = next
            } catch { return unreadable(error) }
            if keys.isEmpty { last = Int64.fromDatabaseValue(row[0]) ?? last }
            let isNew = try insert((1..<row.count).map { row[$0] as DatabaseValue }, &notes)
            // From the back, what is there already was read from the front.
            if !isNew, part.hasPrefix("ORDER BY") { return (false, last) }
        }
    }

    /// - Returns: whether the row was not there yet
    private func insert(_ values: [DatabaseValue], _ notes: inout [String]) throws -> Bool {
        do {
            try insertion.execute(arguments: StatementArguments(values))
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            let isThere =
                error.extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY
                || error.extendedResultCode == .SQLITE_CONSTRAINT_ROWID
            if !isThere { notes.append("\(table): a row was left out: \(error.message ?? "refused by a check")") }
            return !isThere
        }
    }
}
