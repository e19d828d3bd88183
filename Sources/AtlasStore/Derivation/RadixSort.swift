/// Sorts places by 64-bit keys: stable, and in time proportional to the number of keys.
enum RadixSort {
    private static let digitBits: UInt64 = 11

    /// Sorts `keys` and moves `places` along; equal keys keep their order.
    ///
    /// Least significant digit first; digits that all keys share are skipped.
    /// - Complexity: O(n) for each 11 bits in which keys differ; as much memory again as both arrays
    static func sort(_ keys: inout [UInt64], moving places: inout [UInt32]) {
        precondition(keys.count == places.count)
        let differing = keys.reduce(into: (low: UInt64.max, high: UInt64(0))) { range, key in
            range.low &= key
            range.high |= key
        }
        var otherKeys = [UInt64](repeating: 0, count: keys.count)
        var otherPlaces = [UInt32](repeating: 0, count: keys.count)
        let mask = (UInt64(1) << digitBits) - 1
        for shift in stride(from: UInt64(0), to: 64, by: Int(digitBits))
        where (differing.low ^ differing.high) >> shift & mask != 0 {
            pass(keys, places, into: &otherKeys, &otherPlaces, shift: shift, mask: mask)
            swap(&keys, &otherKeys)
            swap(&places, &otherPlaces)
        }
    }

    private static func pass(
        _ keys: [UInt64], _ places: [UInt32], into otherKeys: inout [UInt64], _ otherPlaces: inout [UInt32],
        shift: UInt64, mask: UInt64
    ) {
        var starts = [Int](repeating: 0, count: Int(mask) + 2)
        for key in keys { starts[Int(key >> shift & mask) + 1] += 1 }
        for digit in 0...Int(mask) { starts[digit + 1] += starts[digit] }
        starts.withUnsafeMutableBufferPointer { starts in
            otherKeys.withUnsafeMutableBufferPointer { otherKeys in
                otherPlaces.withUnsafeMutableBufferPointer { otherPlaces in
                    for index in keys.indices {
                        let digit = Int(keys[index] >> shift & mask)
                        let place = starts[digit]
                        starts[digit] = place + 1
                        otherKeys[place] = keys[index]
                        otherPlaces[place] = places[index]
                    }
                }
            }
        }
    }
}
