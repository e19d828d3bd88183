import Circuits
import GRDB

/// What a feature is called.
public struct FeatureName: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// A person's name for it, else the automatic one.
    public let label: String?
    /// Whether no person gave the label.
    public let labelIsAutomatic: Bool
    /// What a person wrote about it; empty: nothing.
    public let note: String
}

/// The names that people give.
extension AtlasReader {
    static let noteOfFeature = "SELECT note FROM labels WHERE layer = ? AND feature_index = ?"

    /// What a feature is called, and what was noted about it.
    public func name(of feature: FeatureID) throws -> FeatureName {
        try ask("asking what a feature is called") { db in
            try requireExists(feature)
            let key: StatementArguments = [feature.layer, feature.index]
            let label = try shownLabel(of: feature, db)
            return FeatureName(
                feature: feature, label: label.label, labelIsAutomatic: label.isAutomatic,
                note: try String.fetchOne(db, sql: Self.noteOfFeature, arguments: key) ?? "")
        }
    }
}
