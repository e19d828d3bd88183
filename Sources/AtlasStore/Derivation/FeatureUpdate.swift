import Circuits
import Foundation
import GRDB

/// Adds the activations of new prompts to what is derived of features.
///
/// Counts and sums are added; the strongest examples and the samples are chosen among those that were chosen and the new
/// prompts, which gives what a choice among all gives. Only where a tail goes further than before, so that its bins and
/// intervals move, all its activations are read again, from the postings. A rebuild gives the same but for the order of
/// sums.
struct FeatureUpdate {
    let identity: AtlasIdentity
    /// What is derived already.
    let extent: DerivationExtent

    /// Features that are read, changed and written together.
    private static let featuresATime = 8_192

    /// Adds the prompts beyond `extent`; their postings are not written yet.
    ///
    /// - Parameter labels: names the features whose strongest examples changed
    /// - Returns: whether they could be added: not where features that had fired before have got token effects since, so
    ///   that they have to be named anew
    func run(_ db: Database, prompts: CanonicalPrompts, labels: LabelUpdate) throws -> Bool {
        let activations = try FeatureActivations(
            db, identity: identity, order: .canonical, after: extent.lastPrompt)
        let touched = (0..<identity.featureCount).filter { activations.starts[$0] < activations.starts[$0 + 1] }
        try db.execute(sql: "CREATE TEMP TABLE updated_features (layer INTEGER, feature_index INTEGER)")
        let insertion = try BulkInsertion(db, into: "temp.updated_features", columns: ["layer", "feature_index"])
        for feature in touched {
            let id = identity.feature(numbered: feature)
            for value in [id.layer, id.index] { insertion.bind(value) }
            try insertion.step()
        }
        defer { try? db.execute(sql: "DROP TABLE temp.updated_features") }
        guard try !hasNewTokenEffects(db) else { return false }
        let hashes = try PromptHashes(db)
        for start in stride(from: 0, to: touched.count, by: Self.featuresATime) {
            let features = touched[start..<min(start + Self.featuresATime, touched.count)]
            let update = try FeatureBatchUpdate(
                db, identity: identity, features: features, activations: activations, prompts: prompts,
                hashes: hashes)
            try update.write(db)
            try labels.name(update.renamed, db)
        }
        return true
    }

    /// Whether token effects came in for features that had fired before.
    private func hasNewTokenEffects(_ db: Database) throws -> Bool {
        let added = try Int.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM token_effects) - (SELECT token_effect_count FROM derivation)
                """)!
        guard added != 0 else { return false }
        let own = try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM temp.updated_features f
                CROSS JOIN (SELECT 'output' AS kind UNION ALL SELECT 'input') k
                CROSS JOIN token_effects e
                    ON e.kind = k.kind AND e.layer = f.layer AND e.feature_index = f.feature_index
                WHERE NOT EXISTS (SELECT 1 FROM feature_statistics s
                    WHERE s.layer = f.layer AND s.feature_index = f.feature_index)
                """)!
        return own != added
    }
}

/// What new prompts change of some features.
private struct FeatureBatchUpdate {
    private struct Change {
        var totals: FeatureRows.Totals
        var tails: [FeatureTail: TailContent] = [:]
        /// The name of the negative side until it is named anew.
        var negativeLabel = ""
        /// Whether the strongest examples of a tail changed.
        var isRenamed = false
    }

    private let identity: AtlasIdentity
    private let features: ArraySlice<Int>
    private let stored: StoredTails
    private var changes: [Change] = []
    /// Features whose strongest examples changed, with these.
    private(set) var renamed: [LabelUpdate.Strongest] = []

    private func id(_ feature: Int) -> FeatureID { identity.feature(numbered: feature) }

