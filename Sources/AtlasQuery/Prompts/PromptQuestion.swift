import AtlasStore
import Circuits
import Foundation
import GRDB

/// Everything about one prompt.
extension AtlasReader {
    static let promptByID = "SELECT * FROM prompt_overview WHERE id = ?"
    static let promptBlocks = "SELECT tokens, activations FROM prompts WHERE id = ?"
    static let promptsByExternalID = """
        SELECT DISTINCT prompt_id FROM memberships WHERE external_id = ? ORDER BY prompt_id LIMIT 10
        """
    package static let promptByHash = "SELECT id FROM prompts WHERE content_hash = ?"
    static let externalIDs = "SELECT DISTINCT external_id FROM memberships WHERE external_id <> ''"

    /// The id of the prompt that a person means: its external id, its exact text, or its number in this file.
    public func promptID(_ name: String) throws -> Int {
        try ask("looking up a prompt") { db in
            let named = try Int.fetchAll(db, sql: Self.promptsByExternalID, arguments: [name])
            if named.count == 1 { return named[0] }
            if named.count > 1 { throw QuestionError.ambiguousPrompt(name: name, ids: named) }
            let hash = ContentHash(of: name).bytes
            if let id = try Int.fetchOne(db, sql: Self.promptByHash, arguments: [hash]) { return id }
            if let id = Int(name), try StoredRow.fetchOne(db, sql: Self.promptByID, arguments: [id]) != nil {
                return id
            }
            throw QuestionError.unknownPrompt(
                name: name, nearest: NearestNames.of(name, among: try String.fetchAll(db, sql: Self.externalIDs)))
        }
    }

    /// A prompt's text, tokens, tags, prediction, scores and strongest features.
    ///
    /// - Parameters:
    ///   - id: the prompt's id; see ``promptID(_:)``
    ///   - featureLimit: how many features are told
    public func prompt(_ id: Int, featureLimit: Int = 20) throws -> PromptReport {
        try ask("asking about a prompt") { db in
            let overview = try requirePrompt(id, db)
            let blocks = try StoredRow.fetchExisting(db, "prompts.id", sql: Self.promptBlocks, arguments: [id])
            let tokens = try tokens(blocks["tokens"], prompt: id)
            let graph = overview.isNull("graph_id") ? nil : try storedGraph(of: id, withEffects: true, db)
            let strongest: [PromptReport.Feature]
            if let graph {
                strongest = try byInfluence(graph, limit: featureLimit, db)
            } else {
                let active = try activations(blocks["activations"], prompt: id, positions: tokens.count)
                strongest = try byActivation(active, tokens: tokens, limit: featureLimit, db)
            }
            let predicted = try storedToken(overview["predicted_token"])
            return try PromptReport(
                id: id, text: overview["text"], tokens: tokens.map { .init(token: $0, text: text(of: $0)) },
                countedTokens: overview["counted_tokens"], corpora: try strings(overview["corpora"]),
                externalIDs: try strings(overview["external_ids"]),
                tags: try pairs(overview["tags"]).map { .init(name: $0[0], value: $0[1]) },
                answer: overview["answer"], answerToken: overview["answer_token"],
                answerProbability: overview["answer_probability"],
                predicted: .init(token: predicted, text: text(of: predicted)),
                predictedProbability: overview["predicted_probability"], isRight: overview["is_right"],
                activationCount: overview["activation_count"], graph: graph.map(summary), features: strongest)
        }
    }

    /// Throws unless there is such a prompt.
    package func requirePrompt(_ id: Int, _ db: Database) throws -> StoredRow {
        guard let overview = try StoredRow.fetchOne(db, sql: Self.promptByID, arguments: [id]) else {
            let known = try Int.fetchAll(
                db, sql: "SELECT id FROM prompts ORDER BY abs(id - ?), id LIMIT 5", arguments: [id])
            throw QuestionError.unknownPrompt(name: "\(id)", nearest: known.map(String.init))
        }
        return overview
    }

    private func summary(_ graph: SparseGraph) -> PromptReport.Graph {
        PromptReport.Graph(
            scores: graph.scores, nodeCount: graph.nodes.count, edgeCount: graph.edges.count,
            activeFeatureCount: graph.activeFeatureCount, selectedFeatureCount: graph.selectedFeatureCount,
            largestViolation: Double(graph.largestViolation),
            targets: graph.targets.map {
                PromptReport.Target(
                    token: $0.token, text: $0.name(tokenText: text(of:)), kind: $0.target.kind,
                    probability: Double($0.probability), position: $0.position)
            }, gap: gapReport(graph))
    }

    private func byInfluence(_ graph: SparseGraph, limit: Int, _ db: Database) throws -> [PromptReport.Feature] {
        let ranked = graph.nodes.enumerated().sorted { $0.element.influence > $1.element.influence }
            .compactMap { place, node -> (active: ActiveFeature, influence: Float, place: Int)? in
                guard case .feature(let layer, let position, let index) = node.id else { return nil }
                let active = ActiveFeature(layer: layer, position: position, index: index, activation: node.activation)
                return (active, node.influence, place)
            }
        return try ranked.prefix(limit).map { feature in
            try describe(
                feature.active, tokens: graph.tokens, influence: Double(feature.influence),
                effects: graph.effects.map { EffectReport($0, node: feature.place) }, db)
        }
    }

    private func byActivation(
        _ features: [ActiveFeature], tokens: [Int], limit: Int, _ db: Database
    ) throws -> [PromptReport.Feature] {
        try features.sorted { ($1.activation.magnitude, $0) < ($0.activation.magnitude, $1) }.prefix(limit).map {
            try describe($0, tokens: tokens, influence: nil, db)
        }
    }

    private func describe(
        _ active: ActiveFeature, tokens: [Int], influence: Double?, effects: EffectReport? = nil, _ db: Database
    ) throws -> PromptReport.Feature {
        let label = try shownLabel(of: active.feature, db)
        return PromptReport.Feature(
            feature: active.feature, label: label.label, labelIsAutomatic: label.isAutomatic,
            position: active.position, text: text(of: tokens[active.position]),
            activation: Double(active.activation), influence: influence, effects: effects)
    }

    private func strings(_ json: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(json.utf8))
    }

    private func pairs(_ json: String) throws -> [[String]] {
        try JSONDecoder().decode([[String]].self, from: Data(json.utf8))
    }
}
