import Foundation
import GRDB

/// A derived table that adds up: what it says of two disjoint sets of prompts is, summed row by row, what it says of both.
struct DerivedSums {
    /// The table.
    let table: String
    /// The columns of its key.
    let keys: [String]
    /// The columns that are added up.
    let sums: [String]
    /// The columns that hold lists of graphs, which are joined; see ``GraphIDList``.
    var lists: [String] = []

    /// Every such table.
    static let all = [
        DerivedSums(table: "token_statistics", keys: ["token"], sums: ["prompt_count"]),
        DerivedSums(
            table: "aggregated_edges", keys: ["target", "source"],
            sums: [
                "support", "occurrences", "positive_prompts", "negative_prompts", "weight_sum", "weight_square_sum",
                "share_sum", "absolute_weight", "same_position_weight",
            ]),
        DerivedSums(table: "logit_statistics", keys: ["token"], sums: ["prompt_count", "probability_sum"]),
        DerivedSums(
            table: "logit_drivers", keys: ["token", "node"],
            sums: [
                "prompt_count", "covered_prompts", "influence_sum", "direct_sum", "direct_square_sum",
                "direct_support", "positive_prompts", "negative_prompts",
            ]),
        DerivedSums(
            table: "logit_driver_negative_tails", keys: ["token", "node"],
            sums: ["prompt_count", "influence_sum", "direct_sum", "direct_support"]),
        DerivedSums(table: "logit_effect_statistics", keys: ["token"], sums: ["known_prompts", "prompt_count"]),
        DerivedSums(
            table: "logit_driver_effects", keys: ["token", "node"],
            sums: [
                "prompt_count", "covered_prompts", "effect_sum", "effect_square_sum", "positive_prompts",
                "negative_prompts", "measured_sum", "measured_prompts",
            ]),
        DerivedSums(table: "effect_totals", keys: ["node"], sums: ["effect_sum"]),
        DerivedSums(table: "effect_prompts", keys: ["id"], sums: ["prompt_count"]),
        DerivedSums(
            table: "logit_coverage", keys: ["by_effect", "token", "node"], sums: ["held"], lists: ["graphs"]),
    ]

    /// Where a derivation writes its sums.
    enum Place: String {
        /// The tables themselves, which are empty.
        case tables = "main."
        /// Tables of the same columns beside them, from which they are added.
        case additions = "temp.added_"

        /// The name to write a table's rows to.
        func callAsFunction(_ table: String) -> String { rawValue + table }
    }

    /// Lets `body` derive sums from more prompts, and makes room for them.
    ///
    /// - Parameter finish: what is done when they are added, with the added rows still in reach
    static func adding(
        in db: Database, _ body: (Place) throws -> Void, finish: (Place) throws -> Void
    ) throws {
        for sum in all {
            try db.execute(
                sql: "CREATE TEMP TABLE added_\(sum.table) AS SELECT * FROM main.\(sum.table) WHERE 0")
        }
        try body(.additions)
        db.add(function: GraphIDList.joining)
        defer { db.remove(function: GraphIDList.joining) }
        for sum in all { try sum.add(in: db) }
        try finish(.additions)
        for sum in all { try db.execute(sql: "DROP TABLE temp.added_\(sum.table)") }
    }

    /// The rows of the table that an addition changes or adds.
    private var changedRows: StoredRows {
        let condition = keys.map { "m.\($0) = a.\($0)" }.joined(separator: " AND ")
        return StoredRows(
            of: table, sql: "SELECT m.* FROM temp.added_\(table) a CROSS JOIN main.\(table) m ON \(condition)", [])
    }

    private func add(in db: Database) throws {
        let columns = (keys + sums + lists).joined(separator: ", ")
        let changes =
            sums.map { "\($0) = \($0) + excluded.\($0)" }
            + lists.map { "\($0) = \(GraphIDList.joining.name)(\($0), excluded.\($0))" }
        try TableDigests.keeping([changedRows], in: db) {
            try db.execute(
                sql: """
                    INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM temp.added_\(table) WHERE true
                    ON CONFLICT (\(keys.joined(separator: ", "))) DO UPDATE SET \(changes.joined(separator: ", "))
                    """)
        }
    }
}
