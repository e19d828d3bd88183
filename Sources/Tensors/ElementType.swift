import CKernels

/// How a weight file stores its numbers.
public enum ElementType: String, Sendable {
    /// IEEE double precision, rounded to single when it is read.
    case float64 = "F64"
    /// IEEE single precision.
    case float32 = "F32"
    /// IEEE half precision.
    case float16 = "F16"
    /// The upper half of an IEEE single.
    case bfloat16 = "BF16"

    /// Bytes a number.
    public var byteCount: Int {
        switch self {
        case .float64: 8
        case .float32: 4
        case .float16, .bfloat16: 2
        }
    }

    /// Converts `count` stored numbers to Float32.
    ///
    /// - Parameter source: aligned to the size of a number
    public func convert(_ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .float64: fa_from_float64(source.assumingMemoryBound(to: Double.self), output, count)
        case .float32: output.update(from: source.assumingMemoryBound(to: Float.self), count: count)
        case .float16: fa_from_float16(source.assumingMemoryBound(to: UInt16.self), output, count)
        case .bfloat16: fa_from_bfloat16(source.assumingMemoryBound(to: UInt16.self), output, count)
        }
    }
}
