import AtlasStore
import Circuits
import GRDB

/// What a person calls a feature.
public struct FeatureLabel: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// Its name.
    public let label: String
    /// Anything longer; may be empty.
    public let note: String

    /// Names a feature.
    public init(feature: FeatureID, label: String, note: String) {
        self.feature = feature
        self.label = label
        self.note = note
    }
}

/// The labels that people gave.
extension AtlasReader {
    static let allLabels = "SELECT layer, feature_index, label, note FROM labels ORDER BY layer, feature_index"
    static let labelOfPeople = "SELECT label, note FROM labels WHERE layer = ? AND feature_index = ?"

    /// Every label that a person gave, by feature.
    public func labels() throws -> [FeatureLabel] {
        try ask("listing labels") { db in
            try StoredRow.fetchAll(db, sql: Self.allLabels).map { row in
                try FeatureLabel(
                    feature: storedFeature(in: row), label: row["label"],
                    note: row["note"])
            }
        }
    }

    /// What a person calls this feature; `nil` where nobody named it.
    public func label(of feature: FeatureID) throws -> FeatureLabel? {
        try ask("reading a label") { db in
            try requireExists(feature)
            return try StoredRow.fetchOne(db, sql: Self.labelOfPeople, arguments: [feature.layer, feature.index]).map {
                try FeatureLabel(feature: feature, label: $0["label"], note: $0["note"])
            }
        }
    }
}
