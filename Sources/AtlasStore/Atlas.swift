import Dispatch
import Files
import Foundation
import GRDB
import Synchronization

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

    /// Whether its file is still the one at the path; `nil` where nobody can write it.
    private let watch: AtlasWatch?
    private let closed = Atomic(false)
    private let hasLetGo = Atomic(false)

    init(
        path: String, identity: AtlasIdentity, database: any DatabaseWriter, watch: AtlasWatch?,
        replacedFingerprints: [String] = []
    ) {
        self.path = path
        self.identity = identity
        self.database = database
        self.watch = watch
        self.replacedFingerprints = replacedFingerprints
        guard let watch else { return }
        watch.noteLogs()
        OpenAtlases.add(self, file: watch.file)
        lookAfterFileSoon()
    }

    /// Opens the atlas at `path`.
    ///
    /// Refuses a file that is not an atlas, an atlas of a newer program, and, when creating, an atlas of another
    /// replacement model. What an interrupted writer left half-written is put right first, where the file can be written.
    /// A new atlas appears under its name when it is whole; of two that are made at once one stays, and both open it.
    public static func open(_ path: String, mode: Mode) throws(AtlasError) -> Atlas {
        switch mode {
        case .readOnly:
            try translating("opening", path: path) { try openReadOnly(path) }
        case .readWrite:
            try translating("opening", path: path) {
                try openReadWrite(FilePlace(path).path, creating: nil, knownAs: path)
            }
        case .create(let identity):
            try translating("opening", path: path) {
                // An interrupted creation leaves something beside its place even when it came as far as the name.
                HiddenPart.removeStrays(in: FilePlace(path).folder)
                if AtlasInMaking.isVacant(path) { _ = try AtlasInMaking(identity, at: path).publish() }
                return try openReadWrite(FilePlace(path).path, creating: identity, knownAs: path)
            }
        }
    }

    /// Throws unless the file at `path` is an atlas about this replacement model, or empty; changes nothing.
    public static func requireSame(_ identity: AtlasIdentity, at path: String) throws(AtlasError) {
        guard !AtlasInMaking.isVacant(path) else { return }
        try translating("opening", path: path) {
            _ = try inspect(FilePlace(path).path, expecting: identity, knownAs: path)
        }
    }

    /// Throws unless the atlas is about this replacement model.
    public func requireSame(as other: AtlasIdentity) throws(AtlasError) {
        try identity.requireSame(as: other, path: path)
    }

    /// Moves the write-ahead log into the file, if no reader is in the way, so that the file alone is the atlas.
    ///
    /// Nothing is lost where that fails: the next opening finds the log.
    public func checkpoint() {
        guard !database.configuration.readonly, watch?.isInPlace != false else { return }
        try? database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA busy_timeout = 0")
            defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Int(Self.busySeconds * 1000))") }
            _ = try db.checkpoint(.truncate)
        }
    }

    /// Closes the connections; the atlas must not be used afterwards.
    ///
    /// - Throws: what was stored may still be in the log beside the file, where the next opening finds it.
    public func close() throws(AtlasError) {
        guard !isClosed else { return }
        defer { closed.store(true, ordering: .relaxed) }
        if watch?.isInPlace == false { lookAfterFile() }
        let path = path
        try Self.translating("closing", path: path) {
            if !database.configuration.readonly, watch?.isInPlace != false {
                do {
                    try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
                } catch let error as DatabaseError where error.isBusy {
                    // Others read on, and the last of them does this.
                }
                // Readers go first: the last connection takes the log away, which one that only reads cannot.
                (database as? DatabasePool)?.releaseMemory()
            }
            try database.close()
        }
    }

    /// Runs SQL that reads, on one consistent state of the file.
    public func read<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try Self.translating(operation, path: path) { try database.read(body) }
    }

    /// Runs SQL that writes, in one transaction: all of it happens, or nothing.
    ///
    /// - Throws: `AtlasError.replaced` where another file has taken this one's place: then nobody would find what is
    ///   written.
    func write<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try whileInPlace(operation) {
            try database.write { db in
                let value = try body(db)
                // As late as can be: what is not committed yet is taken back.
                try watch?.requireInPlace(path)
                return value
            }
        }
    }

    /// Runs what writes, and throws where the file at the path is not this one, before or afterwards.
    func whileInPlace<Value>(_ operation: String, _ body: () throws -> Value) throws(AtlasError) -> Value {
        do throws(AtlasError) {
            try watch?.requireInPlace(path)
            let value = try Self.translating(operation, path: path, body)
            try watch?.requireInPlace(path)
            return value
        } catch {
            if case .replaced = error { lookAfterFile() }
            throw error
        }
    }
}

