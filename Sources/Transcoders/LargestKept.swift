/// Which of a position's pre-activations TopK keeps.
///
/// Numbers are ordered by their bits, so that the order is total: equal numbers are kept from the lowest index on, and
/// one that is no number counts as less than any other.
public enum LargestKept {
    /// Calls `body` with the index and value of the `count` largest of `values`, in order of index.
    ///
    /// - Complexity: O(values): the smallest number kept is found by one histogram for each byte of a number
    public static func forEach(
        _ count: Int, of values: UnsafeBufferPointer<Float>, _ body: (_ index: Int, _ value: Float) -> Void
    ) {
        precondition(count > 0)
        guard count < values.count else {
            for index in values.indices { body(index, values[index]) }
            return
        }
        let (threshold, ties) = smallestKept(count, of: values)
        var tiesLeft = ties
        for index in values.indices {
            let key = key(values[index])
            if key > threshold {
                body(index, values[index])
            } else if key == threshold, tiesLeft > 0 {
                tiesLeft -= 1
                body(index, values[index])
            }
        }
    }

    /// The key of the `count`-th largest number, and how many numbers with that key are kept.
    private static func smallestKept(_ count: Int, of values: UnsafeBufferPointer<Float>) -> (key: UInt32, ties: Int) {
        var prefix: UInt32 = 0
        var left = count
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { histogram in
            for shift: UInt32 in [24, 16, 8, 0] {
                histogram.initialize(repeating: 0)
                for value in values {
                    let key = key(value)
                    // A shift by 32 gives 0, so that the first round counts every number.
                    if key >> (shift + 8) == prefix >> (shift + 8) { histogram[Int(key >> shift & 0xFF)] += 1 }
                }
                var byte = 255
                while histogram[byte] < left {
                    left -= histogram[byte]
                    byte -= 1
                }
                prefix |= UInt32(byte) << shift
            }
        }
        return (prefix, left)
    }

    /// A whole number that orders as the number does.
    @inline(__always)
    private static func key(_ value: Float) -> UInt32 {
        if value.isNaN { return 0 }
        // 0 and -0 are equal.
        let bits = value == 0 ? 0 : value.bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }
}
