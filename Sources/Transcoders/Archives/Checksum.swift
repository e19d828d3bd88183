/// The CRC-32 that zip archives keep of each entry.
///
/// - SeeAlso: ISO 3309; RFC 1952, section 8
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
        }
    }

    /// The checksum of all of `bytes`.
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        ~table.withUnsafeBufferPointer { table in
            bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(truncatingIfNeeded: $0 ^ UInt32($1)) & 0xFF] }
        }
    }
}
