import AtlasExport
import Foundation

/// A data file of an export: one call that hands an answer to the page.
///
/// A page opened from disk may load scripts of its folder but not read files, so data come as scripts.
enum DashboardScript {
    /// `atlasReceive("path", value);`, in which no page can mistake a string for a tag.
    ///
    /// - Parameters:
    ///   - path: what the page asks for
    ///   - json: the answer
    static func bytes(path: String, json: Data) -> [UInt8] {
        var name = JSONWriter(escapesMarkup: true)
        name.value(path)
        return Array("atlasReceive(".utf8) + name.bytes + [UInt8(ascii: ",")] + escaped(json) + Array(");\n".utf8)
    }

    /// The file's name in the folder `data`: every byte of the path but small letters, digits, points and hyphens is
    /// written as an underscore and its two hexadecimal digits, so that two paths never share a file, not even where
    /// the file system takes capital and small letters for the same. Of a long name the end is a hash of the whole path, for
    /// file systems take 255 bytes; behind an underscore stand two digits everywhere else.
    static func name(of path: String) -> String {
        var name = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                name += "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        guard name.utf8.count > longestName else { return name + ".js" }
        let digits = String(hash(path), radix: 16)
        let zeros = String(repeating: "0", count: 16 - digits.count)
        return name.prefix(longestName - 18) + "_-" + zeros + digits + ".js"
    }

    /// Characters of a name at most, its ending aside.
    private static let longestName = 200

    /// FNV-1a over the bytes of a text, as the pages compute it (Fowler, Noll and Vo, 64 bits).
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// JSON that is also an expression of JavaScript and holds no `<`.
    ///
    /// All of the bytes replaced can only stand inside strings.
    static func escaped(_ json: Data) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(json.count)
        let source = Array(json)
        var index = 0
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "<") {
                bytes += Array("\\u003c".utf8)
            } else if byte == 0xE2, index + 2 < source.count, source[index + 1] == 0x80,
                source[index + 2] == 0xA8 || source[index + 2] == 0xA9
            {
                bytes += Array((source[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
                index += 2
            } else {
                bytes.append(byte)
            }
            index += 1
        }
        return bytes
    }
}
