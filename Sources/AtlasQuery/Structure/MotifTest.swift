/// A number against the same number in rewired graphs.
struct MotifTest {
    let expected: Double
    let deviation: Double
    let zScore: Double?
    let pValueMore: Double
    let pValueFewer: Double

    /// - Parameters:
    ///   - observed: the number
    ///   - null: the number after each rewiring
    init(_ observed: Int, null: [Int]) {
        let count = Double(max(1, null.count))
        let mean = null.reduce(0) { $0 + Double($1) } / count
        let deviation = (null.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count).squareRoot()
        expected = mean
        self.deviation = deviation
        zScore = deviation > 0 ? (Double(observed) - mean) / deviation : nil
        pValueMore = Double(1 + null.count { $0 >= observed }) / Double(1 + null.count)
        pValueFewer = Double(1 + null.count { $0 <= observed }) / Double(1 + null.count)
    }
}
