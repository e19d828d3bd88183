import CZlib
import Foundation

/// Compresses answers in the form that every browser reads (RFC 1952).
enum Gzip {
    /// Answers below this size gain nothing.
    static let smallest = 1_024
    /// zlib's fastest levels cost 3 to 10 ms a megabyte and take JSON to an eighth.
    private static let level: Int32 = 4
    /// 15 bits of window, and 16 more for gzip's header instead of zlib's.
    private static let windowBits: Int32 = 15 + 16

    /// The compressed bytes; `nil` where zlib refuses.
    static func compress(_ data: Data) -> Data? {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
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

    /// Whether a request takes gzip: `Accept-Encoding: gzip, br;q=0.5`, and not `gzip;q=0`.
    static func isAccepted(by header: String?) -> Bool {
        guard let header else { return false }
        return header.lowercased().split(separator: ",").contains { part in
            let words = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard words.first == "gzip" || words.first == "*" else { return false }
            return !words.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
        }
    }
}
