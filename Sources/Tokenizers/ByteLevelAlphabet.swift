/// The 256 printable characters that stand for bytes in the token texts of a byte-level vocabulary.
///
/// Printable Latin-1 characters stand for their own code; the other 68 bytes, in order, for U+0100 and up, so that
/// a space is `Ġ` and a line feed `Ċ`.
/// - SeeAlso: `bytes_to_unicode` of GPT-2's `encoder.py`
enum ByteLevelAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        var characters: [Unicode.Scalar] = []
        var displaced: UInt32 = 0x100
        for byte in UInt8.min...UInt8.max {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
                characters.append(Unicode.Scalar(byte))
            default:
                characters.append(Unicode.Scalar(displaced)!)
                displaced += 1
            }
        }
        return characters
    }()

    /// The byte of each character, by its code; nil where a code below U+0144 stands for none.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, character) in characters.enumerated() { bytes[Int(character.value)] = UInt8(byte) }
        return bytes
    }()

    /// The bytes that a token text stands for, or nil where one of its characters stands for none.
    static func bytes(of text: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard Int(scalar.value) < bytes.count, let byte = bytes[Int(scalar.value)] else { return nil }
            result.append(byte)
        }
        return result
    }
}
