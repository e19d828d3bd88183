import Foundation

/// The tail of the sum of ranks drawn without replacement, by the double saddlepoint approximation.
///
/// Each rank is drawn independently with a probability that depends on it exponentially, `logistic(level + tilt · rank)`;
/// `level` and `tilt` are set so that on average as many are drawn, with the sum asked about. Conditioning on the number
/// drawn gives the tail by the formula of Lugannani and Rice, corrected for sums that are whole steps apart. Without ties
/// it is within 2 % of exact counts to any depth of the tail; where values take few levels, so that sums are unevenly
/// spaced, it is within a factor of about 1.5 at the depths where decisions are made, of 3 below 1e-8.
///
/// - SeeAlso: Skovgaard 1987, "Saddlepoint expansions for conditional distributions"; Robinson 1982, "Saddlepoint
///   approximations for permutation tests and confidence intervals".
struct RankSumTail {
    /// Newton steps at most; a bracket halves wherever a step would leave it, and twenty are usual.
    private static let stepLimit = 100
    /// How far the mean sum may be from the one asked about, in standard deviations.
    private static let precision = 1e-9

    /// Different ranks, ascending, less the mean of all.
    private let scores: [Double]
    /// How many values have each.
    private let multiplicities: [Double]
    private let count: Int
    private let size: Int
    private let step: Double
    /// The largest sum, less the mean.
    private let largest: Double

    /// - Parameters:
    ///   - ranks: twice the ranks, ascending, not all equal
    ///   - size: how many are drawn, at least one and not all
    ///   - step: what all sums differ by a multiple of
    init(ranks: [Int], size: Int, step: Int) {
        precondition(1..<ranks.count ~= size && step > 0)
        let mean = Double(ranks.reduce(0, +)) / Double(ranks.count)
        var (scores, multiplicities): ([Double], [Double]) = ([], [])
        for (place, rank) in ranks.enumerated() {
            if place > 0, ranks[place - 1] == rank {
                multiplicities[multiplicities.count - 1] += 1
            } else {
                scores.append(Double(rank) - mean)
                multiplicities.append(1)
            }
        }
        self.scores = scores
        self.multiplicities = multiplicities
        count = ranks.count
        largest = Double(ranks.suffix(size).reduce(0, +)) - mean * Double(size)
        self.size = size
        self.step = Double(step)
    }

    /// The probability of a sum of at least its mean and so much more.
    ///
    /// - Parameter distance: above 0
    func probability(atLeast distance: Int) -> Double {
        // Sums stand at whole steps below the largest: the first at or above the distance is the one asked about.
        let below = ((largest - Double(distance)) / step + Self.precision).rounded(.down)
        if below < 0 { return 0 }
        if below == 0 { return probabilityOfLargest }
        let sum = largest - below * step - step / 2
        guard sum > 0 else { return 0.5 }
        return tail(beyond: sum)
    }

    /// The share of choices that take the largest ranks: ties at the border can be chosen in several ways.
    private var probabilityOfLargest: Double {
        var (above, place) = (0, multiplicities.count - 1)
        while above + Int(multiplicities[place]) < size {
            above += Int(multiplicities[place])
            place -= 1
        }
        let logs = LogFactorials(upTo: count)
        return exp(logs.logChoose(Int(multiplicities[place]), size - above) - logs.logChoose(count, size))
    }

    /// Sums of the drawing probabilities at one level and tilt.
    private struct Moments {
        var drawn = 0.0
        var sum = 0.0
        var variance = 0.0
        var mixed = 0.0
        var squared = 0.0
        /// The determinant of the covariance of number and sum.
        var determinant: Double { variance * squared - mixed * mixed }
    }

    private func moments(level: Double, tilt: Double) -> Moments {
        var moments = Moments()
        for (score, multiplicity) in zip(scores, multiplicities) {
            let probability = 1 / (1 + exp(-level - tilt * score))
            let weight = multiplicity * probability * (1 - probability)
            moments.drawn += multiplicity * probability
            moments.sum += multiplicity * probability * score
            moments.variance += weight
            moments.mixed += weight * score
            moments.squared += weight * score * score
        }
        return moments
    }

    /// The level at which so many are drawn on average.
    private func level(tilt: Double, from start: Double) -> (level: Double, Moments) {
        // The number drawn grows with the level: it lies where none of the scores is likely, or all are.
        let reach = 50 + abs(tilt) * max(-scores[0], scores[scores.count - 1])
        var (low, high) = (-reach, reach)
        var level = min(high, max(low, start))
        var moments = moments(level: level, tilt: tilt)
        for _ in 0..<Self.stepLimit {
            let excess = moments.drawn - Double(size)
            if abs(excess) <= Self.precision { break }
            if excess > 0 { high = level } else { low = level }
            let next = level - excess / moments.variance
            level = next > low && next < high ? next : (low + high) / 2
            moments = self.moments(level: level, tilt: tilt)
        }
        return (level, moments)
    }

    private func tail(beyond sum: Double) -> Double {
        let (count, drawn) = (Double(count), Double(size))
        let level0 = log(drawn / (count - drawn))
        let squares = zip(scores, multiplicities).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }
        let deviation = (squares * drawn * (count - drawn) / count / (count - 1)).squareRoot()
        var tilt = sum / (deviation * deviation)
        var (low, high) = (0.0, Double.infinity)
        var (level, moments) = self.level(tilt: tilt, from: level0)
        for _ in 0..<Self.stepLimit {
            let excess = moments.sum - sum
            if abs(excess) <= Self.precision * deviation { break }
            if excess > 0 { high = tilt } else { low = tilt }
            let next = tilt - excess / (moments.determinant / moments.variance)
            tilt = next > low && next < high ? next : high < .infinity ? (low + high) / 2 : 2 * tilt
            (level, moments) = self.level(tilt: tilt, from: level)
        }
        let logNormalizer = zip(scores, multiplicities).reduce(0) { total, part in
            let exponent = level + tilt * part.0
            return total + part.1 * (max(0, exponent) + log1p(exp(-abs(exponent))))
        }
        let exponent = level * drawn + tilt * sum - logNormalizer
        let exponent0 = level0 * drawn - count * log1p(exp(level0))
        let depth = (2 * max(0, exponent - exponent0)).squareRoot()
        let scale = (moments.determinant / (drawn * (count - drawn) / count)).squareRoot()
        let slope = 2 * sinh(tilt * step / 2) / step * scale
        guard depth > 0, slope > 0 else { return 0.5 }
        let normal = erfc(depth / 2.0.squareRoot()) / 2
        let density = exp(-depth * depth / 2) / (2 * Double.pi).squareRoot()
        return min(1, max(0, normal - density * (1 / depth - 1 / slope)))
    }
}
