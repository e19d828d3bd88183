import Foundation
import Safetensors
import Texts

/// The bytes of a mapped file, read as little-endian numbers that may lie anywhere.
final class ArchiveBytes: Sendable {
    /// Where the file lies, as it was given.
    let path: String
    /// The mapping.
    let file: MappedFile

    /// All of the file.
    var bytes: UnsafeRawBufferPointer { file.bytes }

    /// Maps the file.
    ///
    /// - Throws: `TranscoderError` when it is missing, is no regular file, is empty, or cannot be mapped.
    init(path: String) throws(TranscoderError) {
        self.path = path
        do {
            file = try MappedFile(path: path)
        } catch {
            throw TranscoderError(file: path, error.reason)
        }
        guard !LargeFilePointer.isOne(file.bytes) else { throw TranscoderError(file: path, LargeFilePointer.advice) }
        guard !file.bytes.isEmpty else {
            throw TranscoderError(file: path, "expected a zip archive, found an empty file")
        }
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
