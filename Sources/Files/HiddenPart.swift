import Foundation

/// A file or folder that is being made and has no name yet: it lies under a hidden one beside its place, and is moved
/// there when it is whole.
///
/// Whoever makes it holds a lock on it, which ends with the process however that ends. So what an interrupted run left
/// is told from what another is making, and whoever comes next removes it.
public final class HiddenPart: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        case file, folder
    }

    /// What all hidden names begin with; sixteen hexadecimal digits follow.
    public static let prefix = ".feature-atlas-part-"

    /// Where it lies until it is whole.
    public let path: String
    private let descriptor: Int32

    /// Makes an empty one in `folder`, after removing what interrupted runs left there.
    ///
    /// - Parameter target: the file that is to be made, for messages
    public init(_ kind: Kind, in folder: String, for target: String) throws(FileError) {
        Self.removeStrays(in: folder)
        while true {
            let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            let path = folder + "/" + Self.prefix + String(repeating: "0", count: 16 - digits.count) + digits
            let descriptor: Int32
            switch kind {
            case .file: descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            case .folder:
                descriptor = mkdir(path, 0o777) == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1
            }
            if descriptor < 0 {
                let code = errno
                // A name that was taken, or a folder that another process took for a stray before it was locked.
                guard code == EEXIST || code == ENOENT && kind == .folder && access(folder, F_OK) == 0 else {
                    throw FileError(target, "cannot be written", code: code)
                }
                continue
            }
            // Where locks are not to be had nothing is ever taken for a stray either.
            _ = flock(descriptor, LOCK_EX)
            guard FileIdentity(path: path) == FileIdentity(descriptor: descriptor) else {
                close(descriptor)
                continue
            }
            self.path = path
            self.descriptor = descriptor
            return
        }
    }

    deinit {
        remove()
        close(descriptor)
    }

    /// Removes it, whatever is in it; nothing happens where it has been moved to its place.
    public func remove() {
        guard FileIdentity(path: path) == FileIdentity(descriptor: descriptor) else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Appends bytes to a file.
    func write(_ bytes: UnsafeRawBufferPointer, for target: String) throws(FileError) {
        try AtomicFile.write(bytes, to: descriptor, path: target)
    }

    /// Gives a file the permissions of the one that it replaces.
    func setPermissions(_ permissions: mode_t) { _ = fchmod(descriptor, permissions) }

    /// Waits until its content is on the disk.
    func synchronise(for target: String) throws(FileError) {
        guard fsync(descriptor) == 0 else { throw FileError(target, "cannot be written") }
    }

    /// Removes hidden files and folders that nobody is making any more.
    public static func removeStrays(in folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names where isHiddenName(name) {
            let path = folder + "/" + name
            let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: path) }
            close(descriptor)
        }
    }

    /// Whether a file of this name is one that is being made, or was.
    public static func isHiddenName(_ name: String) -> Bool {
        let digits = name.utf8.dropFirst(prefix.utf8.count)
        return name.hasPrefix(prefix) && digits.count == 16
            && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
