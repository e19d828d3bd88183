import Files
import Foundation
import Synchronization

/// Whether an atlas still lies where it was opened.
///
/// SQLite writes to the files that it opened, whatever has taken their names meanwhile; and whoever opens the new file
/// would take the log of the old one for its own.
final class AtlasWatch: Sendable {
    /// What the atlas is called.
    private let path: String
    /// Where it lies, beside its logs: behind the links that the path ends in.
    let file: String
    private let identity: FileIdentity
    /// The log and its index as they were when the atlas was opened.
    private let logs = Mutex<[String: FileIdentity]>([:])
    private let isLost = Atomic(false)

    /// Watches the file that `path` leads to now.
    init(_ path: String, file: String) throws(AtlasError) {
        guard let identity = FileIdentity(path: file) else { throw .missingFile(path: path) }
        self.path = path
        self.file = file
        self.identity = identity
    }

    /// Remembers which logs are this file's.
    func noteLogs() {
        for suffix in ["-wal", "-shm"] {
            let log = FileIdentity(path: file + suffix)
            logs.withLock { $0[suffix] = log }
        }
    }

    /// Whether the path still leads to the file that was opened, and always has.
    var isInPlace: Bool {
        if !isLost.load(ordering: .relaxed), [path, file].allSatisfy({ FileIdentity(path: $0) == identity }) {
            return true
        }
        // From now on: what comes back under the name may have been written by others.
        isLost.store(true, ordering: .relaxed)
        return false
    }

    /// Throws where another file, or none, lies at the path.
    func requireInPlace(_ name: String? = nil) throws(AtlasError) {
        guard !isInPlace else { return }
        throw .replaced(path: name ?? path, isGone: FileIdentity(path: path) == nil)
    }

    /// Takes the names of the old file's logs away, so that nobody takes them for those of the file that is there now.
    func removeLogs() {
        // A link that leads elsewhere now: this file and its logs are where they were.
        guard FileIdentity(path: file) != identity else { return }
        for (suffix, log) in logs.withLock({ $0 }) where FileIdentity(path: file + suffix) == log {
            unlink(file + suffix)
        }
    }
}

/// The atlases that this process has open, by path.
enum OpenAtlases {
    private struct Entry {
        weak var atlas: Atlas?
    }

    private static let entries = Mutex<[String: [Entry]]>([:])

    static func add(_ atlas: Atlas, file: String) {
        entries.withLock { $0[file, default: []].append(Entry(atlas: atlas)) }
    }

    /// Forgets the atlases that are gone or closed.
    static func open(file: String) -> [Atlas] {
        entries.withLock { entries in
            let open = (entries[file] ?? []).compactMap(\.atlas).filter { !$0.isClosed }
            entries[file] = open.isEmpty ? nil : open.map { Entry(atlas: $0) }
            return open
        }
    }
}
