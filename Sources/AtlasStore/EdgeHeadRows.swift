import Circuits
import Foundation
import GRDB

/// The main heads of a graph's edges as they stand in `edge_heads`.
public enum EdgeHeadRows {
    /// The heads of one graph, to be bound to its id; no row where they were not computed.
    public static let ofGraph = "SELECT * FROM edge_heads WHERE graph_id = ?"

    /// Unpacks a row of ``ofGraph``.
    ///
    /// - Throws: `AtlasError.damagedBlock` for heads of another graph, or of layers that the model does not have.
    public static func heads(
        _ row: StoredRow, edgeCount: Int, layerCount: Int
    ) throws(AtlasError) -> EdgeHeads {
        let id: Int = try row["graph_id"]
        let blocks: (heads: Data, patterns: Data) = try (row["heads"], row["patterns"])
        let patterns: [HeadPattern]
        do throws(BlockFault) { patterns = try PatternBlock.decode(blocks.patterns) } catch {
            throw error.inRow(id, of: "edge_heads.patterns")
        }
        do throws(BlockFault) {
            let heads = try HeadBlock.decode(
                blocks.heads, edgeCount: edgeCount, layerCount: layerCount, patterns: patterns)
            let expected: (heads: Int, entries: Int)
            do throws(AtlasError) { expected = try (row["head_count"], row["entry_count"]) } catch {
                throw BlockFault(expected: "counts beside the block", found: "\(error)")
            }
            guard (heads.headCount, heads.loadings.count) == expected else {
                throw BlockFault(
                    expected: "\(expected.entries) of \(expected.heads) heads a layer",
                    found: "\(heads.loadings.count) of \(heads.headCount)")
            }
            return heads
        } catch { throw error.inRow(id, of: "edge_heads.heads") }
    }

    /// Enters the heads of a graph's edges; what is there already stays.
    static func insert(
        _ heads: EdgeHeads, of graph: SparseGraph, id: Int64, layerCount: Int, in db: Database
    ) throws {
        func refused(_ expected: String, _ found: String) -> AtlasError {
            .unstorable(what: "heads in graph \(id)", expected: expected, found: found)
        }
        guard heads.edgeCount == graph.edges.count else {
            throw refused("heads of \(graph.edges.count) edges", "of \(heads.edgeCount)")
        }
        guard heads.patterns.count == layerCount * heads.headCount else {
            throw refused("patterns of \(layerCount) layers of \(heads.headCount) heads", "\(heads.patterns.count)")
        }
        if let odd = heads.loadings.first(where: { !(0..<layerCount ~= $0.layer) }) {
            throw refused("heads of \(layerCount) layers", "layer \(odd.layer)")
        }
        let blocks: (heads: Data, patterns: Data)
        do throws(BlockFault) {
            blocks = (try HeadBlock.encode(heads), try PatternBlock.encode(heads.patterns))
        } catch {
            throw refused(error.expected, error.found)
        }
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO edge_heads (graph_id, head_count, entry_count, heads, patterns)
                VALUES (?, ?, ?, ?, ?)
                """
        ).execute(arguments: [id, heads.headCount, heads.loadings.count, blocks.heads, blocks.patterns])
    }
}
