import Foundation

/// The bytes of a mapped file, read as little-endian numbers that may lie anywhere.
///
/// `@unchecked Sendable`: nothing writes to the mapping, and it is unmapped with its last user.
final class ArchiveBytes: @unchecked Sendable {
    /// Where the file lies, as it was given.
    let path: String
    /// All of the file.
    let bytes: UnsafeRawBufferPointer

    /// Maps the file.
    ///
    /// - Throws: `TranscoderError` when it is missing, is no regular file, or cannot be mapped.
    init(path: String) throws(TranscoderError) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TranscoderError(file: path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TranscoderError(file: path, "expected a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else { throw TranscoderError(file: path, "expected a zip archive, found an empty file") }
        guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw TranscoderError(file: path, "cannot be mapped: \(String(cString: strerror(errno)))")
        }
        bytes = UnsafeRawBufferPointer(start: base, count: count)
    }

    deinit {
        if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    /// The number of type `Number` at `offset`, or nil where it would run past the end.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number? {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Number>.size else { return nil }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// The text of `count` bytes at `offset`, or nil where they would run past the end.
    func text(at offset: Int, count: Int) -> String? {
        guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }
}
