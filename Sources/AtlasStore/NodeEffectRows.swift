import Circuits
import Foundation
import GRDB

/// A graph's effects as they stand in `node_effects` and `measured_effects`.
public enum NodeEffectRows {
    /// The effects of one graph, to be bound to its id; no row where they were not computed.
    public static let ofGraph = """
        SELECT e.*, m.effects AS measured FROM node_effects e LEFT JOIN measured_effects m ON m.graph_id = e.graph_id
        WHERE e.graph_id = ?
        """

    /// Unpacks a row of ``ofGraph``.
    ///
    /// - Parameter graph: the graph whose effects they are
    /// - Throws: `AtlasError.damagedBlock` for effects of another graph, or of tokens outside the vocabulary.
    public static func effects(
        _ row: StoredRow, of graph: SparseGraph, vocabularySize: Int
    ) throws(AtlasError) -> NodeEffects {
        let id: Int = try row["graph_id"]
        let (answer, rival): (Int, Int) = try (row["answer_token"], row["rival_token"])
        guard 0..<vocabularySize ~= answer, 0..<vocabularySize ~= rival else {
            throw .damagedBlock(
                table: "node_effects", row: id, expected: "tokens below \(vocabularySize)", found: "\(answer), \(rival)"
            )
        }
        let target = graph.target(ofNextToken: answer)
        func readouts(_ column: String) throws(AtlasError) -> NodeEffects.Readouts {
            let block: Data = try row[column]
            do throws(BlockFault) {
                return try EffectBlock.decode(
                    block, targetCount: graph.targets.count, nodeCount: graph.nodes.count,
                    answerTarget: target)
            } catch { throw error.inRow(id, of: "node_effects.\(column)") }
        }
        var measured: [NodeEffects.Measurement] = []
        if let block = try row["measured"] as Data? {
            do throws(BlockFault) {
                measured = try MeasuredEffectBlock.decode(block, nodeCount: graph.nodes.count)
            } catch { throw error.inRow(id, of: "measured_effects.effects") }
        }
        return try NodeEffects(
            answer: answer, rival: rival, gap: Float(row["gap"] as Double),
            answerLogit: Float(row["answer_logit"] as Double), total: readouts("total"),
            gradient: readouts("gradient"), measured: measured)
    }

    /// Enters a graph's effects; what is there already stays.
    static func insert(_ effects: NodeEffects, of graph: SparseGraph, id: Int64, in db: Database) throws {
        func refused(_ expected: String, _ found: String) -> AtlasError {
            .unstorable(what: "effects in graph \(id)", expected: expected, found: found)
        }
        guard effects.nodeCount == graph.nodes.count, effects.total.targets.count == graph.targets.count else {
            throw refused(
                "effects of \(graph.nodes.count) nodes on \(graph.targets.count) targets",
                "of \(effects.nodeCount) on \(effects.total.targets.count)")
        }
        let target = graph.target(ofNextToken: effects.answer)
        let blocks: (total: Data, gradient: Data, measured: Data)
        do throws(BlockFault) {
            blocks = (
                try EffectBlock.encode(effects.total, answerTarget: target),
                try EffectBlock.encode(effects.gradient, answerTarget: target),
                try MeasuredEffectBlock.encode(effects.measured, nodeCount: graph.nodes.count)
            )
        } catch { throw refused(error.expected, error.found) }
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO node_effects (graph_id, answer_token, rival_token, gap, answer_logit, total, gradient)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, effects.answer, effects.rival, Double(effects.gap), Double(effects.answerLogit), blocks.total,
            blocks.gradient,
        ])
        guard !effects.measured.isEmpty else { return }
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO measured_effects (graph_id, node_count, effects) VALUES (?, ?, ?)"
        ).execute(arguments: [id, effects.measured.count, blocks.measured])
    }
}
