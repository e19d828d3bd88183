import Circuits
import Foundation
import GRDB

/// Unpacks prompts and graphs as they are stored, with checks that hold for every atlas this program wrote.
public struct StoredGraphReading: Sendable {
    /// The replacement model that the atlas is about.
    public let identity: AtlasIdentity

    /// Reads an atlas of this replacement model.
    public init(identity: AtlasIdentity) {
        self.identity = identity
    }

    /// The graph of a prompt, with its tokens.
    public static let graphOfPrompt = """
        SELECT g.*, p.tokens FROM graphs g JOIN prompts p ON p.id = g.prompt_id WHERE g.prompt_id = ?
        """
    /// The targets of a graph that are tokens.
    public static let targetsOfGraph = """
        SELECT token, probability, position FROM logit_targets WHERE graph_id = ? ORDER BY ordinal
        """

    /// Unpacks a column, and says of a damaged one where it stands.
    public static func decode<Content>(
        _ table: String, row: Int, _ body: () throws(BlockFault) -> Content
    ) throws(AtlasError) -> Content {
        do throws(BlockFault) { return try body() } catch { throw error.inRow(row, of: table) }
    }

    /// A prompt's tokens, all of them in the vocabulary.
    public func tokens(_ block: Data, prompt: Int) throws(AtlasError) -> [Int] {
        try Self.decode("prompts.tokens", row: prompt) { () throws(BlockFault) in
            let tokens = try TokenBlock.decode(block)
            let size = identity.vocabulary.count
            if let odd = tokens.first(where: { $0 >= size }) {
                throw BlockFault(expected: "token ids below \(size)", found: "\(odd)")
            }
            return tokens
        }
    }

    /// A prompt's active features, all of them the transcoder set's and inside the prompt.
    public func activations(_ block: Data, prompt: Int, positions: Int) throws(AtlasError) -> [ActiveFeature] {
        try Self.decode("prompts.activations", row: prompt) { () throws(BlockFault) in
            let features = try ActivationBlock.decode(block)
            if let odd = features.first(where: { !identity.contains($0.feature) || $0.position >= positions }) {
                throw BlockFault(expected: "features and positions of this prompt", found: "\(odd)")
            }
            return features
        }
    }

    /// A stored graph; its effects and its edges' heads, as much again to unpack, only where they are asked for.
    ///
    /// - Returns: `nil` for a prompt without a graph
    public func graph(
        of prompt: Int, withEffects: Bool = false, withHeads: Bool = false, _ db: Database
    ) throws -> SparseGraph? {
        guard let row = try StoredRow.fetchOne(db, sql: Self.graphOfPrompt, arguments: [prompt]) else { return nil }
        let id: Int = try row["id"]
        let tokenTargets = try StoredRow.fetchAll(db, sql: Self.targetsOfGraph, arguments: [id]).map { target in
            try LogitTarget(
                token: target["token"], probability: Float(target["probability"] as Double),
                position: target["position"])
        }
        let targets = try CustomTargetRow.merge(
            StoredRow.fetchAll(db, sql: CustomTargetRow.ofGraph, arguments: [id]), into: tokenTargets,
            vocabularySize: identity.vocabulary.count)
        let packed: (nodes: Data, influence: Data, edges: Data) = try (
            row["nodes"], row["target_influence"], row["edges"]
        )
        let nodes = try Self.decode("graphs.nodes", row: id) { () throws(BlockFault) in
            try NodeBlock.decode(packed.nodes)
        }
        let tokens = try tokens(row["tokens"], prompt: prompt)
        try requireSound(targets, tokens: tokens, graph: id)
        try requireSound(nodes, tokens: tokens, targets: targets, graph: id)
        var graph = try SparseGraph(
            tokens: tokens, targets: targets, nodes: nodes,
            targetInfluence: Self.decode("graphs.target_influence", row: id) { () throws(BlockFault) in
                try InfluenceBlock.decode(packed.influence, targetCount: targets.count, nodeCount: nodes.count)
            },
            edges: Self.decode("graphs.edges", row: id) { () throws(BlockFault) in
                try EdgeBlock.decode(packed.edges, nodeCount: nodes.count)
            },
            scores: GraphScores(replacement: row["replacement_score"], completeness: row["completeness_score"]),
            activeFeatureCount: row["active_feature_count"], selectedFeatureCount: row["selected_feature_count"],
            largestViolation: Float(row["largest_violation"] as Double), nodeThreshold: row["node_threshold"],
            edgeThreshold: row["edge_threshold"])
        if withEffects,
            let effects = try StoredRow.fetchOne(db.cachedStatement(sql: NodeEffectRows.ofGraph), arguments: [id])
        {
            graph.effects = try NodeEffectRows.effects(effects, of: graph, vocabularySize: identity.vocabulary.count)
        }
        if withHeads,
            let heads = try StoredRow.fetchOne(db.cachedStatement(sql: EdgeHeadRows.ofGraph), arguments: [id])
        {
            graph.heads = try EdgeHeadRows.heads(
                heads, edgeCount: graph.edges.count, layerCount: identity.layerCount)
        }
        return graph
    }

    /// Throws for targets outside the vocabulary or the prompt.
    func requireSound(_ targets: [LogitTarget], tokens: [Int], graph: Int) throws(AtlasError) {
        for target in targets {
            let isKnown = target.custom != nil || identity.vocabulary.indices ~= target.token
            guard isKnown, tokens.indices ~= target.position else {
                throw .damagedBlock(
                    table: "logit_targets", row: graph,
                    expected: "tokens below \(identity.vocabulary.count) at \(tokens.count) positions",
                    found: "token \(target.token) at \(target.position)")
            }
        }
    }

    /// Throws for nodes outside the model, the prompt or the targets, which no reader of a graph need expect.
    private func requireSound(
        _ nodes: [SparseGraph.Node], tokens: [Int], targets: [LogitTarget], graph: Int
    ) throws(AtlasError) {
        for node in nodes {
            let isSound =
                switch node.id {
                case .feature(let layer, let position, let index):
                    identity.contains(FeatureID(layer: layer, index: index)) && position < tokens.count
                case .error(let layer, let position): layer < identity.layerCount && position < tokens.count
                case .token(let position): position < tokens.count
                case .logit(let ordinal): ordinal < targets.count
                case .bias: false
                }
            guard isSound else {
                throw .damagedBlock(
                    table: "graphs.nodes", row: graph,
                    expected: "nodes of this model, \(tokens.count) positions and \(targets.count) targets",
                    found: "\(node.id)")
            }
        }
    }
}
