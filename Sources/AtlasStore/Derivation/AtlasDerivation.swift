import Circuits
import Foundation
import GRDB

/// Rebuilds everything that is derived from the facts, in one transaction.
///
/// The result depends on the facts alone: prompts are taken in the order of their content hashes, sums run in Double in
/// that order, ties are broken by it, and samples are those with the smallest seeded hash. How the facts were split into
/// batches, ordered or interrupted leaves no trace (prompt ids, which are the file's own, excepted).
public struct AtlasDerivation: Sendable {
    /// The parts of a rebuild, in order.
    public enum Stage: String, CaseIterable, Sendable {
        /// Removing what was derived before.
        case clearing
        /// Reading every activation, by feature.
        case features
        /// Writing the inverted activations.
        case postings
        /// Adding up the stored edges.
        case edges
        /// Adding up influences and effects by explained token.
        case drivers
    }

    /// The atlas whose derived tables are rebuilt.
    public let atlas: Atlas

    /// Derives in an atlas that was opened for writing.
    public init(_ atlas: Atlas) {
        self.atlas = atlas
    }

    /// Rebuilds the derived tables; after an error they are as they were before.
    ///
    /// - Throws: `AtlasError.damaged` where the description of the model is, as sizes come from it
    ///
    /// - Parameter progress: called at the start of each stage
    /// - Complexity: time grows with stored activations and edges; memory takes 12 bytes an activation, then about 40
    ///   bytes an edge, then about 32 bytes an influence of a node on a target
    public func rebuild(progress: (Stage) -> Void = { _ in }) throws(AtlasError) {
        try atlas.write("deriving") { db in
            progress(.clearing)
            guard try StoredRows(allOf: "atlas").digest(db) == TableDigests.read("atlas", in: db) else {
                throw AtlasError.damaged(path: atlas.path, what: "table atlas")
            }
            try clear(db)
            let prompts = try CanonicalPrompts(db, vocabularySize: atlas.identity.vocabulary.count)
            progress(.features)
            try FeatureDerivation(identity: atlas.identity).run(db, prompts: prompts)
            progress(.postings)
            try PostingDerivation(identity: atlas.identity).run(db)
            let graphs = try CanonicalGraphs(db, prompts: prompts)
            progress(.edges)
            try EdgeDerivation().run(db, graphs: graphs)
            progress(.drivers)
            try DriverDerivation().run(db, graphs: graphs)
            try EffectDerivation().run(db, graphs: graphs)
            try record(db)
            try TableDigests.record(TableDigests.derived, in: db)
        }
        atlas.checkpoint()
    }

    /// Whether there are facts that the derived tables do not know of.
    public func isStale() throws(AtlasError) -> Bool {
        try atlas.read("comparing facts and derivation") { db in try Self.isStale(db) }
    }

    /// Whether there are facts that the derived tables do not know of.
    public static func isStale(_ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT NOT EXISTS (
                    SELECT 1 FROM derivation
                    WHERE prompt_count = (SELECT count(*) FROM prompts)
                        AND graph_count = (SELECT count(*) FROM graphs)
                        AND token_effect_count = (SELECT count(*) FROM token_effects))
                    OR (SELECT count(*) FROM node_effects)
                        <> coalesce((SELECT effect_count FROM effect_derivation), 0)
                    OR (SELECT count(*) FROM measured_effects)
                        <> coalesce((SELECT measured_count FROM effect_derivation), 0)
                """) ?? true
    }

    private func clear(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM label_search WHERE rowid & 1")
        for table in TableDigests.derived { try db.execute(sql: "DELETE FROM \(table)") }
    }

    private func record(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO derivation (id, prompt_count, graph_count, token_effect_count, counted_tokens, derived_at)
                SELECT 1, (SELECT count(*) FROM prompts), (SELECT count(*) FROM graphs),
                    (SELECT count(*) FROM token_effects), (SELECT coalesce(sum(counted_tokens), 0) FROM prompts), ?
                """,
            arguments: [Date.now.formatted(.iso8601)])
    }
}
