import AtlasStore
import Circuits
import GRDB

/// The features that fire where one fires, over the whole atlas or a group of prompts.
public struct CorrelatedFeatures: Codable, Sendable, Equatable {
    /// What correlated features are ranked by.
    public enum Ranking: String, Codable, Sendable, CaseIterable {
        /// Correlation of activations.
        case pearson
        /// Overlap of tokens.
        case jaccard
    }

    /// The feature.
    public let feature: FeatureID
    /// What the others are ranked by.
    public let ranking: Ranking
    /// The prompts that count, as a filter is written; `nil` for all.
    public let filter: String?
    /// How many prompts these are.
    public let promptCount: Int
    /// Tokens that count, active or not.
    public let countedTokens: Int
    /// Tokens where the feature is active.
    public let activeTokens: Int
    /// Features that are active at some of these tokens.
    public let partnerCount: Int
    /// The most correlated of them.
    public let correlated: [Correlated]

    /// A feature that fires where another does.
    public struct Correlated: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label, a person's or the automatic one.
        public let label: String?
        /// Tokens where it is active.
        public let activeTokens: Int
        /// Tokens where both are active.
        public let coactiveTokens: Int
        /// Tokens where both are active / tokens where either is, in 0…1.
        public let jaccard: Double
        /// Pearson's correlation of the two activations over all counted tokens; 0 where one of them never varies.
        public let pearson: Double
    }
}

extension Coactivation {
    /// Tokens where both are active / tokens where either is.
    func jaccard(_ partner: Partner) -> Double {
        Double(partner.coactiveTokens)
            / Double(own.activeTokens + partner.firings.activeTokens - partner.coactiveTokens)
    }

    /// Pearson's correlation of the activations over the counted tokens.
    func pearson(_ partner: Partner) -> Double {
        let count = Double(countedTokens)
        let covariance = count * partner.productSum - own.sum * partner.firings.sum
        let variances = [own, partner.firings].map { count * $0.squareSum - $0.sum * $0.sum }
        guard variances.allSatisfy({ $0 > 0 }) else { return 0 }
        return covariance / (variances[0].squareRoot() * variances[1].squareRoot())
    }
}

/// Which features are correlated with one.
extension AtlasReader {
    /// The features most correlated with one, over every counted token of the prompts and never within a batch of them.
    ///
    /// Features that are never active at the same token are not ranked, however negative their correlation. Equals are
    /// in order of layer and index.
    ///
    /// - Parameters:
    ///   - ranking: what comes first
    ///   - filter: the prompts that count
    ///   - limit: how many features are told
    /// - Complexity: that of ``coactivation(of:where:)``
    public func correlated(
        with feature: FeatureID, by ranking: CorrelatedFeatures.Ranking = .pearson, where filter: PromptFilter = .all,
        limit: Int = 20
    ) throws -> CorrelatedFeatures {
        try ask("asking for correlated features") { db in
            try requireAllActivations(for: "correlation of activations", db)
            try requireFired(feature, db)
            let coactivation = try coactivation(of: feature, where: filter, db)
            let ranked = coactivation.partners
                .map { ($0, ranking == .pearson ? coactivation.pearson($0) : coactivation.jaccard($0)) }
                .sorted { ($1.1, $0.0.feature) < ($0.1, $1.0.feature) }
            return CorrelatedFeatures(
                feature: feature, ranking: ranking, filter: filter.conditions.isEmpty ? nil : "\(filter)",
                promptCount: coactivation.promptCount, countedTokens: coactivation.countedTokens,
                activeTokens: coactivation.own.activeTokens, partnerCount: coactivation.partners.count,
                correlated: try ranked.prefix(limit).map { partner, _ in
                    CorrelatedFeatures.Correlated(
                        feature: partner.feature, label: try shownLabel(of: partner.feature, db).label,
                        activeTokens: partner.firings.activeTokens, coactiveTokens: partner.coactiveTokens,
                        jaccard: coactivation.jaccard(partner), pearson: coactivation.pearson(partner))
                })
        }
    }
}
