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

    /// Where its packed columns are, if it was assembled; `nil` for an atlas that holds everything itself.
    public let shards: ShardSet?

    /// Whether its file is still the one at the path; `nil` where nobody can write it.
    private let watch: AtlasWatch?
    private let closed = Atomic(false)
    private let hasLetGo = Atomic(false)

    init(
        path: String, identity: AtlasIdentity, database: any DatabaseWriter, watch: AtlasWatch?,
        shards: ShardSet? = nil, replacedFingerprints: [String] = []
    ) {
        self.path = path
        self.identity = identity
        self.database = database
        self.watch = watch
        self.shards = shards
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

    /// Runs SQL that writes facts, in one transaction.
    ///
    /// - Throws: `AtlasError.assembled` for an atlas that only tells the facts of its shards
    func writeFacts<Value>(
        _ operation: String, _ body: (Database) throws -> Value
    ) throws(AtlasError) -> Value {
        try requireOwnFacts(operation)
        return try write(operation, body)
    }

    /// Throws for an atlas that was assembled from shards.
    func requireOwnFacts(_ operation: String) throws(AtlasError) {
        if shards != nil { throw .assembled(path: path, operation: operation) }
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
    static let busySeconds = 30.0
}
