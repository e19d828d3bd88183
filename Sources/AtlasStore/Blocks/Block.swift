import Foundation

/// The wrapping that every packed column shares: an LZ4 frame around a kind, a format version and an element count.
///
/// `Schema/blocks.md` describes the bytes of each kind.
enum Block {
    /// What a block holds; the numbers are part of the file format.
    enum Kind: UInt64 {
        case tokens = 1
        case activations = 2
        case nodes = 3
        case edges = 4
        case influence = 5
        case postings = 6
        case histogram = 7
        case baseline = 8
        case effects = 9
        case measured = 10
        case heads = 11
        case patterns = 12
    }

    /// The version of the layout of all kinds.
    static let version: UInt64 = 1

    /// Wraps what `body` appends.
    static func seal(
        _ kind: Kind, count: Int, _ body: (inout BitWriter) throws(BlockFault) -> Void
    ) throws(BlockFault) -> Data {
        var writer = BitWriter()
        writer.append(kind.rawValue, width: 8)
        writer.append(version, width: 8)
        writer.appendVarint(count)
        try body(&writer)
        return LZ4Frame.compress(writer.finish())
    }

    /// Unwraps a block of this kind and hands its element count and the rest to `body`, which must read all of it.
    static func open<Content>(
        _ kind: Kind, _ frame: UnsafeRawBufferPointer,
        _ body: (Int, inout BitReader) throws(BlockFault) -> Content
    ) throws(BlockFault) -> Content {
        let bytes = try LZ4Frame.decompress(frame)
        return try withBytes(of: bytes) { (content) throws(BlockFault) in
            var reader = BitReader(content)
            let foundKind = try reader.read(width: 8)
            guard foundKind == kind.rawValue else {
                throw BlockFault(expected: "block kind \(kind.rawValue) (\(kind))", found: "kind \(foundKind)")
            }
            let foundVersion = try reader.read(width: 8)
            guard foundVersion == version else {
                throw BlockFault(expected: "block version \(version)", found: "version \(foundVersion)")
            }
            let count = try reader.readCount(of: "\(kind)")
            let result = try body(count, &reader)
            try reader.requireEnd()
            return result
        }
    }

    /// `withUnsafeBytes` that keeps the type of what is thrown.
    static func withBytes<Content>(
        of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(BlockFault) -> Content
    ) throws(BlockFault) -> Content {
        let result = bytes.withUnsafeBytes { content -> Result<Content, BlockFault> in
            do throws(BlockFault) { return .success(try body(content)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// `withUnsafeBytes` that keeps the type of what is thrown.
    static func withBytes<Content>(
        of data: Data, _ body: (UnsafeRawBufferPointer) throws(BlockFault) -> Content
    ) throws(BlockFault) -> Content {
        let result = data.withUnsafeBytes { content -> Result<Content, BlockFault> in
            do throws(BlockFault) { return .success(try body(content)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
