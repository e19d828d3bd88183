import Compression
import Foundation

/// Compresses answers in the form that every browser reads (RFC 1952).
enum Gzip {
    /// Answers below this size gain nothing.
    static let smallest = 1_024
    /// The compressed bytes; `nil` where zlib refuses.
    static func compress(_ data: Data) -> Data? { Deflation.compress(data, as: .gzip) }

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
