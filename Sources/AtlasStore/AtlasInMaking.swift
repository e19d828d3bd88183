import Files
import Foundation
import GRDB

/// A new atlas on its way: made in a hidden folder beside its place, and put there when it is whole.
///
///     let new = try AtlasInMaking(identity, at: "demo.atlas")
///     let isOurs = try new.publish()
///
/// However that ends, there is either no atlas of this name or a whole one; what an interrupted creation left is removed
/// by the next.
final class AtlasInMaking {
    private let path: String
    private let identity: AtlasIdentity
    private let place: FilePlace
    private let part: HiddenPart

    /// Where it lies until it is whole.
    private var file: String { part.path + "/atlas" }

    /// Makes the tables of an atlas about this replacement model, out of sight.
    ///
    /// - Throws: `AtlasError.notCreated`
    init(_ identity: AtlasIdentity, at path: String) throws(AtlasError) {
        self.path = path
        self.identity = identity
        let place = FilePlace(path)
        self.place = place
        let part = try Self.creating(path) { try HiddenPart(.folder, in: place.folder, for: path) }
        self.part = part
        try Self.creating(path) {
            let database = try DatabaseQueue(
                path: part.path + "/atlas", configuration: Atlas.configuration(readonly: false))
            // Nobody opens it before it is whole, so a journal of its making would be read by nobody.
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
            }
            try AtlasMigrator.migrate(database)
            try database.write { db in try Atlas.insert(identity, into: db) }
            try database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = WAL") }
            try database.close()
        }
    }

    /// Whether an atlas may be made at `path`: there is nothing, or an empty file.
    static func isVacant(_ path: String) -> Bool {
        switch FilePlace(path).kind {
        case .missing, .emptyFile: true
        case .file: Atlas.isEmptyDatabase(path)
        case .folder, .other: false
        }
    }

    /// Opens it for writing where it lies; it must be closed before it is published.
    func open() throws(AtlasError) -> Atlas {
        try Self.creating(path) { try Atlas.openReadWrite(file, creating: identity, knownAs: path) }
    }

    /// Opens it as a file of its own, which is removed with this object: something on the way to another atlas.
    func openAside() throws(AtlasError) -> Atlas {
        try Self.creating(path) { try Atlas.openReadWrite(file, creating: identity, knownAs: file) }
    }

    /// Puts it in its place in one step; `false` where another one has come first, which stays.
    ///
    /// - Throws: `AtlasError.notCreated`
    func publish() throws(AtlasError) -> Bool {
        try Self.creating(path) {
            try Folder.synchroniseFile(file, for: path)
            let isOurs = try Folder.whileLocked(place.folder) {
                guard Self.isVacant(place.path) else { return false }
                // Logs of a file that is gone would be taken for those of the new one.
                for suffix in ["-wal", "-shm", "-journal"] { unlink(place.path + suffix) }
                return try place.kind == .missing ? link() : replaceEmptyFile()
            }
            if isOurs { try Folder.synchronise(place.folder, for: path) }
            part.remove()
            return isOurs
        }
    }

    /// Gives it its name if nothing has that.
    private func link() throws(FileError) -> Bool {
        if Foundation.link(file, place.path) == 0 { return true }
        switch errno {
        case EEXIST: return false
        case EPERM, ENOTSUP, ENOSYS, EMLINK, EXDEV:
            // A file system without second names; creators of this program take turns.
            guard place.kind == .missing else { return false }
            return try replaceEmptyFile()
        default: throw FileError(path, "cannot be made")
        }
    }

    private func replaceEmptyFile() throws(FileError) -> Bool {
        guard rename(file, place.path) == 0 else { throw FileError(path, "cannot be made") }
        return true
    }

    /// Says of whatever goes wrong that there is no atlas.
    static func creating<Value>(_ path: String, _ body: () throws -> Value) throws(AtlasError) -> Value {
        do {
            return try body()
        } catch let error as FileError {
            throw .notCreated(path: path, reason: error.reason)
        } catch let error as DatabaseError {
            throw .notCreated(path: path, reason: error.reason)
        } catch AtlasError.storageFailed(_, _, let reason) {
            throw .notCreated(path: path, reason: reason)
        } catch let error as AtlasError {
            throw error
        } catch {
            throw .notCreated(path: path, reason: "\(error)")
        }
    }
}
