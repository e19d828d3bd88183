import Circuits
import Foundation
import GRDB
import Texts

/// Labels and notes: what people call a feature, wherever it appears.
extension AtlasWriter {
    /// The longest name, in Unicode scalars; a longer text is a note.
    public static let longestName = NameRule.longestName
    /// The longest note, in Unicode scalars.
    public static let longestNote = NameRule.longestNote

    /// Gives a feature a name and a note, or takes them away when the name is `nil`.
    ///
    /// - Throws: `AtlasError.unstorable` for a feature that the transcoder set has not, what no name may be (see
    ///   `NameRule`), or a note that is too long.
    public func setLabel(_ label: String?, note: String = "", of feature: FeatureID) throws(AtlasError) {
        if let label { return try setLabels([(label, note, feature)]) }
        try require(feature, in: "label of feature \(feature)")
        try atlas.write("removing the label of feature \(feature)") { db in
            try TableDigests.keeping([Self.label(of: feature)], in: db) {
                try db.execute(
                    sql: "DELETE FROM labels WHERE layer = ? AND feature_index = ?",
                    arguments: [feature.layer, feature.index])
            }
        }
    }

    /// Gives several features names and notes: all of them or, after an error, none.
    ///
    /// - Throws: as ``setLabel(_:note:of:)``
    public func setLabels(_ labels: [(label: String, note: String, feature: FeatureID)]) throws(AtlasError) {
        var names: [String] = []
        for (label, note, feature) in labels {
            let what = "label of feature \(feature)"
            try require(feature, in: what)
            names.append(try Self.name(label, of: what))
            try Self.require(note: note, of: what)
        }
        try atlas.write("labelling \(labels.count) features") { db in
            let insertion = try db.cachedStatement(
                sql: """
                    INSERT INTO labels (layer, feature_index, label, note, updated_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (layer, feature_index)
                    DO UPDATE SET label = excluded.label, note = excluded.note, updated_at = excluded.updated_at
                    """)
            let now = Date.now.formatted(.iso8601)
            for (name, (_, note, feature)) in zip(names, labels) {
                try TableDigests.keeping([Self.label(of: feature)], in: db) {
                    try insertion.execute(arguments: [feature.layer, feature.index, name, note, now])
                }
            }
        }
    }

    private static func label(of feature: FeatureID) -> StoredRows {
        StoredRows(of: "labels", where: "layer = ? AND feature_index = ?", [feature.layer, feature.index])
    }

    func require(_ feature: FeatureID, in what: String) throws(AtlasError) {
        guard atlas.identity.contains(feature) else {
            throw .unstorable(
                what: what,
                expected: "\(atlas.identity.layerCount) layers of \(atlas.identity.featuresPerLayer) features",
                found: "\(feature)")
        }
    }
}
