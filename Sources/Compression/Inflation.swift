import CZlib

/// Unpacking of deflated bytes into as many as were announced.
package enum Inflation {
    /// Why deflated bytes cannot be unpacked.
    package enum Fault: Error, Equatable {
        /// There is more to unpack than was announced.
        case tooLong
        /// There is less to unpack than was announced, or the packed bytes end early.
        case tooShort
        /// The bytes are no deflated data; with zlib's own words.
        case malformed(String)
    }

    /// The most bytes that one deflated byte can stand for: a match of 258 bytes in two bits.
    package static let largestRatio = 1032

    /// Unpacks raw deflated data into all of `output`.
    ///
    /// Nothing is written beyond it, however much the data would give; what it holds after a fault means nothing.
    /// - SeeAlso: RFC 1951
    package static func unpack(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Fault) {
        var stream = z_stream()
        // Negative: without a header of zlib's own.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed("zlib cannot begin")
        }
        defer { inflateEnd(&stream) }
        var (taken, written) = (0, 0)
        // A byte beyond the output tells data that would give more from data that gives as many.
        var beyond: UInt8 = 0
        while true {
            let room = min(output.count - written, Int(UInt32.max))
            let offered = min(input.count - taken, Int(UInt32.max))
            let status: Int32 = withUnsafeMutablePointer(to: &beyond) { beyond in
                // zlib reads through a pointer that it declares mutable, and never writes there.
                stream.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress).map {
                    ($0 + taken).assumingMemoryBound(to: UInt8.self)
                }
                stream.avail_in = UInt32(offered)
                stream.next_out =
                    room > 0 ? (output.baseAddress! + written).assumingMemoryBound(to: UInt8.self) : beyond
                stream.avail_out = UInt32(max(1, room))
                return inflate(&stream, Z_NO_FLUSH)
            }
            let given = max(1, room) - Int(stream.avail_out)
            guard given <= output.count - written else { throw .tooLong }
            taken += offered - Int(stream.avail_in)
            written += given
            switch status {
            case Z_STREAM_END:
                guard written == output.count else { throw .tooShort }
                return
            case Z_OK where taken < input.count || stream.avail_out == 0: continue
            case Z_OK, Z_BUF_ERROR: throw .tooShort
            default: throw .malformed(stream.msg.map { String(cString: $0) } ?? "error \(status) of zlib")
            }
        }
    }
}
