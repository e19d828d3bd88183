/// Random numbers that a seed decides, the same on every machine (Steele, Lea and Flood 2014, SplitMix64).
public struct SeededNumbers: RandomNumberGenerator, Codable, Sendable, Equatable {
    private var state: UInt64

    /// Numbers for a seed; `stream` tells apart several users of one seed.
    public init(seed: UInt64, stream: UInt64 = 0) {
        state = seed ^ Self.mix(stream)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The finaliser: every bit of a number spread over all bits of another.
    public static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number in 0..<1, of 53 bits.
    public mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A number in `0..<bound` by multiplication (Lemire 2019, without the rejection: the bias is below bound / 2^64).
    public mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
