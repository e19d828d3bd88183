import Circuits
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
        // Of an imported model only the tokens that are seen have a row.
        for (token, text) in identity.vocabulary.enumerated() where !identity.isImported {
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
        guard let kind = TranscoderKind(rawValue: kindName) else {
            throw AtlasError.notAnAtlas(path: path, found: "transcoder kind \(kindName)")
        }
        let (fingerprint, size): (String, Int) = try (row["model_fingerprint"], row["vocabulary_size"])
        let vocabulary = try vocabulary(
            db, size: size, isSparse: fingerprint.utf8.starts(with: AtlasIdentity.importedMark.utf8), path: path)
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

    /// The texts of all tokens by id; of an imported model's tokens that were not seen it is empty.
    private static func vocabulary(_ db: Database, size: Int, isSparse: Bool, path: String) throws -> [String] {
        func fault(_ found: String) -> AtlasError { .notAnAtlas(path: path, found: found) }
        guard !isSparse || 0...AtlasIdentity.importedTokenLimit ~= size else { throw fault("one with \(size) tokens") }
        // As bytes: a token's text may hold a NUL, at which a text would be cut.
        let rows = try Row.fetchCursor(db, sql: "SELECT token, CAST(text AS BLOB) FROM vocabulary ORDER BY token")
        var vocabulary = [String](repeating: "", count: isSparse ? size : 0)
        while let row = try rows.next() {
            guard let bytes = row[1] as Data? else { throw fault("a token without a text") }
            let text = String(decoding: bytes, as: UTF8.self)
            if isSparse {
                guard let token = row[0] as Int?, vocabulary.indices ~= token else {
                    throw fault("an atlas with a token that is not below \(size)")
                }
                vocabulary[token] = text
            } else {
                vocabulary.append(text)
            }
        }
        guard vocabulary.count == size else { throw fault("an atlas with \(vocabulary.count) of \(size) tokens") }
        return vocabulary
    }
}
