/// The indices of the largest values, largest first; equal values in order of index.
///
/// - Complexity: O(values) where few values beat the smallest kept so far, as is usual for small `count`
public func largest(_ count: Int, of values: [Float]) -> [Int] {
    var best: [Int] = []
    guard count > 0 else { return best }
    for index in values.indices {
        if best.count == count, let last = best.last, values[index] <= values[last] { continue }
        let place = best.firstIndex { values[$0] < values[index] } ?? best.count
        best.insert(index, at: place)
        if best.count > count { best.removeLast() }
    }
    return best
}
