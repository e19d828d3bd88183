import Circuits
import GRDB

/// Adding the effects of nodes to graphs that were stored without them.
extension AtlasWriter {
    /// A stored graph whose effects, or as many measurements as asked for, are missing.
    public struct GraphLackingEffects: Sendable, Equatable {
        /// The prompt's id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// The right answer's first token, where a corpus told it.
        public let answerToken: Int?
        /// What was asked for when the graph was computed, a JSON object.
        public let options: String
    }

    /// The graphs without effects, or with fewer measurements than `measured`, in the order in which they were stored.
    public func graphsLackingEffects(measured: Int = 0) throws(AtlasError) -> [GraphLackingEffects] {
        try atlas.read("listing graphs without effects") { db in
            try StoredRow.fetchAll(
                db,
                sql: """
                    SELECT p.id, p.text, p.answer_token, r.options
                    FROM graphs g JOIN prompts p ON p.id = g.prompt_id JOIN runs r ON r.id = g.run_id
                    LEFT JOIN node_effects e ON e.graph_id = g.id LEFT JOIN measured_effects m ON m.graph_id = g.id
                    WHERE e.graph_id IS NULL OR ? > 0 AND m.graph_id IS NULL ORDER BY g.id
                    """, arguments: [measured]
            ).map { row in
                try GraphLackingEffects(
                    prompt: row["id"], text: row["text"], answerToken: row["answer_token"], options: row["options"])
            }
        }
    }

    /// Stores the effects of graphs that have none, in one transaction; what is there already stays.
    ///
    /// - Parameter graphs: each with its effects
    public func writeEffects(_ graphs: [(prompt: Int, graph: SparseGraph)]) throws(AtlasError) {
        try atlas.write("storing the effects of \(graphs.count) graphs") { db in
            var digests = PromptDigests()
            for (prompt, graph) in graphs {
                guard let effects = graph.effects,
                    let id = try Int64.fetchOne(
                        db.cachedStatement(sql: "SELECT id FROM graphs WHERE prompt_id = ?"), arguments: [prompt])
                else { continue }
                try digests.keep([.effects], of: Int64(prompt), in: db) {
                    try NodeEffectRows.insert(effects, of: graph, id: id, in: db)
                }
            }
            try digests.finish(db)
        }
    }
}
