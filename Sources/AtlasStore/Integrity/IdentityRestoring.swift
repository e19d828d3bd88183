import Foundation
import GRDB

/// Puts an atlas's own description and vocabulary right from the model that it is about.
enum IdentityRestoring {
    private static let tables = ["atlas", "vocabulary", "neuron_basis"]

    /// Whether the description or the vocabulary is not what was stored.
    static func isNeeded(_ db: Database) throws -> Bool {
        try tables.contains { try StoredRows(allOf: $0).digest(db) != TableDigests.read($0, in: db) }
    }

    /// Writes them anew; of the file's own, when it was made and by which program stay as they are.
    static func restore(_ identity: AtlasIdentity, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE atlas SET model_name = ?, model_fingerprint = ?, transcoder_name = ?, transcoder_fingerprint = ?,
                    transcoder_kind = ?, layer_count = ?, features_per_layer = ?, model_width = ?, vocabulary_size = ?
                """,
            arguments: [
                identity.modelName, identity.modelFingerprint, identity.transcoderName, identity.transcoderFingerprint,
                identity.transcoderKind.rawValue, identity.layerCount, identity.featuresPerLayer, identity.modelWidth,
                identity.vocabulary.count,
            ])
        if let settings = identity.neuronSettings {
            try db.execute(sql: "UPDATE neuron_basis SET settings = ?", arguments: [settings])
        }
        let text = try db.makeStatement(sql: "UPDATE vocabulary SET text = ? WHERE token = ? AND text <> ?")
        for (token, word) in identity.vocabulary.enumerated() { try text.execute(arguments: [word, token, word]) }
        try TableDigests.record(tables, in: db)
    }
}
