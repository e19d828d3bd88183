import AtlasStore
import Circuits
import Foundation
import GRDB
import Tensors

/// The stored attribution graph of one prompt.
extension AtlasReader {
    static let graphOfPrompt = """
        SELECT g.*, p.tokens FROM graphs g JOIN prompts p ON p.id = g.prompt_id WHERE g.prompt_id = ?
        """
    static let targetsOfGraph = """
        SELECT token, probability, position FROM logit_targets WHERE graph_id = ? ORDER BY ordinal
        """

    /// The pruned graph of a prompt, as it was stored, with its effects: these, weights and target influences within
    /// 4.9e-4, all else exact.
    public func graph(ofPrompt id: Int) throws -> SparseGraph {
        try ask("reading a graph") { db in
            _ = try requirePrompt(id, db)
            return try storedGraph(of: id, withEffects: true, db)
        }
    }

    /// A stored graph; its effects, as much again to unpack, only where they are asked for.
    func storedGraph(of prompt: Int, withEffects: Bool = false, _ db: Database) throws -> SparseGraph {
        try Cancellation.check()
        guard let row = try Row.fetchOne(db, sql: Self.graphOfPrompt, arguments: [prompt]) else {
            throw QuestionError.notAttributed(prompt: prompt)
        }
        let id: Int = row["id"]
        let tokenTargets = try Row.fetchAll(db, sql: Self.targetsOfGraph, arguments: [id]).map { target in
            LogitTarget(
                token: target["token"], probability: Float(target["probability"] as Double),
                position: target["position"])
        }
        let targets = try CustomTargetRow.merge(
            Row.fetchAll(db, sql: CustomTargetRow.ofGraph, arguments: [id]), into: tokenTargets,
            vocabularySize: atlas.identity.vocabulary.count)
        let nodes = try decode("graphs.nodes", row: id) { () throws(BlockFault) in
            try NodeBlock.decode(row["nodes"] as Data)
        }
        let tokens = try tokens(row["tokens"], prompt: prompt)
        try requireSound(nodes, tokens: tokens, targets: targets, graph: id)
        var graph = SparseGraph(
            tokens: tokens, targets: targets, nodes: nodes,
            targetInfluence: try decode("graphs.target_influence", row: id) { () throws(BlockFault) in
                try InfluenceBlock.decode(
                    row["target_influence"] as Data, targetCount: targets.count, nodeCount: nodes.count)
            },
            edges: try decode("graphs.edges", row: id) { () throws(BlockFault) in
                try EdgeBlock.decode(row["edges"] as Data, nodeCount: nodes.count)
            },
            scores: GraphScores(replacement: row["replacement_score"], completeness: row["completeness_score"]),
            activeFeatureCount: row["active_feature_count"], selectedFeatureCount: row["selected_feature_count"],
            largestViolation: Float(row["largest_violation"] as Double), nodeThreshold: row["node_threshold"],
            edgeThreshold: row["edge_threshold"])
        if withEffects,
            let effects = try Row.fetchOne(db.cachedStatement(sql: NodeEffectRows.ofGraph), arguments: [id])
        {
            graph.effects = try NodeEffectRows.effects(effects, of: graph)
        }
        return graph
    }

    /// Throws for nodes outside the prompt or the targets, which no reader of a graph need expect.
    private func requireSound(
        _ nodes: [SparseGraph.Node], tokens: [Int], targets: [LogitTarget], graph: Int
    ) throws(AtlasError) {
        for node in nodes {
            let isSound =
                switch node.id {
                case .feature(_, let position, _), .error(_, let position), .token(let position):
                    position < tokens.count
                case .logit(let ordinal): ordinal < targets.count
                case .bias: false
                }
            guard isSound else {
                throw .damagedBlock(
                    table: "graphs.nodes", row: graph,
                    expected: "nodes of \(tokens.count) positions and \(targets.count) targets", found: "\(node.id)")
            }
        }
    }
}
