import Tensors

/// Numbers in a mapped file that start at any byte, as those of a zip archive do; read by copying, a few at a time.
///
/// `@unchecked Sendable`: the memory behind `base` is never written and is kept alive by `owner`.
struct UnalignedNumbers: @unchecked Sendable {
    /// How many numbers there are.
    let count: Int
    /// How they are stored.
    let elementType: ElementType
    private let base: UnsafeRawPointer
    private let owner: AnyObject

    /// Numbers aligned on the way, at most so many at once.
    private static let stepCount = 1024

    /// Describes `count` numbers at `base`, which `owner` keeps alive.
    init(count: Int, elementType: ElementType, base: UnsafeRawPointer, owner: AnyObject) {
        self.count = count
        self.elementType = elementType
        self.base = base
        self.owner = owner
    }

    /// Where they lie.
    var placement: NumberPlacement {
        NumberPlacement(start: base, order: "\(elementType.rawValue) [\(count)] unaligned")
    }

    /// Copies the numbers `first ..< first + count` as Float32.
    func copy(_ first: Int, count: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(first >= 0 && count >= 0 && first + count <= self.count)
        let source = base + first * elementType.byteCount
        if elementType == .float32 {
            UnsafeMutableRawPointer(output).copyMemory(from: source, byteCount: 4 * count)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: Self.stepCount) { aligned in
            guard let aligned = aligned.baseAddress else { return }
            for start in stride(from: 0, to: count, by: Self.stepCount) {
                let step = min(Self.stepCount, count - start)
                UnsafeMutableRawPointer(aligned).copyMemory(from: source + 2 * start, byteCount: 2 * step)
                elementType.convert(aligned, into: output + start, count: step)
            }
        }
    }
}
