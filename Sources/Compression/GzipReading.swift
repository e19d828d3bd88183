import CZlib

/// Unpacks gzip data as it comes, one member behind the other.
///
/// A class because zlib's state has identity and is given back when the last reference goes.
/// - SeeAlso: RFC 1952
package final class GzipReading {
    /// Why data cannot be unpacked; its text says what was found.
    package struct Fault: Error, CustomStringConvertible {
        /// What was found instead of a complete gzip file.
        package let description: String
    }

    /// zlib refuses a state that has moved, so it has a place of its own.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Packed bytes; those from `position` to `end` have not been used up.
    private var input = [UInt8](repeating: 0, count: 1 << 16)
    private var position = 0
    private var end = 0
    /// Whether a member has begun and not ended.
    private var isInside = false
    private var hasBegun = false

    /// 15 bits of window, and 16 for gzip's header and checksums.
    private static let windowBits: Int32 = 15 + 16

    /// Begins with nothing.
    package init() throws(Fault) {
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Fault(description: "zlib cannot begin")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Fills `buffer` from the front.
    ///
    /// - Parameters:
    ///   - buffer: not empty
    ///   - more: fills a buffer from the front with packed bytes; 0 at their end
    /// - Returns: the number of bytes, 0 at the end of a complete file
    /// - Throws: what `more` throws, and ``Fault``
    package func read(into buffer: inout [UInt8], from more: (inout [UInt8]) throws -> Int) throws -> Int {
        while true {
            if position == end { (position, end) = (0, try more(&input)) }
            guard position < end else {
                guard hasBegun, !isInside else { throw Fault(description: "unexpected end of file") }
                return 0
            }
            if hasBegun, !isInside {
                // Zeros behind the last member are padding, as gzip takes them.
                while position < end, input[position] == 0 { position += 1 }
                guard position < end else { continue }
                guard inflateReset(stream) == Z_OK else { throw Fault(description: "zlib cannot go on") }
            }
            let given = try inflatePart(into: &buffer)
            if given > 0 { return given }
        }
    }

    private func inflatePart(into buffer: inout [UInt8]) throws(Fault) -> Int {
        let offered = end - position
        let status: Int32 = input.withUnsafeMutableBufferPointer { input in
            buffer.withUnsafeMutableBufferPointer { output in
                stream.pointee.next_in = input.baseAddress! + position
                stream.pointee.avail_in = UInt32(offered)
                stream.pointee.next_out = output.baseAddress!
                stream.pointee.avail_out = UInt32(output.count)
                return inflate(stream, Z_NO_FLUSH)
            }
        }
        position += offered - Int(stream.pointee.avail_in)
        switch status {
        case Z_OK, Z_BUF_ERROR: isInside = true
        case Z_STREAM_END: isInside = false
        default:
            let words = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status) of zlib"
            throw Fault(description: hasBegun ? words : "not in gzip format (\(words))")
        }
        let given = buffer.count - Int(stream.pointee.avail_out)
        hasBegun = true
        return given
    }
}
