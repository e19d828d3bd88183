import AtlasQuery

/// Spearman's rank correlation, equal values sharing the mean of their ranks.
enum RankCorrelation {
    /// The correlation of the ranks, in -1…1; `nil` for fewer than two pairs, or where all of a list is equal.
    static func spearman(_ left: [Double], _ right: [Double]) -> Double? {
        precondition(left.count == right.count)
        return pearson(ranks(left), ranks(right))
    }

    /// Ranks from 1; equal values have the mean of the ranks that they take up.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
            start = end
        }
        return ranks
    }

    private static func pearson(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count > 1 else { return nil }
        let count = Double(left.count)
        let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
        var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
        for (first, second) in zip(left, right) {
            product += (first - leftMean) * (second - rightMean)
            leftSquare += (first - leftMean) * (first - leftMean)
            rightSquare += (second - rightMean) * (second - rightMean)
        }
        let scale = (leftSquare * rightSquare).squareRoot()
        return scale > 0 ? product / scale : nil
    }
}
