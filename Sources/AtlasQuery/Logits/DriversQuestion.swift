import AtlasStore
import Circuits
import GRDB

/// Which features drive a logit, across prompts.
extension AtlasReader {
    static let explainedToken = """
        SELECT s.prompt_count, s.probability_sum / s.prompt_count AS probability,
            coalesce(e.known_prompts, 0) AS known_prompts, coalesce(e.prompt_count, 0) AS effect_prompts
        FROM logit_statistics s LEFT JOIN logit_effect_statistics e ON e.token = s.token WHERE s.token = ?
        """
    static let featureDrivers = """
        SELECT * FROM drivers WHERE token = ? AND node < 1 << 40 ORDER BY influence DESC, node LIMIT ?
        """
    static let otherDrivers = """
        SELECT * FROM drivers WHERE token = ? AND node >= 1 << 40 ORDER BY influence DESC, node LIMIT ?
        """
    static let featureDriversByEffect = """
        SELECT * FROM drivers WHERE token = ? AND node < 1 << 40
        ORDER BY abs(effect) DESC, influence DESC, node LIMIT ?
        """
    static let otherDriversByEffect = """
        SELECT * FROM drivers WHERE token = ? AND node >= 1 << 40
        ORDER BY abs(effect) DESC, influence DESC, node LIMIT ?
        """
    static let coverOfToken = """
        SELECT c.node, c.newly_covered, c.covered, coalesce(l.label, a.label) AS label
        FROM logit_cover c
        LEFT JOIN labels l ON l.layer = c.node >> 24 AND l.feature_index = c.node & 0xFFFFFF
        LEFT JOIN automatic_labels a ON a.layer = c.node >> 24 AND a.feature_index = c.node & 0xFFFFFF
        WHERE c.token = ? ORDER BY c.rank
        """
    static let raisingFeatures = effectSQL("e.value > 0", "e.value DESC")
    static let loweringFeatures = effectSQL("e.value < 0", "e.value")

    private static func effectSQL(_ sign: String, _ order: String) -> String {
        """
        SELECT e.layer, e.feature_index, e.value, coalesce(l.label, a.label) AS label
        FROM token_effects e
        LEFT JOIN labels l ON l.layer = e.layer AND l.feature_index = e.feature_index
        LEFT JOIN automatic_labels a ON a.layer = e.layer AND a.feature_index = e.feature_index
        WHERE e.kind = 'output' AND e.token = ? AND \(sign) ORDER BY \(order) LIMIT ?
        """
    }

    /// What drives a token's logit: by signed effects on its lead over its strongest rival, where it is the answer, with
    /// influence and direct effect on its logit in stored graphs; and by weights alone.
    ///
    /// Drivers are ranked by the size of their mean effect where every graph that explains the token has effects and
    /// it is the answer of some, else by influence; the report says which.
    ///
    /// - Parameters:
    ///   - token: the token's id; see ``token(_:)``
    ///   - limit: how many drivers of each kind are told
    public func drivers(of token: Int, limit: Int = 20) throws -> DriversReport {
        try ask("asking what drives a token") { db in
            try requireDerivation(db)
            try requireExplained(token, db)
            let statistics = try StoredRow.fetchExisting(
                db, "logit_statistics.token", sql: Self.explainedToken, arguments: [token])
            let isByEffect =
                try statistics["known_prompts"] as Int == statistics["prompt_count"] as Int
                && statistics["effect_prompts"] as Int > 0
            let vocabulary = atlas.identity.vocabulary
            func drivers(_ sql: String) throws -> [DriversReport.Driver] {
                try StoredRow.fetchAll(db, sql: sql, arguments: [token, limit]).map { row in
                    try DriversReport.Driver(
                        node: NodeName(storedNode(row["node"]), vocabulary: vocabulary), label: row["label"],
                        labelIsAutomatic: row["label_is_automatic"], effect: row["effect"],
                        effectSpread: row["effect_spread"], effectSupport: row["effect_support"],
                        effectConsistency: row["effect_consistency"], measuredEffect: row["measured_effect"],
                        measuredSupport: row["measured_support"], specificity: row["specificity"],
                        influence: row["influence"], support: row["support"], directEffect: row["direct_effect"],
                        directSpread: row["direct_spread"], directSupport: row["direct_support"],
                        signConsistency: row["sign_consistency"],
                        coverage: row[isByEffect ? "effect_coverage" : "coverage"],
                        negative: row["negative_support"] + row["negative_direct_support"] == 0
                            ? nil
                            : DriversReport.NegativeTail(
                                influence: row["negative_influence"], support: row["negative_support"],
                                directEffect: row["negative_direct_effect"],
                                directSupport: row["negative_direct_support"]))
                }
            }
            func effects(_ sql: String) throws -> [DriversReport.WeightEffect] {
                try StoredRow.fetchAll(db, sql: sql, arguments: [token, limit]).map { row in
                    try DriversReport.WeightEffect(
                        feature: storedFeature(in: row), label: row["label"],
                        value: row["value"])
                }
            }
            let cover = try StoredRow.fetchAll(db, sql: Self.coverOfToken, arguments: [token]).map { row in
                try DriversReport.CoverStep(
                    feature: try requireFeature(storedNode(row["node"]), in: "logit_cover"),
                    label: row["label"], newlyCovered: row["newly_covered"], covered: row["covered"])
            }
            return try DriversReport(
                token: token, text: text(of: token), promptCount: statistics["prompt_count"],
                meanProbability: statistics["probability"], rankedBy: isByEffect ? .effect : .influence,
                effectPromptCount: statistics["known_prompts"], answerPromptCount: statistics["effect_prompts"],
                features: try drivers(isByEffect ? Self.featureDriversByEffect : Self.featureDrivers),
                tokensAndErrors: try drivers(isByEffect ? Self.otherDriversByEffect : Self.otherDrivers), cover: cover,
                raisedBy: try effects(Self.raisingFeatures), loweredBy: try effects(Self.loweringFeatures))
        }
    }

    private func requireFeature(_ key: NodeKey, in table: String) throws -> FeatureID {
        guard let feature = key.feature else {
            throw AtlasError.database(
                path: atlas.path, operation: "reading \(table)", reason: "node \(key.rawValue) is no feature")
        }
        return feature
    }
}
