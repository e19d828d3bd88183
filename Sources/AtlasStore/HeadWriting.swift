import Circuits
import GRDB

/// Adding the heads of edges to graphs that were stored without them.
extension AtlasWriter {
    /// The graphs without heads, in the order in which they were stored.
    public func graphsLackingHeads() throws(AtlasError) -> [IncompleteGraph] {
        try incompleteGraphs(
            "listing graphs without heads",
            sql: """
                SELECT p.id, p.text, p.answer_token, r.options
                FROM graphs g JOIN prompts p ON p.id = g.prompt_id JOIN runs r ON r.id = g.run_id
                WHERE g.id NOT IN (SELECT graph_id FROM edge_heads) ORDER BY g.id
                """)
    }

    /// Stores the heads of graphs that have none, in one transaction; what is there already stays.
    ///
    /// - Parameter graphs: each with its heads
    public func writeHeads(_ graphs: [(prompt: Int, graph: SparseGraph)]) throws(AtlasError) {
        let layerCount = atlas.identity.layerCount
        try complete(graphs, with: \.heads, "storing the heads of \(graphs.count) graphs") {
            try EdgeHeadRows.insert($0, of: $1, id: $2, layerCount: layerCount, in: $3)
        }
    }
}
