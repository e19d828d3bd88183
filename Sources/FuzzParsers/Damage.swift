import Circuits

/// Damages the bytes of a real file at one to five places.
enum Damage {
    private static let fragments: [[UInt8]] =
        [
            "null", "true", "false", "-1", "0", "1", "2147483647", "4294967296", "9007199254740993", "1e999", "-0.5",
            "\"\"", "[]", "{}", "[[", "}", "]", "\"", "\\", "\\ud800", "\u{0}", "Ġ", ",", ":", "\n", "\r\n", "\t", ": ",
            "- ", "&a ", "*a", "<<: ", "NaN", "F32", "BF16", "shape", "é", "\u{feff}",
        ].map { Array($0.utf8) }
        + [[0xff], [0x80], [0xc3], [0xed, 0xa0, 0x80], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff]]

    /// The damaged bytes; half of the damage falls on the head, where headers and settings are.
    static func apply(to seed: [UInt8], using random: inout SeededNumbers) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
            let reach = Bool.random(using: &random) ? min(1500, bytes.count) : bytes.count
            // The directory of an archive is at its end.
            let place =
                Int.random(in: 0..<6, using: &random) == 0
                ? bytes.count - 1 - Int.random(in: 0..<min(600, bytes.count), using: &random)
                : Int.random(in: 0..<reach, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...16, using: &random))
            let fragment = fragments.randomElement(using: &random) ?? []
            switch Int.random(in: 0..<9, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: fragment, at: place)
            case 4: bytes.replaceSubrange(place..<end, with: fragment)
            case 5: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<reach, using: &random))
            case 6: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random)
            case 7: replaceNumber(&bytes, from: place, with: fragment)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    /// Replaces the next number of a text as a whole.
    private static func replaceNumber(_ bytes: inout [UInt8], from place: Int, with fragment: [UInt8]) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[place...].firstIndex(where: { digits.contains($0) }) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: fragment)
    }
}
