import Circuits
import GRDB

/// Adding the effects of nodes to graphs that were stored without them.
extension AtlasWriter {
    /// The graphs without effects, or with fewer measurements than `measured`, in the order in which they were stored.
    public func graphsLackingEffects(measured: Int = 0) throws(AtlasError) -> [IncompleteGraph] {
        try incompleteGraphs(
            "listing graphs without effects",
            sql: """
                SELECT p.id, p.text, p.answer_token, r.options
                FROM graphs g JOIN prompts p ON p.id = g.prompt_id JOIN runs r ON r.id = g.run_id
                LEFT JOIN node_effects e ON e.graph_id = g.id LEFT JOIN measured_effects m ON m.graph_id = g.id
                WHERE e.graph_id IS NULL OR ? > 0 AND m.graph_id IS NULL ORDER BY g.id
                """, arguments: [measured])
    }

    /// Stores the effects of graphs that have none, in one transaction; what is there already stays.
    ///
    /// - Parameter graphs: each with its effects
    public func writeEffects(_ graphs: [(prompt: Int, graph: SparseGraph)]) throws(AtlasError) {
        try complete(graphs, with: \.effects, "storing the effects of \(graphs.count) graphs") {
            try NodeEffectRows.insert($0, of: $1, id: $2, in: $3)
        }
    }
}
