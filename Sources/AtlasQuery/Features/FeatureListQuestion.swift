import AtlasStore
import Circuits
import GRDB

/// A feature as a list shows it.
public struct FeatureListItem: Codable, Sendable, Equatable {
    /// The feature.
    public let feature: FeatureID
    /// Its label, up to 400 characters of it.
    public let label: String?
    /// Whether no person gave the label.
    public let labelIsAutomatic: Bool
    /// Counted tokens it is active at.
    public let activeTokens: Int
    /// Tokens that were looked at.
    public let countedTokens: Int
    /// Prompts it is active in.
    public let activePrompts: Int
    /// Prompts that were looked at.
    public let countedPrompts: Int
    /// Its largest activation.
    public let maximum: Double
    /// Its mean activation over active tokens.
    public let mean: Double
    /// Its most negative activation; `nil` for a feature that is never negative.
    public let minimum: Double?
    /// Of the active tokens those where it is negative; `nil` for a feature that is never negative.
    public let negativeTokens: Int?
}

/// The orders in which features are listed.
public enum FeatureOrder: String, CaseIterable, Sendable {
    /// By layer and index.
    case feature
    /// Those active at most tokens first.
    case density
    /// Those active in most prompts first.
    case prompts
    /// Those of the largest activation first.
    case maximum
    /// Those of the largest mean activation first.
    case mean
    /// Those of the most negative activation first, and those that are never negative last.
    case minimum

    var sql: String {
        switch self {
        case .feature: "ORDER BY s.layer, s.feature_index"
        case .density: "ORDER BY s.active_tokens DESC, s.layer, s.feature_index"
        case .prompts: "ORDER BY s.active_prompts DESC, s.layer, s.feature_index"
        case .maximum: "ORDER BY s.maximum DESC, s.layer, s.feature_index"
        case .mean: "ORDER BY s.activation_sum / s.active_tokens DESC, s.layer, s.feature_index"
        case .minimum:
            """
            ORDER BY (SELECT n.minimum FROM feature_negative_tails n WHERE n.layer = s.layer
                AND n.feature_index = s.feature_index) NULLS LAST, s.layer, s.feature_index
            """
        }
    }
}

/// Which features there are.
extension AtlasReader {
    /// The features that fire, in an order.
    ///
    /// - Parameters:
    ///   - layer: only those of this layer
    ///   - words: only those whose label or note contains the words, as for ``search(_:limit:)``, or the one that is
    ///     written like this
    public func featureList(
        layer: Int? = nil, containing words: String? = nil, order: FeatureOrder = .feature,
        range: ListRange = ListRange()
    ) throws -> ItemList<FeatureListItem> {
        try ask("listing features") { db in
            try requireDerivation(db)
            var clauses: [String] = []
            var arguments: [any DatabaseValueConvertible] = []
            if let layer {
                clauses.append("s.layer = ?")
                arguments.append(layer)
            }
            if let words, let feature = FeatureID(words) {
                clauses.append("s.layer = ? AND s.feature_index = ?")
                arguments += [feature.layer, feature.index]
            } else if let words, let pattern = Self.searchPattern(words) {
                clauses.append(
                    "s.layer << 24 | s.feature_index IN (SELECT rowid >> 1 FROM label_search WHERE label_search MATCH ?)"
                )
                arguments.append(pattern)
            }
            let condition = clauses.isEmpty ? "" : "WHERE " + clauses.joined(separator: " AND ")
            let total = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM feature_statistics s \(condition)",
                arguments: StatementArguments(arguments))!
            // The labels are joined to the rows of one page only.
            let keys = try StoredRow.fetchAll(
                db,
                sql: """
                    SELECT s.layer, s.feature_index FROM feature_statistics s \(condition) \(order.sql) LIMIT ? OFFSET ?
                    """,
                arguments: StatementArguments(arguments + [range.limit, range.offset]))
            let items = try keys.map { key -> FeatureListItem in
                let feature = try storedFeature(in: key)
                let row = try StoredRow.fetchExisting(
                    db.cachedStatement(sql: Self.featureSummary), "feature_statistics",
                    arguments: [feature.layer, feature.index])
                return try FeatureListItem(
                    feature: feature, label: (row["label"] as String?)?.shortened(to: String.nameLimit),
                    labelIsAutomatic: row["label_is_automatic"],
                    activeTokens: row["active_tokens"], countedTokens: row["counted_tokens"],
                    activePrompts: row["active_prompts"], countedPrompts: row["counted_prompts"],
                    maximum: row["maximum"], mean: row["mean"], minimum: row["minimum"],
                    negativeTokens: row.isNull("minimum") ? nil : row["negative_tokens"])
            }
            return ItemList(items: items, total: total, offset: range.offset)
        }
    }
}
