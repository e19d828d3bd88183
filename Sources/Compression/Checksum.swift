import CZlib

/// The CRC-32 that zip archives keep of each entry.
///
/// - SeeAlso: ISO 3309; RFC 1952, section 8
package enum Checksum {
    /// The checksum of all of `bytes`.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
    }
}
