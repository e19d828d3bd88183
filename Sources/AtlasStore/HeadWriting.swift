import Circuits
import GRDB

/// Adding the heads of edges to graphs that were stored without them.
extension AtlasWriter {
    /// A stored graph whose edges' heads are missing.
    public struct GraphLackingHeads: Sendable, Equatable {
        /// The prompt's id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// What was asked for when the graph was computed, a JSON object.
        public let options: String
    }

    /// The graphs without heads, in the order in which they were stored.
    public func graphsLackingHeads() throws(AtlasError) -> [GraphLackingHeads] {
        try atlas.read("listing graphs without heads") { db in
            try StoredRow.fetchAll(
                db,
                sql: """
                    SELECT p.id, p.text, r.options
                    FROM graphs g JOIN prompts p ON p.id = g.prompt_id JOIN runs r ON r.id = g.run_id
                    WHERE g.id NOT IN (SELECT graph_id FROM edge_heads) ORDER BY g.id
                    """
            ).map { row in
                try GraphLackingHeads(prompt: row["id"], text: row["text"], options: row["options"])
            }
        }
    }

    /// Stores the heads of graphs that have none, in one transaction; what is there already stays.
    ///
    /// - Parameter graphs: each with its heads
    public func writeHeads(_ graphs: [(prompt: Int, graph: SparseGraph)]) throws(AtlasError) {
        let layerCount = atlas.identity.layerCount
        try atlas.write("storing the heads of \(graphs.count) graphs") { db in
            var digests = PromptDigests()
            for (prompt, graph) in graphs {
                guard let heads = graph.heads,
                    let id = try Int64.fetchOne(
                        db.cachedStatement(sql: "SELECT id FROM graphs WHERE prompt_id = ?"), arguments: [prompt])
                else { continue }
                try digests.keep([.effects], of: Int64(prompt), in: db) {
                    try EdgeHeadRows.insert(heads, of: graph, id: id, layerCount: layerCount, in: db)
                }
            }
            try digests.finish(db)
        }
    }
}
