import Circuits
import GRDB

/// What a feature is called wherever it is named: by a person, else by rule.
struct ShownLabel {
    /// The label; `nil` for a feature that never fired and that nobody named.
    let label: String?
    /// Whether no person gave it.
    let isAutomatic: Bool
}

extension AtlasReader {
    /// What a feature is called.
    func shownLabel(of feature: FeatureID, _ db: Database) throws -> ShownLabel {
        let statement = try db.cachedStatement(sql: Self.labelOfFeature)
        let row = try Row.fetchOne(statement, arguments: [feature.layer, feature.index])!
        return ShownLabel(label: row["label"], isAutomatic: row["label_is_automatic"])
    }
}
