import Circuits
import Foundation
import GRDB

/// Labels and notes: what people call a feature, wherever it appears.
extension AtlasWriter {
    /// The longest name, in Unicode scalars; a longer text is a note.
    public static let longestName = 500
    /// The longest note, in Unicode scalars.
    public static let longestNote = 100_000

    /// Gives a feature a name and a note, or takes them away when the name is `nil`.
    ///
    /// - Throws: `AtlasError.unstorable` for a feature that the transcoder set has not, an empty name, or a text that is
    ///   too long.
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
        for (label, note, feature) in labels {
            try require(feature, in: "label of feature \(feature)")
            try require(name: label, note: note, in: "label of feature \(feature)")
        }
        try atlas.write("labelling \(labels.count) features") { db in
            let insertion = try db.cachedStatement(
                sql: """
                    INSERT INTO labels (layer, feature_index, label, note, updated_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (layer, feature_index)
                    DO UPDATE SET label = excluded.label, note = excluded.note, updated_at = excluded.updated_at
                    """)
            let now = Date.now.formatted(.iso8601)
            for (label, note, feature) in labels {
                try TableDigests.keeping([Self.label(of: feature)], in: db) {
                    try insertion.execute(arguments: [feature.layer, feature.index, label, note, now])
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

    func require(name: String, note: String, in what: String) throws(AtlasError) {
        let length = name.unicodeScalars.count
        guard 1...Self.longestName ~= length else {
            throw .unstorable(
                what: what, expected: "a name of 1 to \(Self.longestName) characters", found: "one of \(length)")
        }
        guard note.unicodeScalars.count <= Self.longestNote else {
            throw .unstorable(
                what: what, expected: "a note of at most \(Self.longestNote) characters",
                found: "one of \(note.unicodeScalars.count)")
        }
    }
}
