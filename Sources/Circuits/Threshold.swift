/// Finds the score at which a ranking has covered a share of the total.
///
/// - Parameters:
///   - scores: non-negative, in any order
///   - share: in 0…1
/// - Returns: the smallest score that is kept: scores at or above it hold at least `share` of the total, the crossing
///   one included. A share of 1 keeps every score above zero.
func coveringScore(_ scores: [Float], share: Double) -> Float {
    let sorted = scores.filter { $0 > 0 }.sorted(by: >)
    guard let smallest = sorted.last else { return .infinity }
    if share >= 1 { return smallest }
    let total = sorted.reduce(0.0) { $0 + Double($1) }
    var covered = 0.0
    for score in sorted {
        covered += Double(score)
        if covered >= share * total { return score }
    }
    return smallest
}

/// The share of the total that each score and the larger ones hold: small is important.
func cumulativeShares(_ scores: [Float]) -> [Float] {
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    let total = scores.reduce(0.0) { $0 + Double($1) }
    var shares = [Float](repeating: 0, count: scores.count)
    var covered = 0.0
    for index in order {
        covered += Double(scores[index])
        shares[index] = total > 0 ? Float(covered / total) : 0
    }
    return shares
}
