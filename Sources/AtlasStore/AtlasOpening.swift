import Files
import Foundation
import GRDB

/// Opening the file of an atlas: for reading, for writing, and where nobody can write it.
extension Atlas {
    static func openReadOnly(_ path: String) throws -> Atlas {
        let file = FilePlace(path).path
        try requireFile(path)
        try ForeignLog.requireNone(beside: file, knownAs: path)
        func opened() throws -> (DatabasePool, AtlasWatch, ShardLookup, isComplete: Bool) {
            let watch = try AtlasWatch(path, file: file)
            let shards = ShardLookup(of: file)
            let database = try DatabasePool(
                path: file, configuration: configuration(readonly: true, watch: watch, shards: shards))
            return (database, watch, shards, try database.read { db in try AtlasMigrator.check(db, path: path) })
        }
        let (database, watch, shards, isComplete): (DatabasePool, AtlasWatch, ShardLookup, Bool)
        do {
            (database, watch, shards, isComplete) = try opened()
        } catch let error as DatabaseError where error.needsWriting {
            guard isWritable(file) else {
                try requireNoLog(beside: file)
                return try openImmutable(path)
            }
            try recover(file)
            (database, watch, shards, isComplete) = try opened()
        }
        guard isComplete else { throw olderVersion(path) }
        return Atlas(
            path: path, identity: try identity(in: database, path: path), database: database, watch: watch,
            shards: shards.found)
    }

    /// Opens a file whose folder cannot be written: SQLite is told that nobody writes it, and needs no log beside it.
    static func openImmutable(_ path: String) throws -> Atlas {
        let shards = ShardLookup(of: FilePlace(path).path)
        let database = try DatabaseQueue(
            path: immutable(path), configuration: configuration(readonly: true, shards: shards))
        guard try database.read({ db in try AtlasMigrator.check(db, path: path) }) else { throw olderVersion(path) }
        return Atlas(
            path: path, identity: try identity(in: database, path: path), database: database, watch: nil,
            shards: shards.found)
    }

    /// How SQLite is told that nobody writes a file.
    private static func immutable(_ path: String) -> String {
        "file:\(path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path)?immutable=1"
    }

    /// A connection that reads a file which has been found to be an atlas before, with little memory.
    static func connection(readingOnly path: String, cacheKibibytes: Int) throws(AtlasError) -> DatabaseQueue {
        try translating("opening", path: path) {
            let file = FilePlace(path).path
            try requireFile(path)
            func opened(_ address: String) throws -> DatabaseQueue {
                let connection = try DatabaseQueue(path: address, configuration: configuration(readonly: true))
                try connection.unsafeRead { db in
                    try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
                    _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
                }
                return connection
            }
            do {
                return try opened(file)
            } catch let error as DatabaseError where error.needsWriting {
                if isWritable(file) {
                    try recover(file)
                    return try opened(file)
                }
                try requireNoLog(beside: file)
                return try opened(immutable(file))
            }
        }
    }

    /// Looks at a file without touching it, unless an interrupted writer left it half-written: an atlas that this program
    /// knows, about the replacement model expected.
    ///
    /// - Returns: whether it has the newest schema and its identity, so that nothing need be written to use it.
    static func inspect(_ file: String, expecting wanted: AtlasIdentity?, knownAs path: String) throws -> Bool {
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
        if !isComplete {
            // By a connection without views, so that the names of tables mean these.
            let plain = try DatabaseQueue(path: file, configuration: configuration(readonly: false, watch: watch))
            try AtlasMigrator.migrate(plain)
            if let wanted { try plain.write { db in try insert(wanted, into: db) } }
            try plain.close()
        }
        let shards = ShardLookup(of: file)
        let database = try DatabasePool(
            path: file, configuration: configuration(readonly: false, watch: watch, shards: shards))
        let found = try identity(in: database, path: path)
        func opened(as identity: AtlasIdentity, replaced: [String] = []) -> Atlas {
            Atlas(
                path: path, identity: identity, database: database, watch: watch, shards: shards.found,
                replacedFingerprints: replaced)
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

    /// - Parameters:
    ///   - watch: connections that are opened later must lead to the same file
    ///   - shards: makes connections read packed columns from shards, where the file has any
    static func configuration(
        readonly: Bool, watch: AtlasWatch? = nil, shards: ShardLookup? = nil
    ) -> Configuration {
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
            try shards?.prepare(db)
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
            reason: "its schema is older than \(AtlasMigrator.newestVersion); atlas derive upgrades it")
    }
}
