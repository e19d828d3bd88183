import AtlasStore
import Circuits
import GRDB
import Tensors

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

/// Which features there are.
extension AtlasReader {
    static let densityOfFeature = """
        s.active_tokens >= ? * (SELECT counted_tokens FROM derivation)
        """
    static let featureIsLabelled = """
        EXISTS (SELECT 1 FROM labels l WHERE l.layer = s.layer AND l.feature_index = s.feature_index)
        """
    static let firedOfLayer = "SELECT feature_index FROM feature_statistics WHERE layer = ? ORDER BY feature_index"

    /// Features in an order: those that fire, unless the filter means the others.
    public func featureList(
        where filter: FeatureFilter = FeatureFilter(), order: FeatureOrder = FeatureOrder(),
        range: ListRange = ListRange()
    ) throws -> ItemList<FeatureListItem> {
        try ask("listing features") { db in
            try requireDerivation(db)
            guard filter.firing else { return try deadFeatures(filter, backwards: order.isBackwards, range, db) }
            var list = KeysetList(tables: "FROM feature_statistics s", order: order.keyset)
            if let layer = filter.layer { list.require("s.layer = ?", [layer]) }
            if let feature = filter.words.flatMap({ FeatureID($0) }) {
                list.require("s.layer = ? AND s.feature_index = ?", [feature.layer, feature.index])
            } else if let pattern = filter.words.flatMap({ Self.searchPattern($0) }) {
                list.require(
                    "s.layer << 24 | s.feature_index IN (SELECT rowid >> 1 FROM label_search WHERE label_search MATCH ?)",
                    [pattern])
            }
            if let density = filter.minimumDensity { list.require(Self.densityOfFeature, [density]) }
            if let labelled = filter.labelled {
                list.require(labelled ? Self.featureIsLabelled : "NOT \(Self.featureIsLabelled)")
            }
            let total = try list.count(db)
            // The labels are joined to the rows of one page only.
            let keys = try list.keys(range, db)
            let items = try keys.map { try firedItem(storedFeature($0), db) }
            return ItemList(
                items: items, total: total, offset: range.offset, lastKey: keys.last, isFull: keys.count == range.limit)
        }
    }

    private func firedItem(_ feature: FeatureID, _ db: Database) throws -> FeatureListItem {
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

    /// The features that fire nowhere, by layer and index: what the tables leave out, found layer by layer.
    private func deadFeatures(
        _ filter: FeatureFilter, backwards: Bool, _ range: ListRange, _ db: Database
    ) throws -> ItemList<FeatureListItem> {
        let counts = try StoredRow.fetchExisting(
            db, "derivation", sql: "SELECT counted_tokens, prompt_count FROM derivation")
        let (tokens, prompts): (Int, Int) = try (counts["counted_tokens"], counts["prompt_count"])
        let identity = atlas.identity
        let labels = try labelsOfPeople(db)
        let wanted = filter.words.flatMap { FeatureID($0) }
        // A label is all that can be searched for, of a feature without examples.
        let found = try wanted == nil ? filter.words.flatMap { Self.searchPattern($0) }.map { try named($0, db) } : nil
        // Nothing is active at a share of the tokens and dead.
        let layers =
            filter.minimumDensity ?? 0 > 0
            ? []
            : Array(0..<identity.layerCount).filter {
                filter.layer ?? $0 == $0
            }
        var dead: [FeatureID] = []
        for layer in layers {
            try Cancellation.check()
            var isFired = [Bool](repeating: false, count: identity.featuresPerLayer)
            for index in try Int.fetchAll(db, sql: Self.firedOfLayer, arguments: [layer])
            where isFired.indices ~= index { isFired[index] = true }
            for index in isFired.indices where !isFired[index] {
                let feature = FeatureID(layer: layer, index: index)
                guard wanted ?? feature == feature, found?.contains(feature) ?? true,
                    filter.labelled.map({ $0 == (labels[feature] != nil) }) ?? true
                else { continue }
                dead.append(feature)
            }
        }
        if backwards { dead.reverse() }
        return range.part(of: dead).mapped { feature in
            FeatureListItem(
                feature: feature, label: labels[feature]?.shortened(to: String.nameLimit),
                labelIsAutomatic: false, activeTokens: 0, countedTokens: tokens, activePrompts: 0,
                countedPrompts: prompts, maximum: 0, mean: 0, minimum: nil, negativeTokens: nil)
        }
    }

    private func labelsOfPeople(_ db: Database) throws -> [FeatureID: String] {
        try StoredRow.fetchAll(db, sql: Self.allLabels).reduce(into: [:]) { labels, row in
            labels[try storedFeature(in: row)] = try row["label"]
        }
    }

    /// The features whose label or note matches.
    private func named(_ pattern: String, _ db: Database) throws -> Set<FeatureID> {
        let keys = try Int64.fetchAll(
            db, sql: "SELECT rowid FROM label_search WHERE label_search MATCH ?", arguments: [pattern])
        return Set(keys.compactMap { NodeKey(rawValue: $0 >> 1).feature })
    }
}
