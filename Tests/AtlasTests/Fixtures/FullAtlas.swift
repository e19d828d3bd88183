import Circuits
import Foundation
import GRDB

@testable import AtlasQuery
@testable import AtlasStore

/// A small atlas with a row in every table, derived, and copies of it that are damaged.
struct FullAtlas {
    let facts: [PromptFacts]
    let test: TemporaryAtlas

    var reader: AtlasReader { AtlasReader(test.atlas) }

    static var identity: AtlasIdentity {
        var identity = RandomFacts.identity
        identity.neuronSettings = #"{"limit":3}"#
        // As real vocabularies have it: a byte that ends the texts of C, also in the middle of one.
        identity.vocabulary[13] = "\u{0}"
        identity.vocabulary[14] = "a\u{0}b"
        return identity
    }

    init(count: Int = 6) throws {
        var plain = RandomFacts.prompts(count, signed: true)
        plain[0].graph = Self.withCustomTarget(plain[0].graph!)
        facts = RandomFacts.withHeads(RandomFacts.withEffects(plain))
        test = try TemporaryAtlas([facts], identity: Self.identity)
        let writer = AtlasWriter(test.atlas)
        try writer.setLabel("the Dallas feature", note: "seen in Texas", of: FeatureID(layer: 1, index: 2))
        try writer.setSupernode("Texas", note: "a state", members: [FeatureID(layer: 1, index: 2)])
        try writer.setSavedRun("Texas silenced", text: "Dallas is", state: ["set": "1/2@0-=x0"])
        try writer.writeBaselines([StoredBaseline(key: .everything, averaged: 7, means: [[1], [2], [3]])])
        try writer.writeTokenEffects([
            FeatureTokenEffects(
                feature: FeatureID(layer: 1, index: 2), promoted: [.init(token: 3, value: 1)],
                suppressed: [.init(token: 19, value: -1)], excitedBy: [.init(token: 5, value: 0.5)])
        ])
        try AtlasDerivation(test.atlas).rebuild()
        test.atlas.checkpoint()
    }

    private static func withCustomTarget(_ graph: SparseGraph) -> SparseGraph {
        var graph = graph
        let ordinal = graph.targets.count
        graph.targets.append(
            LogitTarget(
                .feature(id: FeatureID(layer: 2, index: 11)),
                virtualToken: RandomFacts.identity.vocabulary.count + ordinal, weight: 0.25, position: 1))
        let last = graph.nodes.last!
        graph.nodes.append(
            SparseGraph.Node(
                id: .logit(ordinal: ordinal), activation: last.activation, influence: last.influence,
                cumulativeInfluence: last.cumulativeInfluence, inputSum: last.inputSum, biasInput: last.biasInput))
        graph.targetInfluence =
            graph.targetInfluence.map { $0 + [0] } + [[Float](repeating: 0.125, count: graph.nodes.count)]
        return graph
    }

    /// A copy of the file beside it, changed by another program that asks no leave of checks.
    func damagedCopy(_ name: String = "damaged.atlas", _ damage: (Database) throws -> Void) throws -> String {
        let path = test.folder.appendingPathComponent(name).path
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.copyItem(atPath: test.path, toPath: path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF")
            try damage(db)
        }
        try queue.close()
        return path
    }

    /// What is found wrong in such a copy: one line at least, or nothing.
    func problems(after damage: (Database) throws -> Void) throws -> [String] {
        let path = try damagedCopy { db in try damage(db) }
        do {
            let atlas = try Atlas.open(path, mode: .readOnly)
            defer { try? atlas.database.close() }
            return try AtlasReader(atlas).verify().problems
        } catch { return ["\(error)"] }
    }

    /// Every column of every table that holds something, with the table's kind of key; an atlas that holds everything
    /// itself has no shards.
    static func columns(_ db: Database) throws -> [(table: String, column: String, type: String)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT s.name AS "table", c.name AS "column", c.type AS type
                FROM sqlite_schema s, pragma_table_info(s.name) c
                WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%' AND s.sql NOT LIKE '%VIRTUAL%'
                    AND s.name NOT IN ('grdb_migrations', 'shards') ORDER BY s.name, c.cid
                """
        ).map { ($0["table"], $0["column"], $0["type"]) }
    }
}
