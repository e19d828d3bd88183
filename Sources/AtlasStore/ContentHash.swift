import Crypto
import Foundation

/// The SHA-256 of a prompt's text: its name in every atlas, and the order in which prompts are derived from.
///
/// The text alone decides, byte for byte: texts that differ only in Unicode normalisation are two texts, as they are to a
/// tokenizer.
public struct ContentHash: Hashable, Sendable, Comparable {
    /// The 32 bytes.
    public let bytes: Data

    /// Hashes a text's UTF-8.
    public init(of text: String) {
        bytes = Data(SHA256.hash(data: Data(text.utf8)))
    }

    /// Wraps a stored hash.
    init(bytes: Data) {
        self.bytes = bytes
    }

    /// The first eight bytes as a number, for seeded choices.
    var prefix: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    /// Lexicographic by byte: canonical order.
    public static func < (left: ContentHash, right: ContentHash) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