    init(
        _ db: Database, identity: AtlasIdentity, features: ArraySlice<Int>, activations: FeatureActivations,
        prompts: CanonicalPrompts, hashes: PromptHashes
    ) throws {
        self.identity = identity
        self.features = features
        let rows = features.startIndex + 1...features.endIndex
        stored = try StoredTails(db, rows: rows)
        var further: [(place: Int, tail: FeatureTail)] = []
        for (place, feature) in features.enumerated() {
            let row = rows.lowerBound + place
            let entries = activations.starts[feature]..<activations.starts[feature + 1]
            var change = Change(totals: activations.totals(of: entries))
            change.negativeLabel = stored.negativeLabels[row] ?? ""
            if let before = stored.totals[row] { change.totals.add(before) }
            for tail in FeatureTail.allCases {
                let before = stored.tails[tail]?[row]
                let added = TailContent(
                    activations, entries: entries, tail: tail, feature: id(feature),
                    hashPrefixes: prompts.hashPrefixes, reaching: before?.size ?? 0
                ) { prompts.ids[$0] }
                guard var content = before ?? added else { continue }
                if let before, let added {
                    if added.size > before.size {
                        further.append((place, tail))
                    } else {
                        let extremes = activations.extremes(of: entries, tail: tail).map {
                            StoredExample(
                                prompt: prompts.ids[$0.ordinal], position: $0.position, activation: $0.activation)
                        }
                        content.add(
                            added, extremes: extremes, feature: id(feature), hashPrefix: hashes.callAsFunction)
                    }
                }
                change.tails[tail] = content
                if content.bands[0] != before?.bands[0] { change.isRenamed = true }
            }
            changes.append(change)
        }
        try readAll(further, rows, activations, prompts, hashes, db)
        for (place, feature) in features.enumerated() {
            let isNew = stored.totals[rows.lowerBound + place] == nil
            let change = changes[place]
            guard isNew || change.isRenamed else { continue }
            renamed.append((id(feature), change.tails.mapValues { $0.bands[0] }))
        }
    }

    /// Derives the tails that go further than before from all their activations.
    private mutating func readAll(
        _ further: [(place: Int, tail: FeatureTail)], _ rows: ClosedRange<Int>,
        _ activations: FeatureActivations, _ prompts: CanonicalPrompts, _ hashes: PromptHashes, _ db: Database
    ) throws {
        guard !further.isEmpty else { return }
        let ids = further.map { id(features[features.startIndex + $0.place]) }
        let postings = try StoredPostings(db, of: Set(ids))
        for ((place, tail), id) in zip(further, ids) {
            let feature = features[features.startIndex + place]
            var entries = postings[id]
            for entry in activations.starts[feature]..<activations.starts[feature + 1] {
                entries.append(
                    StoredExample(
                        prompt: prompts.ids[Int(activations.prompts[entry])],
                        position: Int(activations.positions[entry]), activation: activations.values[entry]))
            }
            let (all, ids) = FeatureActivations.ofOneFeature(entries, hashes: hashes)
            let content = TailContent(
                all, entries: 0..<entries.count, tail: tail, feature: id,
                hashPrefixes: ids.map(hashes.callAsFunction)
            ) { ids[$0] }!
            let before = stored.tails[tail]?[rows.lowerBound + place]
            changes[place].tails[tail] = content
            if content.bands[0] != before?.bands[0] { changes[place].isRenamed = true }
        }
    }

    /// Puts the changed rows in the place of those that are there.
    func write(_ db: Database) throws {
        let rows = try ReplacedFeatureRows(db, replacing: stored.digests)
        for (place, (feature, change)) in zip(features, changes).enumerated() {
            try rows.replace(change.totals, histogram: change.tails[.positive]?.histogram, of: id(feature))
            if let negative = change.tails[.negative] {
                try rows.replace(negative: negative, label: change.negativeLabel, of: id(feature))
            }
            for (tail, content) in change.tails {
                let before = stored.tails[tail]?[features.startIndex + 1 + place]
                try rows.replace(before, by: content, of: id(feature), tail)
            }
        }
        try rows.finish(db)
    }
}
