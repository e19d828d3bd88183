import AtlasStore
import GRDB

/// The tables and views that can be asked in SQL, as the data dictionary describes them.
public struct SchemaReport: Codable, Sendable, Equatable {
    /// Views first, then tables.
    public let relations: [Relation]

    /// A table or a view.
    public struct Relation: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Whether it is a view, made for asking, and no table.
        public let isView: Bool
        /// What a row of it is; empty where nothing is said.
        public let note: String
        /// Its columns, in their order.
        public let columns: [Column]
    }

    /// A column.
    public struct Column: Codable, Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its type as SQLite says it; empty where it has none.
        public let type: String
        /// What it holds; empty where nothing is said.
        public let note: String
    }
}

/// What can be asked in SQL.
extension AtlasReader {
    static let columnsOfRelation = "SELECT name, type FROM pragma_table_info(?, 'main')"
    static let kindsOfRelations = "SELECT name, type = 'view' FROM sqlite_schema WHERE type IN ('table', 'view')"

    /// The tables and views of the atlas's file that the schema describes, with what it says of them.
    public func schema() throws -> SchemaReport {
        try ask("describing the schema") { db in
            let kinds = try Row.fetchAll(db, sql: Self.kindsOfRelations).reduce(into: [String: Bool]()) {
                $0[$1[0]] = $1[1]
            }
            return SchemaReport(
                relations: try SchemaNotes.current.relations.compactMap { relation in
                    guard let isView = kinds[relation.name] else { return nil }
                    let columns = try Row.fetchAll(db, sql: Self.columnsOfRelation, arguments: [relation.name])
                    return SchemaReport.Relation(
                        name: relation.name, isView: isView, note: relation.note,
                        columns: columns.map { row in
                            let name: String = row[0]
                            return .init(name: name, type: row[1] ?? "", note: relation.columns[name] ?? "")
                        })
                })
        }
    }
}
