import GRDB

/// Whether a full-text index finds what stands in the tables that it is made from.
///
/// FTS5 checks an index by a statement that writes, which a file that is only read refuses. So the index is copied into the
/// connection's temporary database, beside the content that it must be of, and checked there.
struct SearchIndexCheck {
    /// The index.
    let table: String
    /// Its columns.
    let columns: [String]
    /// Answers row ids and columns as they must be.
    let content: String
    /// Whether the index keeps a copy of its content.
    let hasContent: Bool

    /// The three indexes of an atlas.
    static let all = [
        SearchIndexCheck(
            table: "prompt_search", columns: ["text"], content: "SELECT id, text FROM main.prompts", hasContent: false),
        SearchIndexCheck(
            table: "supernode_search", columns: ["name", "note"],
            content: "SELECT id, name, note FROM main.supernodes", hasContent: true),
        SearchIndexCheck(
            table: "label_search", columns: ["label", "note"],
            content: """
                SELECT (layer << 24 | feature_index) * 2, label, note FROM main.labels UNION ALL
                SELECT (layer << 24 | feature_index) * 2 + 1, label, '' FROM main.automatic_labels
                """, hasContent: true),
    ]

    /// The name of the copy.
    private static let copy = "checked_search"

    /// What is wrong with the index; nothing when it is sound.
    func problems(_ db: Database) throws -> [String] {
        defer {
            try? db.execute(
                sql: "DROP TABLE IF EXISTS temp.\(Self.copy)_terms; DROP TABLE IF EXISTS temp.\(Self.copy)")
        }
        let declared = "\(columns.joined(separator: ", ")), tokenize = 'unicode61'"
        let contentColumns = columns.indices.map { "c\($0)" }.joined(separator: ", ")
        var problems: [String] = []
        do {
            try db.execute(sql: "CREATE VIRTUAL TABLE temp.\(Self.copy) USING fts5(\(declared))")
            for part in ["data", "idx", "docsize", "config"] {
                try db.execute(
                    sql: """
                        DELETE FROM temp.\(Self.copy)_\(part);
                        INSERT INTO temp.\(Self.copy)_\(part) SELECT * FROM main.\(table)_\(part)
                        """)
            }
            try db.execute(sql: "INSERT INTO temp.\(Self.copy)_content (id, \(contentColumns)) \(content)")
            if hasContent {
                let stored = "SELECT id, \(contentColumns) FROM main.\(table)_content"
                let isSame = try Bool.fetchOne(
                    db,
                    sql: """
                        SELECT NOT EXISTS (\(stored) EXCEPT SELECT * FROM (\(content)))
                            AND NOT EXISTS (SELECT * FROM (\(content)) EXCEPT \(stored))
                        """)
                if isSame != true { problems.append("its texts are not those that it is made from") }
            }
            try db.execute(sql: "INSERT INTO temp.\(Self.copy) (\(Self.copy)) VALUES ('integrity-check')")
            // That reads the index from one end to the other; a question looks its words up.
            try db.execute(
                sql: "CREATE VIRTUAL TABLE temp.\(Self.copy)_terms USING fts5vocab(temp, \(Self.copy), row)")
            let lost = try String.fetchOne(
                db,
                sql: """
                    SELECT term FROM temp.\(Self.copy)_terms WHERE doc <> (
                        SELECT count(*) FROM temp.\(Self.copy) WHERE \(Self.copy) MATCH '"' || term || '"')
                    """)
            if let lost { problems.append("it does not find \(lost.debugDescription) wherever that stands") }
        } catch let error as DatabaseError {
            problems.append("it does not find what it must: \(error.message ?? "\(error.extendedResultCode)")")
        }
        return problems
    }
}
