import AtlasStore
import Circuits
import GRDB

/// How strongly features fire in each of many prompts: one number a prompt, the activation of largest size, with its sign,
/// or 0.
struct ActivationSignatures {
    /// Over how many prompts.
    let promptCount: Int
    /// For each feature its prompts (by canonical place) and strongest activations, ascending by place.
    private let entries: [[(place: Int, value: Double)]]

    /// Reads the signatures of `features` over a group of prompts, or over all.
    init(_ features: [FeatureID], group: PromptFilter?, _ reader: AtlasReader, _ db: Database) throws {
        let prompts =
            try group.map { try reader.prompts(where: $0, needGraphs: false, db) }
            ?? Int.fetchAll(db, sql: AtlasReader.promptsInCanonicalOrder)
        promptCount = prompts.count
        let places = Dictionary(uniqueKeysWithValues: prompts.enumerated().map { ($1, $0) })
        entries = try features.map { feature in
            var strongest: [Int: Double] = [:]
            for firing in try reader.firings(of: feature, db) {
                guard let place = places[firing.promptID] else { continue }
                strongest.keepStrongest(firing.activation, of: place)
            }
            return strongest.map { (place: $0.key, value: $0.value) }.sorted { $0.place < $1.place }
        }
    }

    /// Pearson correlations over the prompts: `[features][features]`; 0 for a feature that is constant over them.
    func correlations() -> [[Double]] {
        let count = Double(promptCount)
        let sums = entries.map { $0.reduce(0) { $0 + $1.value } }
        let deviations = entries.indices.map { feature in
            let squares = entries[feature].reduce(0) { $0 + $1.value * $1.value }
            return max(0, squares / count - (sums[feature] / count) * (sums[feature] / count)).squareRoot()
        }
        return entries.indices.map { row in
            entries.indices.map { column in
                guard row != column else { return 1 }
                guard deviations[row] > 0, deviations[column] > 0 else { return 0 }
                let covariance =
                    product(entries[row], entries[column]) / count - (sums[row] / count) * (sums[column] / count)
                return covariance / (deviations[row] * deviations[column])
            }
        }
    }

    private func product(_ left: [(place: Int, value: Double)], _ right: [(place: Int, value: Double)]) -> Double {
        var (first, second, sum) = (0, 0, 0.0)
        while first < left.count, second < right.count {
            if left[first].place == right[second].place { sum += left[first].value * right[second].value }
            if left[first].place <= right[second].place { first += 1 } else { second += 1 }
        }
        return sum
    }
}
