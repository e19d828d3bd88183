/// How long each feature has been silent.
struct FeatureUse: Sendable, Equatable {
    /// Of each layer and feature: tokens since it fired last.
    private(set) var silentTokens: [[Int]]

    /// Features that count as just fired.
    init(layerCount: Int, featureCount: Int) {
        silentTokens = [[Int]](repeating: [Int](repeating: 0, count: featureCount), count: layerCount)
    }

    /// Goes on from a checkpoint.
    init(silentTokens: [[Int]]) { self.silentTokens = silentTokens }

    /// Takes in what fired in a batch.
    mutating func record(_ active: [SparseActivations]) {
        for (layer, entries) in active.enumerated() {
            for feature in silentTokens[layer].indices { silentTokens[layer][feature] += entries.tokenCount }
            for (feature, activation) in zip(entries.features, entries.activations) where activation != 0 {
                silentTokens[layer][Int(feature)] = 0
            }
        }
    }

    /// Of each layer and feature whether it has been silent for so many tokens.
    func isSilent(for tokens: Int) -> [[Bool]] { silentTokens.map { $0.map { $0 >= tokens } } }

    /// The share of each layer's features that have been silent for so many tokens.
    func silentShares(for tokens: Int) -> [Double] {
        isSilent(for: tokens).map { layer in Double(layer.count { $0 }) / Double(max(1, layer.count)) }
    }

    /// Counts a feature as just fired.
    mutating func restart(layer: Int, feature: Int) { silentTokens[layer][feature] = 0 }
}
