/// A packed column that an assembled atlas leaves empty, because its shards hold it.
struct ShardColumn: Hashable, Sendable {
    /// What numbers the rows of a table.
    enum Key: Sendable {
        case prompt, graph, block
    }

    /// The table.
    let table: String
    /// The column.
    let name: String
    /// The table's key.
    let keyName: String
    /// What that numbers.
    let key: Key

    /// Such tables with their keys and columns.
    private static let tables: [(table: String, keyName: String, key: Key, columns: [String])] = [
        ("prompts", "id", .prompt, ["activations"]),
        ("graphs", "id", .graph, ["nodes", "edges", "target_influence"]),
        ("node_effects", "graph_id", .graph, ["total", "gradient"]),
        ("measured_effects", "graph_id", .graph, ["effects"]),
        ("edge_heads", "graph_id", .graph, ["heads", "patterns"]),
        ("feature_postings", "block", .block, ["entries"]),
    ]

    /// Every such column; tables one after another.
    static let all = tables.flatMap { entry in
        entry.columns.map {
            ShardColumn(table: entry.table, name: $0, keyName: entry.keyName, key: entry.key)
        }
    }

    /// Such columns by their table.
    static let byTable = Dictionary(grouping: all, by: \.table)

    /// The postings themselves.
    static let entries = all.first { $0.key == .block }!
}
