import Foundation

/// What is done with a folder as a whole.
public enum Folder {
    /// Waits until the names in a folder are on the disk, so that a file that was renamed keeps its name.
    ///
    /// - Parameter target: the file concerned, for messages
    public static func synchronise(_ folder: String, for target: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(target, "cannot be written") }
        defer { close(descriptor) }
        // Some file systems keep names without being asked, and refuse to be.
        guard fsync(descriptor) == 0 || [EINVAL, EBADF, ENOTSUP].contains(errno) else {
            throw FileError(target, "cannot be written")
        }
    }

    /// Waits until a file's content is on the disk.
    public static func synchroniseFile(_ path: String, for target: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(target, "cannot be written") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError(target, "cannot be written") }
    }

    /// Runs `body` while no other process of this program does the same in this folder, where it can be locked.
    public static func whileLocked<Value>(_ folder: String, _ body: () throws -> Value) rethrows -> Value {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 { _ = flock(descriptor, LOCK_EX) }
        defer { if descriptor >= 0 { close(descriptor) } }
        return try body()
    }
}
