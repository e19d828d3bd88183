import Foundation

/// A file mapped read-only into memory; unmapped with its last user.
///
/// `@unchecked Sendable`: nothing writes to the mapping after `init`.
public final class MappedFile: @unchecked Sendable {
    /// All of the file.
    public let bytes: UnsafeRawBufferPointer
    /// Where the file lies, as it was given.
    public let path: String
    /// The file as it was when it was mapped.
    public let state: FileState
    private let guarded: GuardedRange?

    /// Maps the file; an empty one gives no bytes.
    ///
    /// - Throws: `SafetensorsError` when the file is missing, is no regular file, or cannot be mapped.
    public init(path: String) throws(SafetensorsError) {
        // Opening a pipe would wait for whoever writes it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SafetensorsError(file: path, "cannot be opened: \(Self.systemMessage())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SafetensorsError(file: path, "expected a regular file")
        }
        self.path = path
        state = FileState(status)
        let count = Int(status.st_size)
        if count == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            guarded = nil
            return
        }
        guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw SafetensorsError(file: path, "cannot be mapped: \(Self.systemMessage())")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
        guarded = GuardedRange(bytes, path: path)
    }

    /// Whether nothing has happened to the file since it was mapped: neither written, renamed nor replaced.
    var isUnchanged: Bool { FileState(path: path) == state }

    /// Whether the file at its path is the one that was mapped, with other bytes: what is read here is not what it was.
    var wasRewritten: Bool { FileState(path: path).map(state.wasRewritten) ?? false }

    /// The path without links and relative steps.
    var resolvedPath: String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Gives the pages back; the next reader gets them from the file again.
    func releasePages() {
        if let base = bytes.baseAddress {
            _ = madvise(UnsafeMutableRawPointer(mutating: base), bytes.count, MADV_DONTNEED)
        }
    }

    deinit {
        guarded?.end()
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }
}
