import Foundation

/// Files that appear under their names when they are whole: written aside, brought to the disk, then renamed.
///
/// However a run ends, a reader finds the file that was there before or the new one, never a part of one.
public enum AtomicFile {
    /// Writes `bytes` to `path`, in place of a file that may be there.
    ///
    /// A device or pipe, which has no earlier content to keep, is written straight.
    public static func write(_ bytes: Data, to path: String) throws(FileError) { try write([bytes], to: path) }

    /// Writes `parts`, one after the other, as ``write(_:to:)`` does: a large file need not be put together in memory.
    public static func write(_ parts: [Data], to path: String) throws(FileError) {
        let place = FilePlace(path)
        switch place.kind {
        case .folder: throw FileError(path, "cannot be written", code: EISDIR)
        case .other: return try writeStraight(parts, to: path)
        case .missing, .emptyFile, .file: break
        }
        let part = try HiddenPart(.file, in: place.folder, for: path)
        for bytes in parts {
            try withBytes(bytes) { (bytes) throws(FileError) in try part.write(bytes, for: path) }
        }
        if let permissions = place.permissions { part.setPermissions(permissions) }
        try part.synchronise(for: path)
        guard rename(part.path, place.path) == 0 else { throw FileError(path, "cannot be written") }
        try Folder.synchronise(place.folder, for: path)
    }

    /// Writes `bytes` to a new file of a folder that nobody looks into yet; its owner brings it to the disk.
    ///
    /// - Parameter target: what it will be, for messages
    public static func writeNew(_ bytes: Data, to path: String, for target: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(target, "cannot be written") }
        defer { close(descriptor) }
        try withBytes(bytes) { (bytes) throws(FileError) in try write(bytes, to: descriptor, path: target) }
    }

    private static func writeStraight(_ parts: [Data], to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path, "cannot be written") }
        defer { close(descriptor) }
        for bytes in parts {
            try withBytes(bytes) { (bytes) throws(FileError) in try write(bytes, to: descriptor, path: path) }
        }
    }

    /// Writes everything, however little the system takes at a time.
    public static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count > 0 { rest = rest.dropFirst(count) }
            if count == 0 { throw FileError(path, "cannot be written", code: EIO) }
            if count < 0, errno != EINTR { throw FileError(path, "cannot be written") }
        }
    }

    private static func withBytes(
        _ bytes: Data, _ body: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { bytes in
            do throws(FileError) { try body(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
