/// Real numbers rounded to a few significant bits, in as many bits each as their range asks for.
///
/// A number's code is the exponent and the leading mantissa bits of its Float32 form, rounded to nearest; it grows with
/// the magnitude, and the column stores its distance from the smallest code. The relative error is at most
/// `2^-(mantissaBits + 1)` at every magnitude from 1e-37 to 3e38; below 1e-42 a number becomes zero. A factor of 4,096 between the largest and the
/// smallest number takes `4 + mantissaBits` bits a number.
///
/// A column is a bit "signs are stored", a bit "zeros are stored" (then code 0 is zero), 6 bits of width, 32 bits of
/// smallest code, and per number its sign, where stored, and its distance.
struct MagnitudeColumn {
    /// Significant bits after the leading one.
    let mantissaBits: Int

    /// Activations: at most 2^-10, 9.8e-4, of relative error.
    static let activations = MagnitudeColumn(mantissaBits: 9)
    /// Edge weights and influences: at most 2^-11, 4.9e-4, of relative error.
    static let weights = MagnitudeColumn(mantissaBits: 10)
    /// Loadings of heads, of which each edge has several: at most 2^-7, 7.8e-3, of relative error.
    static let loadings = MagnitudeColumn(mantissaBits: 6)

    /// The number that a stored `value` comes back as.
    func rounded(_ value: Float) -> Float {
        let magnitude = Float(bitPattern: code(value) << UInt32(23 - mantissaBits))
        return value < 0 ? -magnitude : magnitude
    }

    private func code(_ value: Float) -> UInt32 {
        (value.magnitude.bitPattern + 1 << UInt32(22 - mantissaBits)) >> UInt32(23 - mantissaBits)
    }

    /// Appends a column; throws for a number that is not finite.
    func append(_ values: [Float], to writer: inout BitWriter) throws(BlockFault) {
        var (smallest, largest, negative, zero) = (UInt32.max, UInt32.min, false, false)
        for value in values {
            guard value.magnitude < 3.0e38 else { throw BlockFault(expected: "finite numbers", found: "\(value)") }
            let code = code(value)
            if code == 0 {
                zero = true
            } else {
                smallest = min(smallest, code)
                largest = max(largest, code)
                negative = negative || value < 0
            }
        }
        if smallest > largest { (smallest, largest) = (0, 0) }
        let base = zero ? smallest &- 1 : smallest
        let width = 32 - (largest &- base).leadingZeroBitCount
        writer.append(negative ? 1 : 0, width: 1)
        writer.append(zero ? 1 : 0, width: 1)
        writer.append(UInt64(width), width: 6)
        writer.append(UInt64(smallest), width: 32)
        for value in values {
            let code = code(value)
            if negative { writer.append(value < 0 ? 1 : 0, width: 1) }
            writer.append(zero && code == 0 ? 0 : UInt64(code &- base), width: width)
        }
    }

    /// Reads a column of `count` numbers and hands each on with its place.
    @inline(__always)
    func read(
        _ count: Int, from reader: inout BitReader, _ body: (Int, Float) throws(BlockFault) -> Void
    ) throws(BlockFault) {
        let negative = try reader.read(width: 1) == 1
        let zero = try reader.read(width: 1) == 1
        let width = Int(try reader.read(width: 6))
        let smallest = UInt32(try reader.read(width: 32))
        guard width <= 32 else { throw BlockFault(expected: "codes of at most 32 bits", found: "\(width) bits") }
        let base = zero ? smallest &- 1 : smallest
        let signWidth = negative ? 1 : 0
        for index in 0..<count {
            let entry = try reader.read(width: width + signWidth)
            let sign = negative ? UInt32(truncatingIfNeeded: entry & 1) << 31 : 0
            let distance = UInt32(truncatingIfNeeded: entry >> UInt64(signWidth))
            if zero && distance == 0 {
                try body(index, 0)
            } else {
                let code = base &+ distance
                guard code < 0xFF << UInt32(mantissaBits) else {
                    throw BlockFault(expected: "a finite number", found: "code \(code)")
                }
                try body(index, Float(bitPattern: sign | code << UInt32(23 - mantissaBits)))
            }
        }
    }
}
