import CLZ4
import Foundation

/// Standard LZ4 frames with a content size and a content checksum, so that any LZ4 tool opens and checks a block.
package enum LZ4Frame {
    /// LZ4's high-compression level; blocks are written once and read often.
    private static let compressionLevel: Int32 = 9
    /// Contents below this size gain nothing from high compression, whose tables take longer to clear than to use.
    private static let smallContent = 512
    /// No LZ4 frame expands by more than this; a frame that claims more is damaged.
    private static let largestExpansion = 256

    /// Compresses `content` into one frame.
    package static func compress(_ content: [UInt8]) -> Data {
        var preferences = LZ4F_preferences_t()
        preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled
        preferences.frameInfo.contentSize = UInt64(content.count)
        preferences.frameInfo.blockMode = LZ4F_blockLinked
        preferences.compressionLevel = content.count < smallContent ? 0 : compressionLevel
        let bound = LZ4F_compressFrameBound(content.count, &preferences)
        var frame = Data(count: bound)
        let size = frame.withUnsafeMutableBytes { output in
            content.withUnsafeBytes { input in
                LZ4F_compressFrame(output.baseAddress, bound, input.baseAddress, input.count, &preferences)
            }
        }
        precondition(LZ4F_isError(size) == 0, "LZ4 refused \(content.count) bytes: \(name(size))")
        return frame.prefix(size)
    }

    /// Restores the content of one frame and checks its size and checksum.
    package static func decompress(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [UInt8] {
        var context: OpaquePointer?
        let created = LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))
        precondition(LZ4F_isError(created) == 0, "LZ4 context: \(name(created))")
        defer { LZ4F_freeDecompressionContext(context) }

        var info = LZ4F_frameInfo_t()
        var used = frame.count
        let header = LZ4F_getFrameInfo(context, &info, frame.baseAddress, &used)
        guard LZ4F_isError(header) == 0 else {
            throw BlockFault(expected: "an LZ4 frame", found: "\(frame.count) bytes: \(name(header))")
        }
        guard info.contentChecksumFlag == LZ4F_contentChecksumEnabled, info.contentSize > 0 else {
            throw BlockFault(expected: "an LZ4 frame with content size and checksum", found: "a frame without")
        }
        guard info.contentSize <= UInt64(frame.count * largestExpansion) else {
            throw BlockFault(
                expected: "at most \(frame.count * largestExpansion) bytes", found: "a size of \(info.contentSize)")
        }
        let size = Int(info.contentSize)
        var fault: BlockFault?
        let content = [UInt8](unsafeUninitializedCapacity: size) { output, count in
            var offset = used
            // One call does not always take all input; it ends with 0 when frame and checksum are complete.
            while true {
                var produced = size - count
                var taken = frame.count - offset
                let hint = LZ4F_decompress(
                    context, output.baseAddress! + count, &produced, frame.baseAddress! + offset, &taken, nil)
                guard LZ4F_isError(hint) == 0 else {
                    fault = BlockFault(expected: "sound LZ4 data", found: name(hint))
                    return
                }
                count += produced
                offset += taken
                if hint == 0 { break }
                if produced == 0 && taken == 0 {
                    fault = BlockFault(expected: "a complete LZ4 frame", found: "\(frame.count) bytes of it")
                    return
                }
            }
            if count != size || offset != frame.count {
                fault = BlockFault(
                    expected: "\(size) bytes in a frame of \(frame.count)",
                    found: "\(count) bytes in a frame of \(offset)")
            }
        }
        if let fault { throw fault }
        return content
    }

    private static func name(_ code: LZ4F_errorCode_t) -> String { String(cString: LZ4F_getErrorName(code)) }
}
