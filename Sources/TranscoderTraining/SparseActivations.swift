/// The features of one layer that fire at the tokens of a batch, or nearly do: in order of token, then index.
struct SparseActivations: Sendable {
    /// Where the entries of each token begin, and behind the last where all end.
    private(set) var tokenStarts: [Int] = [0]
    /// Each entry's feature.
    private(set) var features: [Int32] = []
    /// Each entry's activation; 0 for a feature that is near its threshold and does not fire.
    private(set) var activations: [Float] = []
    /// By how much each entry's pre-activation exceeds its threshold; 0 where features have none.
    private(set) var excesses: [Float] = []
    /// Entries that fire.
    private(set) var firingCount = 0

    /// Tokens of the batch.
    var tokenCount: Int { tokenStarts.count - 1 }

    /// Adds an entry to the token that is being gone through.
    mutating func add(feature: Int, activation: Float, excess: Float) {
        features.append(Int32(truncatingIfNeeded: feature))
        activations.append(activation)
        excesses.append(excess)
        if activation != 0 { firingCount += 1 }
    }

    /// Goes on with the next token.
    mutating func endToken() { tokenStarts.append(features.count) }

    /// The entries in order of feature, then token.
    func byFeature(count featureCount: Int) -> FeatureOrder {
        var starts = [Int](repeating: 0, count: featureCount + 1)
        for feature in features { starts[Int(feature) + 1] += 1 }
        for feature in 0..<featureCount { starts[feature + 1] += starts[feature] }
        var next = starts
        var entries = [Int32](repeating: 0, count: features.count)
        var tokens = entries
        for token in 0..<tokenCount {
            for entry in tokenStarts[token]..<tokenStarts[token + 1] {
                let place = next[Int(features[entry])]
                next[Int(features[entry])] += 1
                entries[place] = Int32(truncatingIfNeeded: entry)
                tokens[place] = Int32(truncatingIfNeeded: token)
            }
        }
        return FeatureOrder(starts: starts, entries: entries, tokens: tokens)
    }

    /// Where the entries of each feature are.
    struct FeatureOrder: Sendable {
        /// Where each feature begins in the two lists, and behind the last where all end.
        let starts: [Int]
        /// The entries.
        let entries: [Int32]
        /// Their tokens.
        let tokens: [Int32]
    }
}
