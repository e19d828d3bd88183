import Tensors

/// Influence of every source on the logits through the rows computed so far.
///
/// Targets are visited from the logits down, layer by layer, so one pass is exact (see `Circuits.Influence`).
struct FeatureRanking {
    /// The floor of a row's sum, as the reference has it here (it uses another one when pruning).
    static let sumFloor: Float = 1e-8

    private var sums: [Float] = []

    /// - Parameters:
    ///   - rows: the rows so far
    ///   - columnCount: columns that take part
    ///   - logitWeights: the probabilities of the logits, in order of their index
    ///   - column: the column of an active feature
    /// - Returns: `[columnCount]`
    mutating func influence(
        _ rows: EdgeRows, columnCount: Int, logitWeights: [Float], column: (Int) -> Int
    ) -> [Float] {
        for row in sums.count..<rows.targets.count { sums.append(magnitudeSum(rows.row(row), count: columnCount)) }
        let order = rows.targets.indices.sorted { (rows.targets[$1].layer, $0) < (rows.targets[$0].layer, $1) }
        var influence = [Float](repeating: 0, count: columnCount)
        influence.withUnsafeMutableBufferPointer { influence in
            guard let base = influence.baseAddress else { return }
            for row in order {
                let own: Float =
                    switch rows.targets[row].kind {
                    case .logit(let index): logitWeights[index]
                    case .feature(let index): base[column(index)]
                    }
                if own == 0 { continue }
                addScaledMagnitude(own / max(sums[row], Self.sumFloor), rows.row(row), to: base, count: columnCount)
            }
        }
        return influence
    }
}
