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
    /// the file system takes capital and small letters for the same.
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
        return name + ".js"
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
