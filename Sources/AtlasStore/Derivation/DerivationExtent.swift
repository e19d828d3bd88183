import GRDB

/// Which facts the derived tables tell of: all up to an id. Ids only grow, as nothing stored is ever taken away.
struct DerivationExtent: Equatable {
    /// The largest `prompts.id` that is in; 0: none.
    var lastPrompt: Int
    /// The largest `graphs.id` that is in; 0: none.
    var lastGraph: Int

    /// All facts that there are.
    static func whole(_ db: Database) throws -> DerivationExtent {
        try DerivationExtent(
            lastPrompt: Int.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM prompts") ?? 0,
            lastGraph: Int.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM graphs") ?? 0)
    }

    /// How far what is derived reaches; `nil` where an earlier program derived.
    static func recorded(_ db: Database) throws -> DerivationExtent? {
        guard let row = try Row.fetchOne(db, sql: "SELECT last_prompt, last_graph FROM derivation_extent"),
            let lastPrompt = Int.fromDatabaseValue(row[0]), let lastGraph = Int.fromDatabaseValue(row[1])
        else { return nil }
        return DerivationExtent(lastPrompt: lastPrompt, lastGraph: lastGraph)
    }

    /// How far what is derived reaches, if everything that is new lies beyond; `nil` where it has to be rebuilt.
    ///
    /// That is where an earlier program derived, where graphs that are in got effects, and where rows went missing.
    /// Token effects are looked at by ``FeatureUpdate``.
    static func addable(_ db: Database) throws -> DerivationExtent? {
        guard let extent = try recorded(db) else { return nil }
        let isAsDerived = try Bool.fetchOne(
            db,
            sql: """
                SELECT d.prompt_count = (SELECT count(*) FROM prompts WHERE id <= :prompt)
                    AND d.graph_count = (SELECT count(*) FROM graphs WHERE id <= :graph)
                    AND e.effect_count = (SELECT count(*) FROM node_effects WHERE graph_id <= :graph)
                    AND e.measured_count = (SELECT count(*) FROM measured_effects WHERE graph_id <= :graph)
                FROM derivation d, effect_derivation e
                """, arguments: ["prompt": extent.lastPrompt, "graph": extent.lastGraph])
        return isAsDerived == true ? extent : nil
    }

    /// Records it.
    func record(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO derivation_extent (id, last_prompt, last_graph) VALUES (1, ?, ?)",
            arguments: [lastPrompt, lastGraph])
    }
}
