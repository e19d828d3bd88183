import AtlasStore
import GRDB

/// The order of a list in SQL, in which a list goes on behind a row: by a value, missing ones last, then by the row's key.
struct KeysetOrder {
    /// What is ordered by; `nil`: the key alone.
    var value: String?
    /// Whether the largest values come first.
    var isDescending = false
    /// The columns of the row's key, ascending.
    let key: [String]
    /// Whether the key descends: where it alone is the order, backwards.
    var keyDescends = false

    /// `ORDER BY` with all that decides.
    var sql: String {
        let first = value.map { ["\($0) \(isDescending ? "DESC" : "ASC") NULLS LAST"] } ?? []
        return "ORDER BY " + (first + key.map { keyDescends ? "\($0) DESC" : $0 }).joined(separator: ", ")
    }

    /// The condition that a row comes behind another.
    ///
    /// - Parameters:
    ///   - value: what the other row has of ``value``
    ///   - key: its key
    func behind(_ value: DatabaseValue, key: [Int64]) -> (sql: String, arguments: [any DatabaseValueConvertible]) {
        let names = self.key.joined(separator: ", ")
        let marks = key.map { _ in "?" }.joined(separator: ", ")
        let isLater = "(\(names)) \(keyDescends ? "<" : ">") (\(marks))"
        guard let expression = self.value else { return (isLater, key) }
        guard !value.isNull else { return ("\(expression) IS NULL AND \(isLater)", key) }
        let further = "\(expression) \(isDescending ? "<" : ">") ?"
        return (
            "(\(further) OR \(expression) = ? AND \(isLater) OR \(expression) IS NULL)", [value, value] + key
        )
    }
}

/// What an ordered list is read from.
struct KeysetList {
    /// `FROM …` with its joins, without conditions.
    let tables: String
    let order: KeysetOrder
    /// What a row must meet.
    var conditions: [String] = []
    var arguments: [any DatabaseValueConvertible] = []

    /// Adds a condition.
    mutating func require(_ condition: String, _ values: [any DatabaseValueConvertible] = []) {
        conditions.append(condition)
        arguments += values
    }

    /// How many rows there are.
    func count(_ db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) \(tables) \(Self.clause(conditions))", arguments: StatementArguments(arguments))!
    }

    /// The keys of the rows of one part; of a cursor whose row is gone, by the number of rows before it.
    func keys(_ range: ListRange, _ db: Database) throws -> [[Int64]] {
        var conditions = conditions
        var arguments = arguments
        var skipped = range.offset
        if let key = range.cursor?.key, key.count == order.key.count, let value = try value(at: key, db) {
            let behind = order.behind(value, key: key)
            conditions.append(behind.sql)
            arguments += behind.arguments
            skipped = 0
        }
        return try StoredRow.fetchAll(
            db,
            sql: "SELECT \(order.key.joined(separator: ", ")) \(tables) \(Self.clause(conditions)) \(order.sql) "
                + "LIMIT ? OFFSET ?",
            arguments: StatementArguments(arguments + [range.limit, skipped])
        ).map { row in try order.key.indices.map { try row[$0] } }
    }

    /// What the row of a key is ordered by; `nil` where there is no such row.
    private func value(at key: [Int64], _ db: Database) throws -> DatabaseValue? {
        let conditions = order.key.map { "\($0) = ?" }
        return try DatabaseValue.fetchOne(
            db, sql: "SELECT \(order.value ?? "NULL") \(tables) \(Self.clause(conditions))",
            arguments: StatementArguments(key))
    }

    private static func clause(_ conditions: [String]) -> String {
        conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    }
}
