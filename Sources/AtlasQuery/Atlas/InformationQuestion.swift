import AtlasStore
import Circuits
import Foundation
import GRDB

/// What the atlas is and holds.
extension AtlasReader {
    private func promptTotals() -> String {
        """
        SELECT count(*) AS prompts, coalesce(sum(token_count), 0) AS tokens,
            coalesce(sum(counted_tokens), 0) AS counted_tokens, coalesce(sum(activation_count), 0) AS activations,
            \(bytes("activations", inShards: "activation_bytes")) * 1.0 / nullif(sum(activation_count), 0) AS activation_bytes,
            count(answer_token) AS answered, avg(answer_token = predicted_token) AS share_right
        FROM prompts
        """
    }

    private func graphTotals() -> String {
        """
        SELECT count(*) AS graphs, (SELECT count(*) FROM node_effects) AS effects,
            (SELECT count(*) FROM measured_effects) AS measured, (SELECT count(*) FROM edge_heads) AS heads,
            (SELECT \(bytes("heads", inShards: "head_bytes")) * 1.0 / nullif(sum(o.edge_count), 0)
                FROM edge_heads h JOIN graphs o ON o.id = h.graph_id) AS head_bytes,
            coalesce(sum(node_count), 0) AS nodes, coalesce(sum(edge_count), 0) AS edges,
            \(bytes("edges", inShards: "edge_bytes")) * 1.0 / nullif(sum(edge_count), 0) AS edge_bytes,
            avg(replacement_score) AS replacement, avg(completeness_score) AS completeness,
            max(largest_violation) AS violation
        FROM graphs
        """
    }

    /// The bytes of all a table's blocks; those in shards were counted when these were assembled.
    private func bytes(_ column: String, inShards count: String) -> String {
        atlas.shards == nil ? "sum(length(\(column)))" : "(SELECT sum(\(count)) FROM shards)"
    }

    static let derivedTotals = """
        SELECT (SELECT count(*) FROM feature_statistics) AS features,
            (SELECT count(*) FROM aggregated_edges) AS edges, (SELECT count(*) FROM logit_statistics) AS tokens,
            (SELECT count(*) FROM labels) AS labels, (SELECT derived_at FROM derivation) AS derived_at
        """
    static let corpusSizes = """
        SELECT c.name, (SELECT count(DISTINCT m.prompt_id) FROM memberships m WHERE m.corpus_id = c.id) AS prompts
        FROM corpora c ORDER BY c.name
        """
    static let allRuns = """
        SELECT r.*, c.name AS corpus FROM runs r JOIN corpora c ON c.id = r.corpus_id ORDER BY r.id
        """

    /// What the atlas is about, how much it holds, and how good it is.
    public func information() throws -> AtlasInformation {
        let attributes = try? FileManager.default.attributesOfItem(atPath: atlas.path)
        return try ask("describing the atlas") { db in
            let identity = atlas.identity
            let prompts = try StoredRow.fetchExisting(db, "totals", sql: promptTotals())
            let graphs = try StoredRow.fetchExisting(db, "totals", sql: graphTotals())
            let derived = try StoredRow.fetchExisting(db, "totals", sql: Self.derivedTotals)
            return try AtlasInformation(
                shardCount: atlas.shards?.shards.count, modelName: identity.modelName,
                modelFingerprint: identity.modelFingerprint,
                isImported: identity.isImported,
                basis: identity.neuronSettings == nil ? "transcoders" : "neurons",
                neuronSettings: NeuronOptions(identity), transcoderName: identity.transcoderName,
                transcoderFingerprint: identity.transcoderFingerprint,
                transcoderKind: identity.transcoderKind.rawValue, layerCount: identity.layerCount,
                featuresPerLayer: identity.featuresPerLayer, modelWidth: identity.modelWidth,
                vocabularySize: identity.vocabulary.count, fileSize: attributes?[.size] as? Int ?? 0,
                promptCount: prompts["prompts"], tokenCount: prompts["tokens"],
                countedTokens: prompts["counted_tokens"], activationCount: prompts["activations"],
                graphCount: graphs["graphs"], effectCount: graphs["effects"], measuredCount: graphs["measured"],
                headedGraphCount: graphs["heads"], nodeCount: graphs["nodes"], edgeCount: graphs["edges"],
                bytesPerActivation: prompts["activation_bytes"], bytesPerEdge: graphs["edge_bytes"],
                headBytesPerEdge: graphs["head_bytes"],
                firedFeatureCount: derived["features"], aggregatedEdgeCount: derived["edges"],
                explainedTokenCount: derived["tokens"], labelCount: derived["labels"],
                meanReplacementScore: graphs["replacement"], meanCompletenessScore: graphs["completeness"],
                largestViolation: graphs["violation"], answeredCount: prompts["answered"],
                shareRight: prompts["share_right"],
                corpora: try StoredRow.fetchAll(db, sql: Self.corpusSizes).map {
                    try AtlasInformation.Corpus(name: $0["name"], promptCount: $0["prompts"])
                },
                runs: try StoredRow.fetchAll(db, sql: Self.allRuns).map { row in
                    try AtlasInformation.Run(
                        id: row["id"], corpus: row["corpus"], startedAt: row["started_at"],
                        finishedAt: row["finished_at"], programVersion: row["program_version"],
                        options: row["options"])
                },
                derivedAt: derived["derived_at"], isStale: try AtlasDerivation.isStale(db))
        }
    }
}
