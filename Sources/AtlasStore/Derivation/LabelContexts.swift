import Foundation

/// What a label could name as standing before a feature, packed: each token as 4 bytes and its share as 8, lowest first.
enum LabelContexts {
    static func encode(_ contexts: [AutomaticLabel.Context]) -> Data {
        var bytes = Data(capacity: contexts.count * 12)
        for context in contexts {
            withUnsafeBytes(of: UInt32(context.token).littleEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: context.share.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Unpacks contexts whose tokens are below `vocabularySize`.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, vocabularySize: Int
    ) throws(BlockFault) -> [AutomaticLabel.Context] {
        guard bytes.count % 12 == 0 else {
            throw BlockFault(expected: "12 bytes a token", found: "\(bytes.count) bytes")
        }
        var contexts: [AutomaticLabel.Context] = []
        for place in stride(from: 0, to: bytes.count, by: 12) {
            let token = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            let share = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt64.self))
            guard token < vocabularySize else {
                throw BlockFault(expected: "token ids below \(vocabularySize)", found: "\(token)")
            }
            contexts.append(AutomaticLabel.Context(token: token, share: Double(bitPattern: share)))
        }
        return contexts
    }
}
