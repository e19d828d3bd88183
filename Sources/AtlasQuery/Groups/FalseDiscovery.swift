/// Control of the false-discovery rate over many tests (Benjamini and Hochberg 1995).
enum FalseDiscovery {
    /// The q-value of each p-value: the smallest rate of false discoveries at which the test counts as a discovery.
    ///
    /// With the p-values in ascending order, `q(i) = min over j >= i of p(j) · m / j`.
    ///
    /// - Parameter pValues: one a test, in any order
    /// - Returns: one a test, in the same order, at most 1
    static func qValues(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
        var qValues = [Double](repeating: 1, count: pValues.count)
        var smallest = 1.0
        for rank in order.indices.reversed() {
            smallest = min(smallest, pValues[order[rank]] * Double(order.count) / Double(rank + 1))
            qValues[order[rank]] = smallest
        }
        return qValues
    }
}
