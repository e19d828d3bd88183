import AtlasStore
import Texts

/// A graph's name as a file name and in addresses: only `a`–`z`, `0`–`9` and `-`, so that it stays in its folder.
public struct GraphSlug: Hashable, Sendable, CustomStringConvertible {
    /// The longest slug, in characters.
    public static let limit = 100

    /// The name itself.
    public let description: String

    /// Makes a slug of `text`: lower case, every run of other characters one hyphen, none at the ends.
    ///
    /// - Throws: `ExportError` when nothing is left, or when it is `graph-metadata`, the name of the folder's list.
    public init(_ text: String) throws(ExportError) {
        var slug = ""
        for scalar in text.lowercased().unicodeScalars where slug.utf8.count < Self.limit {
            switch scalar {
            case "a"..."z", "0"..."9": slug.unicodeScalars.append(scalar)
            default: if !slug.isEmpty, slug.last != "-" { slug.append("-") }
            }
        }
        if slug.last == "-" { slug.removeLast() }
        guard !slug.isEmpty, slug != "graph-metadata" else {
            throw ExportError(
                place: "graph slug", expected: "a name with letters a to z or digits, other than graph-metadata",
                found: "'\(text.prefix(60))'")
        }
        description = slug
    }

    /// Makes the slug of an id, so that two ids never share one: the id itself where it is a slug, else what can be read
    /// of it and a digest of its bytes; a slug that ends like such a digest gets one too.
    public init(identifying id: String) {
        let plain = try? GraphSlug(id)
        if let plain, plain.description.utf8.elementsEqual(id.utf8), !Self.endsInDigest(id) {
            self = plain
            return
        }
        let digest = ContentHash(of: id).bytes.prefix(Self.digestBytes).hexadecimal
        let readable = plain.map { $0.description.prefix(Self.limit - digest.count - 1) } ?? "graph"
        description = readable + (readable.last == "-" ? "" : "-") + digest
    }

    private static func endsInDigest(_ slug: String) -> Bool {
        let end = slug.utf8.suffix(2 * digestBytes + 1)
        return end.count == 2 * digestBytes + 1 && end.first == UInt8(ascii: "-")
            && end.dropFirst().allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// How much of an id's SHA-256 tells it from others of like spelling.
    private static let digestBytes = 6
}
