import Tensors

/// Decoder rows that are kept in memory: times their contributions in Float32, or as they are stored where that is bfloat16.
struct KeptRows: Sendable {
    /// `[rows, modelWidth]`, each times its contribution; `nil` where rows are kept as they are stored.
    var scaled: [Float]?
    private var stored: [UInt16] = []

    /// Where rows are put.
    enum Writer {
        /// Times their contributions.
        case scaled(UnsafeMutablePointer<Float>)
        /// As ``KeptRows/store(_:count:into:)`` puts them.
        case stored(UnsafeMutablePointer<UInt16>)
    }

    /// None.
    init() {}

    /// - Parameters:
    ///   - count: numbers
    ///   - isShort: whether they are bfloat16 numbers where they are stored
    ///   - fill: puts all of them in their places
    init(count: Int, isShort: Bool, _ fill: (Writer) -> Void) {
        if isShort {
            stored = [UInt16](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
                if let base = buffer.baseAddress { fill(.stored(base)) }
                initialized = count
            }
        } else {
            scaled = [Float](unsafeUninitializedCapacity: max(1, count)) { buffer, initialized in
                if let base = buffer.baseAddress { fill(.scaled(base)) }
                initialized = count
            }
        }
    }

    /// Bytes that a number takes.
    static func byteCount(isShort: Bool) -> Int {
        isShort ? MemoryLayout<UInt16>.stride : MemoryLayout<Float>.stride
    }

    /// Puts numbers that are bfloat16 numbers, though here as Float32, in their place.
    static func store(_ numbers: UnsafePointer<Float>, count: Int, into place: UnsafeMutablePointer<UInt16>) {
        for index in 0..<count { place[index] = UInt16(truncatingIfNeeded: numbers[index].bitPattern >> 16) }
    }

    /// Copies numbers that are kept as they are stored, as Float32.
    func copyStored(_ first: Int, count: Int, into output: UnsafeMutablePointer<Float>) {
        stored.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            ElementType.bfloat16.convert(base + first * MemoryLayout<UInt16>.stride, into: output, count: count)
        }
    }
}
