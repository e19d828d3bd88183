import Foundation
import GRDB

/// How questions read an assembled atlas without knowing that it is one: views of this connection stand before the tables
/// whose packed columns lie in the shards, and take these columns from there.
///
/// An unqualified name means the view, `main.` the table with its empty columns. A view over one table costs nothing: SQLite
/// puts the table in its place, and asks for a packed column only where a question does.
enum ShardViews {
    private static let function = "shard_block"

    /// Makes the views in a connection, for as long as it is open.
    static func install(_ shards: ShardSet, in db: Database) throws {
        addFunction(shards, to: db)
        for (table, packed) in ShardColumn.byTable {
            let columns = try String.fetchAll(
                db, sql: "SELECT name FROM pragma_table_info(?, 'main') ORDER BY cid", arguments: [table])
            let answers = columns.map { name in
                packed.first { $0.name == name }.map { "\(call($0)) AS \(name)" } ?? name
            }
            try db.execute(
                sql: "CREATE TEMP VIEW \(table) AS SELECT \(answers.joined(separator: ", ")) FROM main.\(table)")
        }
    }

    /// Fills the packed columns of facts in a copy of an assembled atlas, which then needs no shards.
    static func fill(from shards: ShardSet, in db: Database) throws {
        addFunction(shards, to: db)
        defer { db.remove(function: DatabaseFunction(function, argumentCount: 2) { _ in nil }) }
        for (table, packed) in ShardColumn.byTable where packed[0].key != .block {
            let changes = packed.map { "\($0.name) = \(call($0))" }
            try db.execute(sql: "UPDATE main.\(table) SET \(changes.joined(separator: ", "))")
        }
        try db.execute(sql: "DELETE FROM main.shards")
    }

    private static func call(_ column: ShardColumn) -> String {
        "\(function)(\(ShardColumn.all.firstIndex(of: column)!), \(column.keyName))"
    }

    private static func addFunction(_ shards: ShardSet, to db: Database) {
        db.add(
            function: DatabaseFunction(function, argumentCount: 2, pure: true) { values in
                guard let place = Int.fromDatabaseValue(values[0]), ShardColumn.all.indices ~= place,
                    let id = Int.fromDatabaseValue(values[1])
                else { return nil }
                do {
                    return try shards.block(ShardColumn.all[place], id: id)
                } catch AtlasError.unusableShard(let path, let what) {
                    throw DatabaseError(shard: path, what: what)
                }
            })
    }
}

/// What a shard refuses comes through SQLite as one of its errors, with the shard's path and what was found in the message.
extension DatabaseError {
    private static let separator: Character = "\u{1F}"

    fileprivate init(shard path: String, what: String) {
        // A result of SQLite's own control calls, which no statement gives.
        self.init(resultCode: .SQLITE_NOTFOUND, message: path + String(Self.separator) + what)
    }

    /// The shard's refusal, if it is one.
    var refusalOfShard: AtlasError? {
        guard resultCode == .SQLITE_NOTFOUND, let parts = message?.split(separator: Self.separator, maxSplits: 1),
            parts.count == 2
        else { return nil }
        return .unusableShard(path: String(parts[0]), what: String(parts[1]))
    }
}
