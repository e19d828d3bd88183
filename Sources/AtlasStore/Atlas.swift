import Foundation
import GRDB
import Texts

/// An open atlas: one SQLite file for one replacement model.
///
/// Reading runs beside one writer (write-ahead log). Facts go in through ``AtlasWriter``, everything derived from them is
/// rebuilt by ``AtlasDerivation``, and questions are asked through the `AtlasQuery` module.
public final class Atlas: Sendable {
    /// What an atlas is opened for.
    public enum Mode: Sendable {
        /// Questions only; the file may lie in a folder that cannot be written.
        case readOnly
        /// Questions, facts and derivation.
        case readWrite
        /// As `readWrite`, for this replacement model; the file is made if there is none.
        case create(AtlasIdentity)
    }

    /// The version of the program, as it is recorded in files and runs.
    public static let programVersion = "0.1.0"

    /// Where the file is.
    public let path: String
    /// The replacement model it is about.
    public let identity: AtlasIdentity
    /// The connections; for modules that ask their own questions in SQL.
    public let database: any DatabaseWriter
    /// Fingerprints in the form of an earlier program, of samples of the weights, that this opening put those in use in the
    /// place of; none as a rule.
    public let replacedFingerprints: [String]

    private init(
        path: String, identity: AtlasIdentity, database: any DatabaseWriter, replacedFingerprints: [String] = []
    ) {
        self.path = path
        self.identity = identity
        self.database = database
        self.replacedFingerprints = replacedFingerprints
    }

    /// Opens the atlas at `path`.
    ///
    /// Refuses a file that is not an atlas, an atlas of a newer program, and, when creating, an atlas of another
    /// replacement model.
    public static func open(_ path: String, mode: Mode) throws(AtlasError) -> Atlas {
        try translating("opening", path: path) {
            switch mode {
            case .readOnly: try openReadOnly(path)
            case .readWrite: try openReadWrite(path, creating: nil)
            case .create(let identity): try openReadWrite(path, creating: identity)
            }
        }
    }

    /// Throws unless the file at `path` is an atlas about this replacement model, or empty; changes nothing.
    public static func requireSame(_ identity: AtlasIdentity, at path: String) throws(AtlasError) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if size > 0 { try translating("opening", path: path) { _ = try inspect(path, expecting: identity) } }
    }

    /// Throws unless the atlas is about this replacement model.
    public func requireSame(as other: AtlasIdentity) throws(AtlasError) {
        try identity.requireSame(as: other, path: path)
    }

    /// Moves the write-ahead log into the file, as far as readers allow, so that the file alone is the atlas.
    ///
    /// Nothing is lost where that fails: the next opening finds the log.
    public func checkpoint() {
        guard !database.configuration.readonly else { return }
        try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }

    /// Closes the connections; the atlas must not be used afterwards.
    public func close() throws(AtlasError) {
        checkpoint()
        try Self.translating("closing", path: path) { try database.close() }
    }

    /// Runs SQL that reads, on one consistent state of the file.
    public func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try Self.translating(operation, path: path) { try database.read(body) }
    }

    /// Runs SQL that writes, in one transaction: all of it happens, or nothing.
    func write<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try Self.translating(operation, path: path) { try database.write(body) }
    }
}

extension Atlas {
    private static func openReadOnly(_ path: String) throws -> Atlas {
        try requireFile(path)
        let database: any DatabaseWriter
        let isComplete: Bool
        do {
            database = try DatabasePool(path: path, configuration: configuration(readonly: true))
            isComplete = try database.read { db in try AtlasMigrator.check(db, path: path) }
        } catch let error as DatabaseError where error.needsWriting {
            try requireNoLog(beside: path)
            return try openImmutable(path)
        }
        guard isComplete else { throw olderVersion(path) }
        return Atlas(path: path, identity: try identity(in: database, path: path), database: database)
    }

    /// Opens a file whose folder cannot be written: SQLite is told that nobody writes it, and needs no log beside it.
    static func openImmutable(_ path: String) throws -> Atlas {
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        let database = try DatabaseQueue(
            path: "file:\(escaped)?immutable=1", configuration: configuration(readonly: true))
        guard try database.read({ db in try AtlasMigrator.check(db, path: path) }) else { throw olderVersion(path) }
        return Atlas(path: path, identity: try identity(in: database, path: path), database: database)
    }

    /// Looks at a file without touching it: an atlas that this program knows, about the replacement model expected.
    ///
    /// - Returns: whether it has the newest schema and its identity, so that nothing need be written to use it.
    private static func inspect(_ path: String, expecting wanted: AtlasIdentity?) throws -> Bool {
        try requireSQLite(path)
        let database = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
        let isComplete = try database.read { db in
            try AtlasMigrator.check(db, path: path) && Int.fetchOne(db, sql: "SELECT 1 FROM atlas") != nil
        }
        if isComplete, let wanted { try identity(in: database, path: path).requireSame(as: wanted, path: path) }
        try database.close()
        return isComplete
    }

