import AtlasStore
import Circuits
import Foundation
import GRDB

/// Everything about one feature.
extension AtlasReader {
    static let featureSummary = "SELECT * FROM features WHERE layer = ? AND feature_index = ?"
    static let featureHistogram = "SELECT histogram FROM feature_statistics WHERE layer = ? AND feature_index = ?"
    static let negativeHistogram =
        "SELECT histogram FROM feature_negative_tails WHERE layer = ? AND feature_index = ?"
    static let featureExamples = examplesSQL("feature_examples")
    static let negativeExamples = examplesSQL("feature_negative_examples")
    static let featureBands = "SELECT band, prompt_count FROM feature_bands WHERE layer = ? AND feature_index = ?"
    static let negativeBands =
        "SELECT band, prompt_count FROM feature_negative_bands WHERE layer = ? AND feature_index = ?"
    static let featureEffects = """
        SELECT rank, token, value FROM token_effects
        WHERE kind = ? AND layer = ? AND feature_index = ? ORDER BY abs(rank)
        """
    static let firedFeatures = """
        SELECT feature_index FROM feature_statistics WHERE layer = ? ORDER BY abs(feature_index - ?), feature_index LIMIT 5
        """

    private static func examplesSQL(_ table: String) -> String {
        """
        SELECT e.band, e.prompt_id, e.position, e.activation, p.tokens, p.answer
        FROM \(table) e JOIN prompts p ON p.id = e.prompt_id
        WHERE e.layer = ? AND e.feature_index = ? ORDER BY e.band, e.rank
        """
    }

    /// A feature's statistics, examples, token effects and neighbours.
    ///
    /// - Parameter neighbourLimit: how many neighbours are told in each direction
    public func feature(_ feature: FeatureID, neighbourLimit: Int = 20) throws -> FeatureReport {
        try ask("asking about a feature") { db in
            try requireFired(feature, db)
            let key: StatementArguments = [feature.layer, feature.index]
            let summary = try StoredRow.fetchExisting(
                db, "feature_statistics", sql: Self.featureSummary, arguments: key)
            let places = Dictionary(grouping: try firings(of: feature, db), by: \.promptID)
            let bands = try examples(of: feature, sql: Self.featureExamples, places, db)
            let maximum: Double = try summary["maximum"]
            let outputs = try effects("output", of: feature, db)
            let histogram: Data = try StoredRow.fetchExisting(
                db, "feature_statistics", sql: Self.featureHistogram, arguments: key)[0]
            return try FeatureReport(
                feature: feature, label: summary["label"], labelIsAutomatic: summary["label_is_automatic"],
                activeTokens: summary["active_tokens"], countedTokens: summary["counted_tokens"],
                activePrompts: summary["active_prompts"], countedPrompts: summary["counted_prompts"],
                countsStoredOnly: atlas.identity.neuronSettings == nil ? nil : true, maximum: maximum,
                mean: summary["mean"],
                histogram: try decode("feature_statistics.histogram", row: feature.index) { () throws(BlockFault) in
                    try HistogramBlock.decode(histogram)
                },
                topExamples: bands[0] ?? [],
                intervals: try intervals(
                    to: max(0, maximum), bands, counts: StoredRow.fetchAll(db, sql: Self.featureBands, arguments: key)),
                negative: try negativeTail(of: feature, summary, places, db),
                promoted: outputs.filter { $0.rank > 0 }.map(\.effect),
                suppressed: outputs.filter { $0.rank < 0 }.map(\.effect),
                excitedBy: try effects("input", of: feature, db).map(\.effect),
                upstream: try neighbours(of: feature, sql: Self.upstreamEdges, limit: neighbourLimit, db),
                downstream: try neighbours(of: feature, sql: Self.downstreamEdges, limit: neighbourLimit, db))
        }
    }

