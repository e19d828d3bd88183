/// Fits every family to a feature's activations over a grid.
struct OperandFitting {
    /// Below this ratio of standard deviation to mean a grid is constant.
    static let constantDeviation = 0.1
    /// A fit this much worse than the best may still be chosen for its fewer groups.
    static let tolerance = 0.05
    /// A fit that explains less is none.
    static let smallestExplained = 0.3

    private let grid: OperandGrid
    /// Values of the cells where the feature fires, by place in `grid.cells`, in ascending order.
    private let values: [(cell: Int, value: Double)]
    private let sum: Double
    private let squares: Double

    init(_ values: [(cell: Int, value: Double)], grid: OperandGrid) {
        self.grid = grid
        self.values = values
        sum = values.reduce(0) { $0 + $1.value }
        squares = values.reduce(0) { $0 + $1.value * $1.value }
    }

    private var count: Double { Double(grid.cells.count) }
    private var mean: Double { sum / count }
    /// The sum of squared differences from the mean.
    private var totalSquares: Double { max(0, squares - sum * sum / count) }

    /// What the values depend on.
    var shape: OperandShape {
        let deviation = (totalSquares / count).squareRoot()
        let fits = OperandFamily.all.indices.map(fit)
        let isConstant = deviation <= Self.constantDeviation * mean.magnitude
        let chosen = isConstant ? nil : Self.choose(fits)
        return OperandShape(
            cellCount: grid.cells.count, activeShare: Double(values.count) / count,
            maximum: max(0, values.map(\.value).max() ?? 0),
            minimum: values.map(\.value).min().flatMap { $0 < 0 ? $0 : nil }, mean: mean, deviation: deviation,
            kind: isConstant ? .constant : chosen.map { fits[$0].kind } ?? .none, fit: chosen.map { fits[$0].name },
            explained: chosen.map { fits[$0].explained }, label: chosen.flatMap(label),
            peaks: chosen.map(peaks) ?? [], fits: fits, sumDefect: sumDefect, rectangleDefect: rectangleDefect)
    }

    /// The fit with the fewest groups within the tolerance of the best, the better of equals; `nil` if all are poor.
    private static func choose(_ fits: [OperandShape.Fit]) -> Int? {
        let best = fits.map(\.explained).max()!
        guard best >= smallestExplained else { return nil }
        return fits.indices.filter { fits[$0].explained >= best - tolerance }.min {
            (fits[$0].groupCount, -fits[$0].explained, $0) < (fits[$1].groupCount, -fits[$1].explained, $1)
        }
    }

    private func groupSums(_ family: Int, squared: Bool = false) -> [Double] {
        var sums = [Double](repeating: 0, count: grid.groups[family].count)
        for (cell, value) in values { sums[Int(grid.groupOfCell[family][cell])] += squared ? value * value : value }
        return sums
    }

    private func fit(_ family: Int) -> OperandShape.Fit {
        // Left out, a cell of a group of n is predicted by the n − 1 others, and misses by n / (n − 1) of its distance
        // from the group's mean; alone in its group, it is predicted by all cells but itself.
        let sums = groupSums(family)
        let groupSquares = groupSums(family, squared: true)
        var missed = 0.0
        let alone = count / (count - 1)
        for (group, size) in grid.groupSizes[family].enumerated() {
            if size == 1 {
                missed += (sums[group] - mean) * (sums[group] - mean) * alone * alone
            } else {
                let ratio = Double(size) / Double(size - 1)
                missed += max(0, groupSquares[group] - sums[group] * sums[group] / Double(size)) * ratio * ratio
            }
        }
        return OperandShape.Fit(
            name: OperandFamily.all[family].name, kind: OperandFamily.all[family].kind, groupCount: sums.count,
            explained: count > 1 && totalSquares > 0 ? 1 - missed / (totalSquares * alone * alone) : 0)
    }

    /// The groups of a family with their means, those furthest from zero first.
    private func rankedGroups(_ family: Int) -> [(values: [Int128], mean: Double)] {
        let means = zip(groupSums(family), grid.groupSizes[family]).map { $0 / Double($1) }
        return means.indices.sorted { (means[$1].magnitude, $0) < (means[$0].magnitude, $1) }.map {
            (grid.groups[family][$0], means[$0])
        }
    }

    private func peaks(_ family: Int) -> [OperandShape.Peak] {
        rankedGroups(family).prefix(3).map {
            OperandShape.Peak(name: OperandFamily.all[family].describe($0.values), mean: $0.mean)
        }
    }

    private func label(_ family: Int) -> String? {
        OperandLabel(OperandFamily.all[family], groups: rankedGroups(family)).text
    }

    /// Over all pairs of a line, `sum of (x − y)² = size · sum of squares − square of sum`.
    private var sumDefect: Double? {
        let family = OperandGrid.sumFamily
        let sums = groupSums(family)
        let lineSquares = groupSums(family, squared: true)
        var (differences, pairs) = (0.0, 0.0)
        for (line, size) in grid.groupSizes[family].enumerated() where size > 1 {
            differences += max(0, Double(size) * lineSquares[line] - sums[line] * sums[line])
            pairs += Double(size * (size - 1) / 2)
        }
        guard pairs > 0, count > 1, totalSquares > 0 else { return nil }
        return differences / pairs / (2 * totalSquares / (count - 1))
    }

    /// Over all rectangles of a complete grid the mean squared defect is four times the interaction's mean square.
    private var rectangleDefect: Double? {
        let (height, width) = (Double(grid.rows.count), Double(grid.columns.count))
        guard grid.isComplete, height > 1, width > 1, totalSquares > 0 else { return nil }
        var rowSums = [Double](repeating: 0, count: grid.rows.count)
        var columnSums = [Double](repeating: 0, count: grid.columns.count)
        for (cell, value) in values {
            rowSums[grid.cells[cell] / grid.columns.count] += value
            columnSums[grid.cells[cell] % grid.columns.count] += value
        }
        let ofRows = rowSums.reduce(0) { $0 + $1 * $1 } / width
        let ofColumns = columnSums.reduce(0) { $0 + $1 * $1 } / height
        let interaction = max(0, squares - ofRows - ofColumns + sum * sum / count)
        return interaction / ((height - 1) * (width - 1)) / (totalSquares / (count - 1))
    }
}