extension Atlas {
    /// Whether it was closed.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Throws where another file, or none, lies where the atlas was opened.
    func requireInPlace() throws(AtlasError) { try watch?.requireInPlace(path) }

    /// Once another file lies at the path: moves the log into the file that it belongs to, and takes away the log's name,
    /// by which it would be taken for the new file's. Writing was refused from the moment of the change.
    func lookAfterFile() {
        guard let watch, !isClosed, !watch.isInPlace, !hasLetGo.load(ordering: .relaxed) else { return }
        if !database.configuration.readonly {
            let isEmptied = try? database.writeWithoutTransaction { db in
                let log = try db.checkpoint(.passive)
                return log.walFrameCount == log.checkpointedFrameCount
            }
            // A reader is in the way: the next look tries again.
            guard isEmptied == true else { return }
        }
        watch.removeLogs()
        hasLetGo.store(true, ordering: .relaxed)
    }

    /// Looks after the file now and then, as long as it is open: the sooner its log lets go of its name the better.
    private func lookAfterFileSoon() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.lookSeconds) { [weak self] in
            guard let self, !isClosed else { return }
            lookAfterFile()
            lookAfterFileSoon()
        }
    }

    private static let lookSeconds = 0.5
    /// How long one waits for another program that writes.
    private static let busySeconds = 30.0

    private static func openReadOnly(_ path: String) throws -> Atlas {
        let file = FilePlace(path).path
        try requireFile(path)
        try ForeignLog.requireNone(beside: file, knownAs: path)
        func opened() throws -> (DatabasePool, AtlasWatch, isComplete: Bool) {
            let watch = try AtlasWatch(path, file: file)
            let database = try DatabasePool(path: file, configuration: configuration(readonly: true, watch: watch))
            return (database, watch, try database.read { db in try AtlasMigrator.check(db, path: path) })
        }
        let (database, watch, isComplete): (DatabasePool, AtlasWatch, Bool)
        do {
            (database, watch, isComplete) = try opened()
        } catch let error as DatabaseError where error.needsWriting {
            guard isWritable(file) else {
                try requireNoLog(beside: file)
                return try openImmutable(path)
            }
            try recover(file)
            (database, watch, isComplete) = try opened()
        }
        guard isComplete else { throw olderVersion(path) }
        return Atlas(path: path, identity: try identity(in: database, path: path), database: database, watch: watch)
    }

    /// Opens a file whose folder cannot be written: SQLite is told that nobody writes it, and needs no log beside it.
    static func openImmutable(_ path: String) throws -> Atlas {
        let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
        let database = try DatabaseQueue(
            path: "file:\(escaped)?immutable=1", configuration: configuration(readonly: true))
        guard try database.read({ db in try AtlasMigrator.check(db, path: path) }) else { throw olderVersion(path) }
        return Atlas(path: path, identity: try identity(in: database, path: path), database: database, watch: nil)
    }

    /// Looks at a file without touching it, unless an interrupted writer left it half-written: an atlas that this program
    /// knows, about the replacement model expected.
    ///
    /// - Returns: whether it has the newest schema and its identity, so that nothing need be written to use it.
    private static func inspect(_ file: String, expecting wanted: AtlasIdentity?, knownAs path: String) throws -> Bool {
        try requireFile(path)
        return try look(at: file) { db in
            let isComplete =
                try AtlasMigrator.check(db, path: path) && Int.fetchOne(db, sql: "SELECT 1 FROM atlas") != nil
            if isComplete, let wanted { try identity(db, path: path).requireSame(as: wanted, path: path) }
            return isComplete
        }
    }

    /// Whether a file is a database that holds nothing and is nobody's, as earlier versions left when they were
    /// interrupted.
    static func isEmptyDatabase(_ path: String) -> Bool {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        guard size <= sizeWithoutTables else { return false }
        let isEmpty = try? look(at: path) { db in
            try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)") == true
                && Int.fetchOne(db, sql: "PRAGMA application_id") == 0
                && Int.fetchOne(db, sql: "PRAGMA user_version") == 0
        }
        return isEmpty == true
    }

    /// More bytes than a database without tables has; one with an atlas's tables has more.
    private static let sizeWithoutTables = 65_536

    /// Reads from a file, for writing only where SQLite must put right what an interrupted writer left.
    private static func look<Value>(at file: String, _ body: (Database) throws -> Value) throws -> Value {
        func look(readonly: Bool) throws -> Value {
            let database = try DatabaseQueue(path: file, configuration: configuration(readonly: readonly))
            let value = try database.read(body)
            try database.close()
            return value
        }
        do {
            return try look(readonly: true)
        } catch let error as DatabaseError where error.needsWriting && isWritable(file) {
            return try look(readonly: false)
        }
    }

    /// Lets SQLite put right what an interrupted writer left.
    private static func recover(_ file: String) throws {
        let database = try DatabaseQueue(path: file, configuration: configuration(readonly: false))
        try database.read { db in _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") }
        try database.close()
    }

    private static func isWritable(_ file: String) -> Bool {
        access(file, W_OK) == 0 && access(FilePlace(file).folder, W_OK) == 0
    }

    /// Opens `file` for writing, brought to the newest schema.
    ///
    /// - Parameter path: what it is called
    static func openReadWrite(_ file: String, creating wanted: AtlasIdentity?, knownAs path: String) throws -> Atlas {
        let isHidden = FilePlace(path).path != file
        try ForeignLog.requireNone(beside: file, knownAs: path)
        let isComplete = try inspect(file, expecting: wanted, knownAs: isHidden ? file : path)
        let watch = try AtlasWatch(isHidden ? file : path, file: file)
        let database = try DatabasePool(path: file, configuration: configuration(readonly: false, watch: watch))
        if !isComplete {
            try AtlasMigrator.migrate(database)
            if let wanted { try database.write { db in try insert(wanted, into: db) } }
        }
        let found = try identity(in: database, path: path)
        func opened(as identity: AtlasIdentity, replaced: [String] = []) -> Atlas {
            Atlas(
                path: path, identity: identity, database: database, watch: watch, replacedFingerprints: replaced)
        }
        guard let wanted else { return opened(as: found) }
        try found.requireSame(as: wanted, path: path)
        if try database.read(IdentityRestoring.isNeeded) {
            // The model itself is here: what was damaged of its description is written anew.
            try database.write { db in try IdentityRestoring.restore(wanted, in: db) }
            var restored = wanted
            restored.formerFingerprints = .init()
            return opened(as: restored)
        }
        let pairs = [
            (found.modelFingerprint, wanted.modelFingerprint),
            (found.transcoderFingerprint, wanted.transcoderFingerprint),
        ].filter { $0 != $1 }
        guard !pairs.isEmpty else { return opened(as: found) }
        // Made when fingerprints were of samples: whether these are the very weights cannot be known any more, and is
        // taken for true this once. From now on it has the fingerprint of every number.
        try database.write { db in
            try TableDigests.keeping([StoredRows(allOf: "atlas")], in: db) {
                try db.execute(
                    sql: "UPDATE atlas SET model_fingerprint = ?, transcoder_fingerprint = ?",
                    arguments: [wanted.modelFingerprint, wanted.transcoderFingerprint])
            }
        }
        var renamed = found
        renamed.modelFingerprint = wanted.modelFingerprint
        renamed.transcoderFingerprint = wanted.transcoderFingerprint
        return opened(as: renamed, replaced: pairs.map(\.0))
    }

    /// Questions that read at the same time; a server has no more workers, so that none waits for a connection.
    static let readerCount = 32

    /// - Parameter watch: connections that are opened later must lead to the same file
    static func configuration(readonly: Bool, watch: AtlasWatch? = nil) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = readerCount
        configuration.prepareDatabase { db in
            try watch?.requireInPlace()
            // 64 MiB of pages for the one that writes and derives; of those that read there are many, above the system's
            // own cache. Deleted derived rows need not be overwritten with zeros.
            let cacheKibibytes = db.configuration.readonly ? 16_384 : 65_536
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes); PRAGMA secure_delete = OFF")
        }
        return configuration
    }

    /// Throws where a log lies beside a file that cannot be opened with it: the file alone is not the whole atlas.
    static func requireNoLog(beside path: String) throws(AtlasError) {
        for suffix in ["-wal", "-journal"] {
            let log = try? FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int
            guard (log ?? 0) == 0 else {
                throw .database(
                    path: path, operation: "opening for reading",
                    reason:
                        "the log \(path)\(suffix) holds what is not in the file yet, and SQLite cannot use it in a folder "
                        + "that cannot be written; copy both files to a folder that can be, or run atlas info where they "
                        + "can")
            }
        }
    }

    /// Throws unless there is a file that may be an atlas; SQLite tells whether it is one of its own.
    private static func requireFile(_ path: String) throws(AtlasError) {
        switch FilePlace(path).kind {
        case .missing: throw .missingFile(path: path)
        case .emptyFile: throw .notAnAtlas(path: path, found: "an empty file")
        case .folder: throw .notAnAtlas(path: path, found: "a folder")
        case .other: throw .notAnAtlas(path: path, found: "a device or pipe")
        case .file: break
        }
        guard access(path, R_OK) == 0 else {
            throw .notAnAtlas(path: path, found: "something that cannot be read")
        }
    }

    private static func olderVersion(_ path: String) -> AtlasError {
        .database(
            path: path, operation: "opening for reading",
            reason: "its schema is older than \(AtlasMigrator.newestVersion); open it for writing once to upgrade it")
    }

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

    private static func identity(in database: any DatabaseReader, path: String) throws -> AtlasIdentity {
        try database.read { db in try identity(db, path: path) }
    }

    private static func identity(_ db: Database, path: String) throws -> AtlasIdentity {
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
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw .database(
                    path: path, operation: operation,
                    reason:
                        "another program is writing to it, and went on for \(Int(busySeconds)) s; try again when it has ended"
                )
            case .SQLITE_NOTADB:
                throw .notAnAtlas(path: path, found: "another kind of file")
            default:
                throw .database(path: path, operation: operation, reason: reason)
            }
        } catch let error as FileError {
            throw .database(path: path, operation: operation, reason: error.reason)
        } catch {
            throw .database(path: path, operation: operation, reason: "\(error)")
        }
    }
}

extension DatabaseError {
    /// Whether SQLite could not write, or not make the files that it needs beside the database.
    fileprivate var needsWriting: Bool { resultCode == .SQLITE_CANTOPEN || resultCode == .SQLITE_READONLY }

    /// Whether others hold what is asked for.
    fileprivate var isBusy: Bool { resultCode == .SQLITE_BUSY || resultCode == .SQLITE_LOCKED }
}