    /// Throws unless the transcoder set has the feature and it fires in some indexed prompt.
    package func requireFired(_ feature: FeatureID, _ db: Database) throws {
        try requireExists(feature)
        try requireDerivation(db)
        guard
            try StoredRow.fetchOne(db, sql: Self.featureSummary, arguments: [feature.layer, feature.index]) != nil
        else {
            let nearest = try Int.fetchAll(db, sql: Self.firedFeatures, arguments: [feature.layer, feature.index])
            throw QuestionError.neverFired(
                feature: feature, nearest: nearest.map { FeatureID(layer: feature.layer, index: $0) })
        }
    }

    /// Throws unless the transcoder set has the feature.
    func requireExists(_ feature: FeatureID) throws(QuestionError) {
        guard atlas.identity.contains(feature) else {
            throw .unknownFeature(
                feature: feature, layerCount: atlas.identity.layerCount,
                featuresPerLayer: atlas.identity.featuresPerLayer)
        }
    }

    /// What is negative of a feature's activations; `nil` where nothing is.
    private func negativeTail(
        of feature: FeatureID, _ summary: StoredRow, _ places: [Int: [Firing]], _ db: Database
    ) throws -> FeatureNegativeTail? {
        guard let minimum: Double = try summary["minimum"] else { return nil }
        let key: StatementArguments = [feature.layer, feature.index]
        let bands = try examples(of: feature, sql: Self.negativeExamples, places, db)
        let histogram: Data = try StoredRow.fetchExisting(
            db, "feature_negative_tails", sql: Self.negativeHistogram, arguments: key)[0]
        return try FeatureNegativeTail(
            label: summary["negative_label"], activeTokens: summary["negative_tokens"],
            activePrompts: summary["negative_prompts"], minimum: minimum,
            histogram: try decode("feature_negative_tails.histogram", row: feature.index) { () throws(BlockFault) in
                try HistogramBlock.decode(histogram)
            },
            topExamples: bands[0] ?? [],
            intervals: try intervals(
                to: minimum, bands, counts: StoredRow.fetchAll(db, sql: Self.negativeBands, arguments: key)))
    }

    /// Five intervals of equal width between zero and the activation furthest from it.
    private func intervals(
        to extreme: Double, _ bands: [Int: [FeatureExample]], counts: [StoredRow]
    ) throws -> [FeatureInterval] {
        let counts = try counts.reduce(into: [Int: Int]()) { $0[try $1["band"]] = try $1["prompt_count"] }
        return (1...5).map { band in
            FeatureInterval(
                lower: band == 1 ? 0 : extreme * Double(band - 1) / 5, upper: extreme * Double(band) / 5,
                promptCount: counts[band] ?? 0, examples: bands[band] ?? [])
        }
    }

    /// The examples by band, with the feature's activation at every token of each.
    private func examples(
        of feature: FeatureID, sql: String, _ places: [Int: [Firing]], _ db: Database
    ) throws -> [Int: [FeatureExample]] {
        let rows = try StoredRow.fetchAll(db, sql: sql, arguments: [feature.layer, feature.index])
        var bands: [Int: [FeatureExample]] = [:]
        for row in rows {
            let prompt: Int = try row["prompt_id"]
            let tokens = try tokens(row["tokens"], prompt: prompt)
            var activations = [Double](repeating: 0, count: tokens.count)
            for firing in places[prompt] ?? [] where firing.position < tokens.count {
                activations[firing.position] = firing.activation
            }
            try bands[row["band"] as Int, default: []].append(
                FeatureExample(
                    promptID: prompt, position: row["position"], activation: row["activation"],
                    tokens: tokens.map(text(of:)), activations: activations, answer: row["answer"]))
        }
        return bands
    }

    private func effects(
        _ kind: String, of feature: FeatureID, _ db: Database
    ) throws -> [(rank: Int, effect: TokenEffect)] {
        try StoredRow.fetchAll(
            db, sql: Self.featureEffects, arguments: [kind, feature.layer, feature.index]
        ).map { row in
            let token = try storedToken(row["token"])
            return try (row["rank"], TokenEffect(token: token, text: text(of: token), value: row["value"]))
        }
    }
}
