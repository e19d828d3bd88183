import Circuits
import Foundation
import GRDB

/// Names features anew after prompts came in: those whose strongest examples changed, and those whose name would tell of
/// another token before them, as tokens have become more or less frequent.
struct LabelUpdate {
    let identity: AtlasIdentity
    /// Before and after.
    let frequencies: (old: TokenFrequencies, new: TokenFrequencies)

    /// - Parameter changed: features whose strongest examples changed
    func run(_ db: Database, changed: [FeatureID]) throws {
        let features = try Set(changed).union(affected(db)).sorted { ($0.layer, $0.index) < ($1.layer, $1.index) }
        try db.execute(sql: "CREATE TEMP TABLE named_features (layer INTEGER, feature_index INTEGER)")
        defer { try? db.execute(sql: "DROP TABLE temp.named_features") }
        let insertion = try BulkInsertion(db, into: "temp.named_features", columns: ["layer", "feature_index"])
        for feature in features {
            insertion.bind(feature.layer)
            insertion.bind(feature.index)
            try insertion.step()
        }
        let tables = ["automatic_labels", "label_contexts", "feature_negative_tails"]
        let rows = tables.map { table in
            StoredRows(
                of: table,
                sql: """
                    SELECT t.* FROM temp.named_features f
                    CROSS JOIN main.\(table) t ON t.layer = f.layer AND t.feature_index = f.feature_index
                    """, [])
        }
        let named = "SELECT layer, feature_index FROM temp.named_features"
        try TableDigests.keeping(rows, in: db) {
            for table in tables.prefix(2) {
                try db.execute(sql: "DELETE FROM main.\(table) WHERE (layer, feature_index) IN (\(named))")
            }
            try name(features, db)
        }
        let found = "(SELECT l.* FROM temp.named_features f CROSS JOIN automatic_labels l USING (layer, feature_index))"
        try db.execute(
            sql: """
                DELETE FROM label_search WHERE rowid IN (
                    SELECT (layer << 24 | feature_index) * 2 + 1 FROM temp.named_features)
                """)
        try LabelDerivation.makeSearchable(db, from: found)
    }

    /// The features whose names would tell of another token before them.
    private func affected(_ db: Database) throws -> [FeatureID] {
        var features: [FeatureID] = []
        try BlobScan.run(db, sql: "SELECT layer, feature_index, tokens FROM label_contexts") { row in
            let contexts: [AutomaticLabel.Context]
            do throws(BlockFault) {
                contexts = try LabelContexts.decode(row.bytes(2), vocabularySize: identity.vocabulary.count)
            } catch {
                throw error.inRow(row.integer(1), of: "label_contexts.tokens")
            }
            let (old, new) = (
                AutomaticLabel.named(contexts, frequency: frequencies.old.frequency(of:)),
                AutomaticLabel.named(contexts, frequency: frequencies.new.frequency(of:))
            )
            if old != new { features.append(FeatureID(layer: row.integer(0), index: row.integer(1))) }
        }
        return features
    }

    /// Names features by their strongest examples as they are stored.
    private func name(_ features: [FeatureID], _ db: Database) throws {
        let prompts = StoredPrompts(db, vocabularySize: identity.vocabulary.count)
        let labels = try LabelDerivation(
            db, identity: identity, frequencies: frequencies.new, prompt: prompts.callAsFunction)
        let negativeLabel = try db.makeStatement(
            sql: "UPDATE main.feature_negative_tails SET label = ? WHERE layer = ? AND feature_index = ?")
        let strongest = try FeatureTail.allCases.map { tail in
            try db.makeStatement(
                sql: """
                    SELECT prompt_id, position, activation FROM main.\(tail.exampleTable)
                    WHERE layer = ? AND feature_index = ? AND band = 0 ORDER BY rank
                    """)
        }
        for feature in features {
            let examples = try strongest.map { statement in
                try Row.fetchAll(statement, arguments: [feature.layer, feature.index]).map {
                    StoredExample(prompt: $0[0], position: $0[1], activation: Float($0[2] as Double))
                }
            }
            let texts = try labels.insert(
                feature, positive: examples[0].isEmpty ? nil : examples[0],
                negative: examples[1].isEmpty ? nil : examples[1])
            if let text = texts.negative {
                try negativeLabel.execute(arguments: [text, feature.layer, feature.index])
            }
        }
    }
}

/// Prompts by id, as labels need them.
final class StoredPrompts {
    private let db: Database
    private let vocabularySize: Int
    private var known: [Int: LabelDerivation.Prompt] = [:]
    /// How many prompts are kept at once.
    private static let capacity = 200_000

    init(_ db: Database, vocabularySize: Int) {
        self.db = db
        self.vocabularySize = vocabularySize
    }

    func callAsFunction(_ prompt: Int) throws -> LabelDerivation.Prompt {
        if let prompt = known[prompt] { return prompt }
        let found = try CanonicalPrompts(db, vocabularySize: vocabularySize, where: "id = \(prompt)")
        guard found.ids == [prompt] else {
            throw AtlasError.damagedRow(
                column: "feature_examples.prompt_id", expected: "a stored prompt", found: "\(prompt)")
        }
        if known.count == Self.capacity { known.removeAll() }
        let tokens = (tokens: found.tokens(ordinal: 0), predicted: found.predictedTokens[0])
        known[prompt] = tokens
        return tokens
    }
}
