import AtlasStore
import GRDB

/// How many features of each layer fire, and how often.
public struct LayersReport: Codable, Sendable, Equatable {
    /// How many tokens are counted: what densities are shares of.
    public let countedTokens: Int
    /// Every layer with a transcoder, from the bottom.
    public let layers: [Layer]

    /// What is told of a layer.
    public struct Layer: Codable, Sendable, Equatable {
        /// Its number.
        public let layer: Int
        /// How many of its features fire somewhere.
        public let firedCount: Int
        /// How many never do.
        public let deadCount: Int
        /// How many fire at a token, on average; `nil` where no token is counted.
        public let activeFeaturesPerToken: Double?
        /// How many fire at more than a tenth of the tokens.
        public let denseCount: Int
        /// How many people named.
        public let labelCount: Int
    }
}

/// How full the layers are.
extension AtlasReader {
    static let layerTotals = """
        SELECT layer, count(*) AS fired, sum(active_tokens) AS active, sum(active_tokens > :dense) AS dense
        FROM feature_statistics GROUP BY layer
        """
    static let labelsOfLayers = "SELECT layer, count(*) AS count FROM labels GROUP BY layer"
    static let allCountedTokens = "SELECT coalesce(sum(counted_tokens), 0) AS tokens FROM prompts"
    /// The share of tokens above which a feature is dense.
    static let denseShare = 0.1

    /// What fires in each layer; see ``LayersReport``.
    public func layers() throws -> LayersReport {
        try ask("telling layers") { db in
            try requireDerivation(db)
            let tokens: Int = try StoredRow.fetchExisting(db, "totals", sql: Self.allCountedTokens)["tokens"]
            var totals: [Int: (fired: Int, active: Int, dense: Int)] = [:]
            let rows = try StoredRow.fetchAll(
                db.cachedStatement(sql: Self.layerTotals), arguments: ["dense": Self.denseShare * Double(tokens)])
            for row in rows { totals[try row["layer"]] = (try row["fired"], try row["active"], try row["dense"]) }
            var labels: [Int: Int] = [:]
            for row in try StoredRow.fetchAll(db, sql: Self.labelsOfLayers) {
                labels[try row["layer"]] = try row["count"]
            }
            return LayersReport(
                countedTokens: tokens,
                layers: (0..<atlas.identity.layerCount).map { layer in
                    let total = totals[layer] ?? (0, 0, 0)
                    return LayersReport.Layer(
                        layer: layer, firedCount: total.fired, deadCount: atlas.identity.featuresPerLayer - total.fired,
                        activeFeaturesPerToken: tokens > 0 ? Double(total.active) / Double(tokens) : nil,
                        denseCount: total.dense, labelCount: labels[layer] ?? 0)
                })
        }
    }
}
