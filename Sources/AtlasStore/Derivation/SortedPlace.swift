extension Array where Element: Comparable {
    /// The place of the first element of an ascending array that is not below `element`; behind the last if all are.
    func place(notBelow element: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
