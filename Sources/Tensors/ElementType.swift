import CKernels

/// How a weight file stores its numbers.
public enum ElementType: String, Sendable {
    /// IEEE single precision.
    case float32 = "F32"
    /// IEEE half precision.
    case float16 = "F16"
    /// The upper half of an IEEE single.
    case bfloat16 = "BF16"

    /// Bytes a number.
    public var byteCount: Int { self == .float32 ? 4 : 2 }

    /// Converts `count` stored numbers to Float32.
    ///
    /// - Parameter source: aligned to the size of a number
    public func convert(_ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .float32: output.update(from: source.assumingMemoryBound(to: Float.self), count: count)
        case .float16: fa_from_float16(source.assumingMemoryBound(to: UInt16.self), output, count)
        case .bfloat16: fa_from_bfloat16(source.assumingMemoryBound(to: UInt16.self), output, count)
        }
    }
}
