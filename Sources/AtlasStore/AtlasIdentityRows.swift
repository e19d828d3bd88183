import Foundation
import GRDB

/// The rows that say which replacement model an atlas is about.
extension Atlas {
    /// Describes the replacement model in a new file; one that is described stays as it is.
    static func insert(_ identity: AtlasIdentity, into db: Database) throws {
        guard try Int.fetchOne(db, sql: "SELECT 1 FROM atlas") == nil else { return }
        try db.execute(
            sql: """
                INSERT INTO atlas (id, model_name, model_fingerprint, transcoder_name, transcoder_fingerprint,
                    transcoder_kind, layer_count, features_per_layer, model_width, vocabulary_size, created_at,
                    program_version)
                VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                identity.modelName, identity.modelFingerprint, identity.transcoderName, identity.transcoderFingerprint,
                identity.transcoderKind.rawValue, identity.layerCount, identity.featuresPerLayer, identity.modelWidth,
                identity.vocabulary.count, Date.now.formatted(.iso8601), programVersion,
            ])
        if let settings = identity.neuronSettings {
            try db.execute(sql: "INSERT INTO neuron_basis (id, settings) VALUES (1, ?)", arguments: [settings])
        }
        let insertion = try BulkInsertion(db, into: "vocabulary", columns: ["token", "text"])
        for (token, text) in identity.vocabulary.enumerated() {
            insertion.bind(token)
            insertion.bind(text)
            try insertion.step()
        }
        try TableDigests.record(["atlas", "neuron_basis", "vocabulary"], in: db)
    }

    /// The replacement model that a file is about.
    static func identity(in database: any DatabaseReader, path: String) throws -> AtlasIdentity {
        try database.read { db in try identity(db, path: path) }
    }

    /// The replacement model that a file is about, in a read that has begun.
    static func identity(_ db: Database, path: String) throws -> AtlasIdentity {
        guard let row = try StoredRow.fetchOne(db, sql: "SELECT * FROM atlas") else {
            throw AtlasError.notAnAtlas(path: path, found: "an atlas whose creation was interrupted")
        }
        let kindName: String = try row["transcoder_kind"]
        guard let kind = AtlasIdentity.TranscoderKind(rawValue: kindName) else {
            throw AtlasError.notAnAtlas(path: path, found: "transcoder kind \(kindName)")
        }
        // As bytes: a token's text may hold a NUL, at which a text would be cut.
        let vocabulary = try Data?.fetchAll(db, sql: "SELECT CAST(text AS BLOB) FROM vocabulary ORDER BY token")
            .map { bytes in
                guard let bytes else { throw AtlasError.notAnAtlas(path: path, found: "a token without a text") }
                return String(decoding: bytes, as: UTF8.self)
            }
        let size: Int = try row["vocabulary_size"]
        guard vocabulary.count == size else {
            throw AtlasError.notAnAtlas(path: path, found: "an atlas with \(vocabulary.count) of \(size) tokens")
        }
        let (layers, width): (Int, Int) = try (row["layer_count"], row["features_per_layer"])
        guard 1...65536 ~= layers, 1...1 << 24 ~= width, try 1...1 << 32 ~= row["model_width"] as Int else {
            throw AtlasError.notAnAtlas(path: path, found: "one with \(layers) layers of \(width) features")
        }
        var identity = try AtlasIdentity(
            modelName: row["model_name"], modelFingerprint: row["model_fingerprint"],
            transcoderName: row["transcoder_name"], transcoderFingerprint: row["transcoder_fingerprint"],
            transcoderKind: kind, layerCount: layers, featuresPerLayer: width,
            modelWidth: row["model_width"], vocabulary: vocabulary)
        // Looked at before an older file is brought up to date, too.
        if try db.tableExists("neuron_basis") {
            identity.neuronSettings = try StoredRow.fetchOne(db, sql: "SELECT settings FROM neuron_basis")?["settings"]
        }
        return identity
    }
}
