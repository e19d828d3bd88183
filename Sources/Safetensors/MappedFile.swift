import Foundation

/// A file mapped read-only into memory; unmapped with its last user.
///
/// `@unchecked Sendable`: nothing writes to the mapping after `init`.
public final class MappedFile: @unchecked Sendable {
    /// All of the file.
    public let bytes: UnsafeRawBufferPointer

    /// Maps the file; an empty one gives no bytes.
    ///
    /// - Throws: `SafetensorsError` when the file is missing, is no regular file, or cannot be mapped.
    public init(path: String) throws(SafetensorsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SafetensorsError(file: path, "cannot be opened: \(Self.systemMessage())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SafetensorsError(file: path, "expected a regular file")
        }
        let count = Int(status.st_size)
        if count == 0 {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw SafetensorsError(file: path, "cannot be mapped: \(Self.systemMessage())")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    private static func systemMessage() -> String { String(cString: strerror(errno)) }
}
