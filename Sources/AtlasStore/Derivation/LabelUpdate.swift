import Circuits
import Foundation
import GRDB

/// Names features anew after prompts came in: those whose strongest examples changed, and those whose name would tell of
/// another token before them, as tokens have become more or less frequent. Written is what has changed.
final class LabelUpdate {
    private let identity: AtlasIdentity
    /// Before and after.
    private let frequencies: (old: TokenFrequencies, new: TokenFrequencies)
    private let prompts: StoredPrompts
    private var named: Set<FeatureID> = []

    init(_ db: Database, identity: AtlasIdentity, frequencies: (old: TokenFrequencies, new: TokenFrequencies)) throws {
        self.identity = identity
        self.frequencies = frequencies
        prompts = try StoredPrompts(db, vocabularySize: identity.vocabulary.count)
    }

    /// A feature and the strongest examples of its tails.
    typealias Strongest = (feature: FeatureID, examples: [FeatureTail: [StoredExample]])

    /// Names features by their strongest examples.
    func name(_ features: [Strongest], _ db: Database) throws {
        guard !features.isEmpty else { return }
        try Self.fill(Self.named, with: features.map(\.feature), db)
        defer { try? db.execute(sql: "DROP TABLE \(Self.named)") }
        let naming = LabelNaming(
            identity: identity, frequencies: frequencies.new,
            promoted: try PromotedTokens(db, identity: identity, of: Self.named), prompt: prompts.callAsFunction)
        let stored = try storedNames(db)
        named.formUnion(features.map(\.feature))
        let changes = try LabelChanges(db)
        for (feature, examples) in features {
            let name = try naming.name(feature, examples: examples)
            try changes.replace(stored[feature] ?? LabelChanges.Stored(), by: name, of: feature)
        }
        try changes.finish()
    }

    /// Names the features not named yet whose names would tell of another token before them.
    func nameAffected(_ db: Database) throws {
        let features = try affected(db)
        try Self.fill(Self.affected, with: features, db)
        defer { try? db.execute(sql: "DROP TABLE \(Self.affected)") }
        var strongest: [Strongest] = features.map { ($0, [:]) }
        for tail in FeatureTail.allCases {
            let sql = """
                SELECT f.rowid, e.prompt_id, e.position, e.activation FROM \(Self.affected) f
                CROSS JOIN main.\(tail.exampleTable) e
                    ON e.layer = f.layer AND e.feature_index = f.feature_index AND e.band = 0
                ORDER BY f.rowid, e.rank
                """
            try BlobScan.run(db, sql: sql) { row in
                strongest[row.integer(0) - 1].examples[tail, default: []].append(
                    StoredExample(prompt: row.integer(1), position: row.integer(2), activation: Float(row.real(3))))
            }
        }
        try name(strongest, db)
    }

    private static let named = "temp.named_features"
    private static let affected = "temp.affected_features"

    /// Makes a table of features, in their order.
    private static func fill(_ table: String, with features: [FeatureID], _ db: Database) throws {
        try db.execute(sql: "CREATE TABLE \(table) (layer INTEGER, feature_index INTEGER)")
        let insertion = try BulkInsertion(db, into: table, columns: ["layer", "feature_index"])
        for feature in features {
            for value in [feature.layer, feature.index] { insertion.bind(value) }
            try insertion.step()
        }
    }

    /// What the features are called so far.
    private func storedNames(_ db: Database) throws -> [FeatureID: LabelChanges.Stored] {
        var stored: [FeatureID: LabelChanges.Stored] = [:]
        func scan(_ columns: String, _ table: String, _ body: (BlobScan, FeatureID) -> Void) throws {
            let sql = """
                SELECT t.layer, t.feature_index, \(columns) FROM \(Self.named) f
                CROSS JOIN main.\(table) t ON t.layer = f.layer AND t.feature_index = f.feature_index
                """
            try BlobScan.run(db, sql: sql) { body($0, FeatureID(layer: $0.integer(0), index: $0.integer(1))) }
        }
        try scan("t.label", "automatic_labels") { row, feature in
            stored[feature, default: LabelChanges.Stored()].label = row.text(2)
        }
        try scan("t.tail, t.tokens", "label_contexts") { row, feature in
            let tail: FeatureTail = row.integer(2) == FeatureTail.negative.number ? .negative : .positive
            stored[feature, default: LabelChanges.Stored()].contexts[tail] = Data(row.bytes(3))
        }
        return stored
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
            let feature = FeatureID(layer: row.integer(0), index: row.integer(1))
            if old != new, features.last != feature, !named.contains(feature) { features.append(feature) }
        }
        return features
    }
}
