import AtlasQuery

/// How well numbers that were foretold tell what rose most.
public struct RiseQuality: Codable, Sendable, Equatable {
    /// How often one of those that rose most was foretold above one of the others, ties counted half: the area under the
    /// ROC curve, 0.5 by chance.
    public let area: Double
    /// Spearman correlation of foretold with measured changes over all; `nil` where one of the lists is all equal.
    public let correlation: Double?
    /// The share of those that rose most that are among as many foretold to; equals first come first.
    public let shared: Double

    /// Compares two lists of one length.
    ///
    /// - Parameter risers: how many of the largest measured changes are those that rose most; only changes above 0 count
    /// - Returns: `nil` where none or all of them rose
    init?(foretold: [Double], measured: [Double], risers: Int) {
        precondition(foretold.count == measured.count)
        let rose = Self.largest(risers, of: measured).filter { measured[$0] > 0 }
        guard !rose.isEmpty, rose.count < measured.count else { return nil }
        let ranks = RankCorrelation.ranks(foretold)
        let count = Double(rose.count)
        let sum = rose.reduce(0.0) { $0 + ranks[$1] }
        area = (sum - count * (count + 1) / 2) / (count * Double(measured.count - rose.count))
        correlation = RankCorrelation.spearman(foretold, measured)
        shared = Double(Set(rose).intersection(Self.largest(rose.count, of: foretold)).count) / count
    }

    private static func largest(_ count: Int, of values: [Double]) -> [Int] {
        Array(values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
    }
}