    private static func openReadWrite(_ path: String, creating wanted: AtlasIdentity?) throws -> Atlas {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if wanted == nil { try requireFile(path) }
        let isComplete = try size > 0 && inspect(path, expecting: wanted)
        let database = try DatabasePool(path: path, configuration: configuration(readonly: false))
        if !isComplete {
            try AtlasMigrator.migrate(database)
            if let wanted { try database.write { db in try insert(wanted, into: db) } }
        }
        let atlas = Atlas(path: path, identity: try identity(in: database, path: path), database: database)
        guard let wanted else { return atlas }
        try atlas.requireSame(as: wanted)
        if try database.read(IdentityRestoring.isNeeded) {
            // The model itself is here: what was damaged of its description is written anew.
            try database.write { db in try IdentityRestoring.restore(wanted, in: db) }
            var restored = wanted
            restored.formerFingerprints = .init()
            return Atlas(path: path, identity: restored, database: database)
        }
        if atlas.identity.modelFingerprint == wanted.modelFingerprint,
            atlas.identity.transcoderFingerprint == wanted.transcoderFingerprint
        {
            return atlas
        }
        // Made when fingerprints were of samples: whether these are the very weights cannot be known any more, and is
        // taken for true this once. From now on it has the fingerprint of every number.
        try database.write { db in
            try TableDigests.keeping([StoredRows(allOf: "atlas")], in: db) {
                try db.execute(
                    sql: "UPDATE atlas SET model_fingerprint = ?, transcoder_fingerprint = ?",
                    arguments: [wanted.modelFingerprint, wanted.transcoderFingerprint])
            }
        }
        var renamed = atlas.identity
        renamed.modelFingerprint = wanted.modelFingerprint
        renamed.transcoderFingerprint = wanted.transcoderFingerprint
        let pairs = [
            (atlas.identity.modelFingerprint, wanted.modelFingerprint),
            (atlas.identity.transcoderFingerprint, wanted.transcoderFingerprint),
        ]
        return Atlas(
            path: path, identity: renamed, database: database,
            replacedFingerprints: pairs.filter { $0 != $1 }.map(\.0))
    }

    /// Questions that read at the same time; a server has no more workers, so that none waits for a connection.
    public static let readerCount = 32

    private static func configuration(readonly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(30)
        configuration.maximumReaderCount = readerCount
        configuration.prepareDatabase { db in
            // 64 MiB of pages; deleted derived rows need not be overwritten with zeros.
            try db.execute(sql: "PRAGMA cache_size = -65536; PRAGMA secure_delete = OFF")
        }
        return configuration
    }

    /// Throws where a log lies beside a file that cannot be opened with it: the file alone is not the whole atlas.
    static func requireNoLog(beside path: String) throws(AtlasError) {
        let log = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
        guard (log ?? 0) == 0 else {
            throw .database(
                path: path, operation: "opening for reading",
                reason:
                    "the log \(path)-wal holds what is not in the file yet, and SQLite cannot use it in a folder that "
                    + "cannot be written; copy both files to a folder that can be, or run atlas info where they can")
        }
    }

    private static func requireFile(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else { throw AtlasError.missingFile(path: path) }
        try requireSQLite(path)
    }

    private static func requireSQLite(_ path: String) throws {
        if let kind = WholeFile.kindUnlessRegular(path: path) { throw AtlasError.notAnAtlas(path: path, found: kind) }
        guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 16) else {
            throw AtlasError.notAnAtlas(path: path, found: "something that cannot be read")
        }
        guard head == Data("SQLite format 3\0".utf8) else {
            throw AtlasError.notAnAtlas(path: path, found: head.isEmpty ? "an empty file" : "another kind of file")
        }
    }

    private static func olderVersion(_ path: String) -> AtlasError {
        .database(
            path: path, operation: "opening for reading",
            reason: "its schema is older than \(AtlasMigrator.newestVersion); open it for writing once to upgrade it")
    }

    private static func insert(_ identity: AtlasIdentity, into db: Database) throws {
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

    private static func identity(in database: any DatabaseReader, path: String) throws -> AtlasIdentity {
        try database.read { db in
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
                identity.neuronSettings = try String.fetchOne(db, sql: "SELECT settings FROM neuron_basis")
            }
            return identity
        }
    }

    /// Runs `body` and says what SQLite refuses as an error of the atlas.
    static func translating<Value>(
        _ operation: String, path: String, _ body: () throws -> Value
    ) throws(AtlasError) -> Value {
        do {
            return try body()
        } catch let error as AtlasError {
            throw error
        } catch let error as DatabaseError {
            let reason = "SQLite: \(error.message ?? "no message") (\(error.extendedResultCode))"
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR:
                throw .storageFailed(path: path, operation: operation, reason: reason)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN:
                throw .database(
                    path: path, operation: operation,
                    reason: "expected a file and a folder that can be written, found one that cannot; \(reason)")
            case .SQLITE_NOTADB:
                throw .notAnAtlas(path: path, found: "another kind of file")
            default:
                throw .database(path: path, operation: operation, reason: reason)
            }
        } catch {
            throw .database(path: path, operation: operation, reason: "\(error)")
        }
    }
}

extension DatabaseError {
    /// Whether SQLite could not write, or not make the files that it needs beside the database.
    fileprivate var needsWriting: Bool { resultCode == .SQLITE_CANTOPEN || resultCode == .SQLITE_READONLY }
}
