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
            guard atlas.identity.contains(feature) else {
                throw QuestionError.unknownFeature(
                    feature: feature, layerCount: atlas.identity.layerCount,
                    featuresPerLayer: atlas.identity.featuresPerLayer)
            }
            let key: StatementArguments = [feature.layer, feature.index]
            let row = try Row.fetchOne(db, sql: Self.labelOfFeature, arguments: key)!
            return FeatureName(
                feature: feature, label: row["label"], labelIsAutomatic: row["label_is_automatic"],
                note: try String.fetchOne(db, sql: Self.noteOfFeature, arguments: key) ?? "")
        }
    }
}
