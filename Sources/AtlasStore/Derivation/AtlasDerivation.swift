import Circuits
import Foundation
import GRDB

/// Derives statistics, examples, aggregated edges and drivers from the facts, in one transaction.
///
/// The result depends on the facts alone: ties are broken by content hashes, samples are those with the smallest seeded
/// hash, covers and names are chosen anew where what they are chosen from has changed. ``rebuild(progress:)`` takes prompts
/// in the order of their content hashes and sums in Double in that order, so that how the facts were split into batches,
/// ordered or interrupted leaves no trace (prompt ids, which are the file's own, excepted). ``update(progress:)`` adds what
/// came in since to what there is, at a cost that goes with what came in; its sums have another order of summation, and
/// differ from a rebuild's by rounding: ``AtlasDerivation/roundingTolerance`` of the sum of absolute values at most.
public struct AtlasDerivation: Sendable {
    /// The parts of a derivation, in order.
    public enum Stage: String, CaseIterable, Sendable {
        /// Removing what was derived before, or looking at what came in since.
        case clearing
        /// Reading activations, by feature.
        case features
        /// Writing the inverted activations.
        case postings
        /// Adding up the stored edges.
        case edges
        /// Adding up influences and effects by explained token.
        case drivers
    }

    /// What an update did.
    public enum Outcome: Sendable, Equatable {
        /// Nothing had come in.
        case nothing
        /// What had come in was added.
        case added
        /// All of it was derived anew: by an earlier program it was derived otherwise, or facts that were in have changed,
        /// or so much came in that this is quicker.
        case rebuilt
    }

    /// How far a sum of an updated atlas is from a rebuilt one's, as a share of the sum of absolute values.
    public static let roundingTolerance = 1e-12

    /// The share of the prompts from which new ones are not added, but all derived anew.
    private static let largestAddition = 0.5

    /// The atlas whose derived tables are written.
    public let atlas: Atlas

    /// Derives in an atlas that was opened for writing.
    public init(_ atlas: Atlas) {
        self.atlas = atlas
    }

    /// Derives everything anew; after an error all is as it was before.
    ///
    /// - Throws: `AtlasError.damaged` where the description of the model is, as sizes come from it
    ///
    /// - Parameter progress: called at the start of each stage
    /// - Complexity: time grows with stored activations and edges; memory takes 12 bytes an activation, then about 40
    ///   bytes an edge, then about 32 bytes an influence of a node on a target
    public func rebuild(progress: (Stage) -> Void = { _ in }) throws(AtlasError) {
        try atlas.writeFacts("deriving") { db in
            progress(.clearing)
            try requireDescription(db)
            try Self.withRoomyCache(db) { try rebuild(db, progress: progress) }
        }
        atlas.checkpoint()
    }

    /// Adds what came in since the last derivation; after an error all is as it was before.
    ///
    /// - Throws: `AtlasError.damaged` where the description of the model is, as sizes come from it
    ///
    /// - Parameter progress: called at the start of each stage
    /// - Complexity: time grows with the activations and edges that came in, with the features that fire in the new prompts
    ///   and with what is known of the tokens that these explain; of all prompts only their content hashes are read, of all
    ///   features only what their names could tell
    @discardableResult
    public func update(progress: (Stage) -> Void = { _ in }) throws(AtlasError) -> Outcome {
        let outcome = try atlas.writeFacts("deriving") { db in try update(db, progress: progress) }
        if outcome != .nothing { atlas.checkpoint() }
        return outcome
    }

    /// Adds what came in since the last derivation, in a transaction that has begun.
    func update(_ db: Database, progress: (Stage) -> Void) throws -> Outcome {
        progress(.clearing)
        try requireDescription(db)
        guard try Self.isStale(db) || DerivationExtent.recorded(db) == nil else { return .nothing }
        return try Self.withRoomyCache(db) {
            if let extent = try DerivationExtent.addable(db), try isSmall(beyond: extent, db) {
                var isAdded = false
                try db.inSavepoint {
                    isAdded = try add(db, beyond: extent, progress: progress)
                    return isAdded ? .commit : .rollback
                }
                if isAdded { return .added }
            }
            try rebuild(db, progress: progress)
            return .rebuilt
        }
    }

    /// Lets SQLite keep as many pages as a derivation changes here and there, so that it need not write them out and read
    /// them again meanwhile.
    static func withRoomyCache<Value>(_ db: Database, _ body: () throws -> Value) throws -> Value {
        let size = try Int.fetchOne(db, sql: "PRAGMA cache_size")!
        try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
        defer { try? db.execute(sql: "PRAGMA cache_size = \(size); PRAGMA shrink_memory") }
        return try body()
    }

    private static let cacheKibibytes = 262_144

    private func requireDescription(_ db: Database) throws {
        guard try StoredRows(allOf: "atlas").digest(db) == TableDigests.read("atlas", in: db) else {
            throw AtlasError.damaged(path: atlas.path, what: "table atlas")
        }
    }

    private func isSmall(beyond extent: DerivationExtent, _ db: Database) throws -> Bool {
        let row = try Row.fetchOne(
            db, sql: "SELECT (SELECT count(*) FROM prompts WHERE id > ?), (SELECT count(*) FROM prompts)",
            arguments: [extent.lastPrompt])!
        return Double(row[0] as Int) < Self.largestAddition * Double(row[1] as Int)
    }

