import Files
import Foundation

/// A log beside an atlas that a running program uses for another file: one that lay under the same name before.
///
/// SQLite finds logs by name. Whoever has a file open holds a lock on it, and one on the index of its log; where the
/// index is locked and the file is not, they do not belong together.
enum ForeignLog {
    /// Where SQLite locks a file that is being read (`SHARED_FIRST`, `SHARED_SIZE` of os.h).
    private static let readers = (start: 0x4000_0002, length: 510)
    /// Where it locks the index of a log that is in use (`UNIX_SHM_DMS` of os_unix.c).
    private static let users = (start: 128, length: 1)
    /// How long a program that notices the change needs to let go, twice.
    private static let patience = 8
    private static let pause: UInt32 = 250_000

    /// Waits until nobody uses the log of another file beside `path`, and throws where somebody goes on.
    static func requireNone(beside path: String, knownAs name: String) throws(AtlasError) {
        // Closing a descriptor would end this process's own locks on the file.
        let own = OpenAtlases.open(file: path)
        guard own.isEmpty else {
            for atlas in own { atlas.lookAfterFile() }
            return
        }
        for _ in 0..<patience {
            guard isThere(beside: path) else { return }
            usleep(pause)
        }
        guard let holder = holder(of: users, in: path + "-shm"), isThere(beside: path) else { return }
        throw .database(
            path: name, operation: "opening",
            reason:
                "another program (process \(holder)) still uses the log of a file that lay here before this one; stop "
                + "it, then try again")
    }

    private static func isThere(beside path: String) -> Bool {
        holder(of: users, in: path + "-shm") != nil && holder(of: readers, in: path) == nil
    }

    /// A process that has locked a part of a file.
    private static func holder(of part: (start: Int, length: Int), in path: String) -> pid_t? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(part.start)
        lock.l_len = off_t(part.length)
        guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }
}
