import Circuits
/// Damages bytes at one to four places, as a fuzzer does.
enum Damage {
    private static let telling: [UInt8] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]

    /// Damaged bytes.
    ///
    /// - Parameter places: where damage is done; anywhere unless given
    static func apply(to bytes: [UInt8], places: Range<Int>? = nil, using random: inout SeededNumbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let places = (places ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
            guard !places.isEmpty else { return bytes }
            let place = Int.random(in: places, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...8, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes[place] = telling.randomElement(using: &random)!
            case 3: for index in place..<end { bytes[index] = telling.randomElement(using: &random)! }
            case 4: bytes.removeSubrange(place..<end)
            case 5: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: places, using: &random))
            default: bytes.removeSubrange(Int.random(in: place...bytes.count, using: &random)...)
            }
        }
        return bytes
    }
}