    private func rebuild(_ db: Database, progress: (Stage) -> Void) throws {
        try db.execute(sql: "DELETE FROM label_search WHERE rowid & 1")
        for table in TableDigests.derived { try db.execute(sql: "DELETE FROM \(table)") }
        let prompts = try CanonicalPrompts(db, vocabularySize: atlas.identity.vocabulary.count)
        progress(.features)
        try TokenFrequencies.insert(prompts, into: .tables, db)
        try FeatureDerivation.run(db, identity: atlas.identity, prompts: prompts)
        progress(.postings)
        try PostingDerivation(identity: atlas.identity).run(db)
        let graphs = try CanonicalGraphs(db, prompts: prompts)
        progress(.edges)
        try EdgeDerivation().run(db, graphs: graphs, to: .tables)
        progress(.drivers)
        try DriverDerivation().run(db, graphs: graphs, to: .tables)
        try EffectDerivation().run(db, graphs: graphs, to: .tables)
        try Self.tellOfEffects(db)
        let tokens = try Int.fetchAll(db, sql: "SELECT token FROM logit_statistics ORDER BY token")
        try CoverDerivation().run(db, tokens: tokens)
        try record(db)
        try TableDigests.record(TableDigests.derived, in: db)
    }

    /// - Returns: whether what came in could be added; if not, something has been written
    private func add(
        _ db: Database, beyond extent: DerivationExtent, progress: (Stage) -> Void
    ) throws -> Bool {
        let size = atlas.identity.vocabulary.count
        let prompts = try CanonicalPrompts(db, vocabularySize: size, where: "id > \(extent.lastPrompt)")
        let old = try TokenFrequencies(db, vocabularySize: size)
        var new = old
        new.add(prompts)
        progress(.features)
        let labels = try LabelUpdate(db, identity: atlas.identity, frequencies: (old, new))
        let features = FeatureUpdate(identity: atlas.identity, extent: extent)
        guard try features.run(db, prompts: prompts, labels: labels) else { return false }
        try labels.nameAffected(db)
        progress(.postings)
        try PostingDerivation(identity: atlas.identity).update(db, after: extent.lastPrompt)
        progress(.edges)
        try DerivedSums.adding(in: db) { place in
            try TokenFrequencies.insert(prompts, into: place, db)
            let attributed = try CanonicalPrompts(
                db, vocabularySize: size,
                where: "id IN (SELECT prompt_id FROM graphs WHERE id > \(extent.lastGraph))")
            let graphs = try CanonicalGraphs(db, prompts: attributed, after: extent.lastGraph)
            try EdgeDerivation().run(db, graphs: graphs, to: place)
            progress(.drivers)
            try DriverDerivation().run(db, graphs: graphs, to: place)
            try EffectDerivation().run(db, graphs: graphs, to: place)
        } finish: { place in
            try Self.tellOfEffects(db, added: place)
            try CoverDerivation().update(db, added: place)
        }
        let records = ["derivation", "derivation_extent", "effect_derivation"].map { StoredRows(allOf: $0) }
        try TableDigests.keeping(records, in: db) {
            for record in records { try db.execute(sql: "DELETE FROM \(record.table)") }
            try record(db)
        }
        return true
    }

    /// What has an effect is told, even where no path of a graph gives it influence.
    static func tellOfEffects(_ db: Database, added place: DerivedSums.Place = .tables) throws {
        // Of an addition: what has an effect in it, and all that has one on tokens that nothing had explained before.
        let isAdded = """
            WHERE (e.token, e.node) IN (SELECT token, node FROM \(place("logit_driver_effects")))
                OR e.token IN (SELECT a.token FROM \(place("logit_statistics")) a WHERE a.prompt_count = s.prompt_count)
            """
        let missing = """
            SELECT e.token, e.node FROM main.logit_driver_effects e JOIN main.logit_statistics s ON s.token = e.token
            \(place == .tables ? "" : isAdded)
            """
        let keys = try Row.fetchAll(
            db, sql: missing + " EXCEPT SELECT token, node FROM main.logit_drivers")
        var added = Digest()
        let row = try db.makeStatement(
            sql: """
                INSERT INTO main.logit_drivers (token, node, prompt_count, covered_prompts, influence_sum, direct_sum,
                    direct_square_sum, direct_support, positive_prompts, negative_prompts)
                VALUES (?, ?, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0)
                """)
        for key in keys {
            let arguments: StatementArguments = [key[0] as Int64, key[1] as Int64]
            try row.execute(arguments: arguments)
            added += try StoredRows(of: "logit_drivers", where: "token = ? AND node = ?", arguments).digest(db)
        }
        try TableDigests.add(added, to: "logit_drivers", in: db)
    }

    /// What there is of what is derived.
    public enum State: Sendable {
        /// Nothing.
        case missing
        /// What an earlier program derived, in tables that have become more since.
        case earlier
        /// All.
        case complete
    }

    /// What there is of what is derived, new facts apart.
    public static func state(_ db: Database) throws -> State {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM derivation)") == true else { return .missing }
        return try DerivationExtent.recorded(db) == nil ? .earlier : .complete
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

    /// Records from which facts the derived tables were made.
    func record(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO derivation (id, prompt_count, graph_count, token_effect_count, counted_tokens, derived_at)
                SELECT 1, (SELECT count(*) FROM prompts), (SELECT count(*) FROM graphs),
                    (SELECT count(*) FROM token_effects), (SELECT coalesce(sum(counted_tokens), 0) FROM prompts), ?
                """,
            arguments: [Date.now.formatted(.iso8601)])
        try db.execute(
            sql: """
                INSERT INTO effect_derivation (id, effect_count, measured_count)
                SELECT 1, (SELECT count(*) FROM node_effects), (SELECT count(*) FROM measured_effects)
                """)
        try DerivationExtent.whole(db).record(db)
    }
}
