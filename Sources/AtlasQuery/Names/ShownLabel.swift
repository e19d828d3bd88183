import AtlasStore
import Circuits
import GRDB

/// What a feature is called wherever it is named: by a person, else by rule.
package struct ShownLabel {
    /// The label; `nil` for a feature that never fired and that nobody named.
    package let label: String?
    /// Whether no person gave it.
    package let isAutomatic: Bool
}

extension AtlasReader {
    static let labelOfFeature = """
        SELECT coalesce(l.label, a.label) AS label, l.label IS NULL AND a.label IS NOT NULL AS label_is_automatic
        FROM (SELECT ? AS layer, ? AS feature_index) f
        LEFT JOIN labels l ON l.layer = f.layer AND l.feature_index = f.feature_index
        LEFT JOIN automatic_labels a ON a.layer = f.layer AND a.feature_index = f.feature_index
        """

    /// What a feature is called.
    package func shownLabel(of feature: FeatureID, _ db: Database) throws -> ShownLabel {
        let statement = try db.cachedStatement(sql: Self.labelOfFeature)
        let row = try StoredRow.fetchExisting(statement, "label", arguments: [feature.layer, feature.index])
        return try ShownLabel(label: row["label"], isAutomatic: row["label_is_automatic"])
    }
}
