import AtlasStore
import Circuits
import Foundation
import GRDB
import Tensors

/// The stored attribution graph of one prompt.
extension AtlasReader {
    /// The pruned graph of a prompt, as it was stored, with its effects and its edges' heads: effects, weights and
    /// target influences within 4.9e-4, loadings of heads within 7.8e-3, all else exact.
    public func graph(ofPrompt id: Int) throws -> SparseGraph {
        try ask("reading a graph") { db in
            _ = try requirePrompt(id, db)
            return try storedGraph(of: id, withEffects: true, withHeads: true, db)
        }
    }

    /// A stored graph; its effects and heads, as much again to unpack, only where they are asked for.
    package func storedGraph(
        of prompt: Int, withEffects: Bool = false, withHeads: Bool = false, _ db: Database
    ) throws -> SparseGraph {
        try Cancellation.check()
        let reading = StoredGraphReading(identity: atlas.identity)
        guard let graph = try reading.graph(of: prompt, withEffects: withEffects, withHeads: withHeads, db) else {
            throw QuestionError.notAttributed(prompt: prompt)
        }
        return graph
    }
}
