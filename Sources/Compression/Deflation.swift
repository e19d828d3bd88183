import CZlib
import Foundation

/// Compression as every browser and every language undoes it.
package enum Deflation {
    /// What stands around the compressed bytes.
    package enum Container: Int32, Sendable {
        /// RFC 1950: 15 bits of window.
        case zlib = 15
        /// RFC 1952: 16 more for gzip's header instead of zlib's.
        case gzip = 31
    }

    /// zlib's fastest levels cost 3 to 10 ms a megabyte and take JSON to an eighth.
    private static let level: Int32 = 4

    /// The compressed bytes; `nil` where zlib refuses.
    package static func compress(_ data: Data, as container: Container) -> Data? {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, container.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        guard let inputCount = UInt32(exactly: data.count) else { return nil }
        var output = Data(count: Int(deflateBound(&stream, UInt(data.count))))
        let outputCount = UInt32(output.count)
        let status = data.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                // zlib reads through a pointer that it declares mutable, and never writes there.
                stream.next_in = UnsafeMutablePointer(
                    mutating: input.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = inputCount
                stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.avail_out = outputCount
                return deflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END else { return nil }
        output.count = Int(stream.total_out)
        return output
    }
}
