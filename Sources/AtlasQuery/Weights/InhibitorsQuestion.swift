import AtlasStore
import Circuits
import GRDB

/// What may keep a feature silent.
extension AtlasReader {
    /// The features with negative weights into a feature that fire where it is silent but expected.
    ///
    /// - Parameters:
    ///   - weights: of the atlas's model
    ///   - filter: the prompts whose tokens count
    ///   - limit: how many inhibitors are told
    ///   - jobs: threads that read weights
    /// - Complexity: unpacks the activations of prompts where the feature fires or is expected
    public func inhibitors(
        of feature: FeatureID, weights: any FeatureWeights, where filter: PromptFilter = .all, limit: Int = 20,
        jobs: Int = 1
    ) throws -> InhibitorsReport {
        try weights.requireModel(of: atlas)
        return try ask("asking what inhibits a feature") { db in
            try requireFired(feature, db)
            let global = try globalWeights(of: feature, .upstream, weights, where: filter, jobs: jobs, db)
            let sources = positiveSources(global)
            let group: Set<Int>? =
                filter.conditions.isEmpty ? nil : Set(try prompts(where: filter, needGraphs: false, db))
            let tokens = try ExpectedTokens(of: feature, sources: sources, among: group, reader: self, db)
            let inhibitors = try tokens.activity(reader: self, db).compactMap { other, activity in
                try inhibitor(other, activity, silentTokens: tokens.silentCount, of: feature, global, db)
            }
            let ranked = inhibitors.sorted { left, right in
                let (first, second) = (left.silentShare - left.activeShare, right.silentShare - right.activeShare)
                return first != second ? first > second : left.feature < right.feature
            }
            return InhibitorsReport(
                feature: feature, filter: filter.conditions.isEmpty ? nil : "\(filter)",
                countedTokens: global.coactivation.countedTokens, activeTokens: global.coactivation.own.activeTokens,
                sources: try sources.map {
                    .init(feature: $0.feature, label: try shownLabel(of: $0.feature, db).label, twera: $0.twera)
                },
                expectedTokens: tokens.expectedCount, silentTokens: tokens.silentCount,
                inhibitors: Array(ranked.prefix(limit)))
        }
    }

    /// The features of largest positive TWERA.
    private func positiveSources(_ global: GlobalWeights) -> [ExpectedTokens.Source] {
        global.coactivation.partners.compactMap { partner in
            global.weight(with: partner.feature).map {
                ExpectedTokens.Source(feature: partner.feature, twera: $0.twera)
            }
        }.filter { $0.twera > 0 }.sorted { ($1.twera, $0.feature) < ($0.twera, $1.feature) }
            .prefix(InhibitorsReport.sourceCount).map { $0 }
    }

    /// What is told of a feature that is active at silent tokens; `nil` where it is no inhibitor.
    private func inhibitor(
        _ other: FeatureID, _ activity: ExpectedTokens.Activity, silentTokens: Int, of feature: FeatureID,
        _ global: GlobalWeights, _ db: Database
    ) throws -> InhibitorsReport.Inhibitor? {
        guard let weight = global.weight(with: other) else { return nil }
        let silentShare = Double(activity.tokens) / Double(silentTokens)
        let active = global.coactivation.own.activeTokens
        let activeShare = active == 0 ? 0 : Double(weight.coactiveTokens) / Double(active)
        guard silentShare > activeShare else { return nil }
        let edge = try storedEdge(
            from: NodeKey(other), to: NodeKey(feature), told: NodeName(kind: "feature", feature: other), label: nil, db)
        let isLarge =
            weight.virtualWeight < 0
            && weight.virtualWeight.magnitude >= global.magnitude(ofTop: InhibitorsReport.largeWeightShare)
        guard isLarge || edge.mean < 0 else { return nil }
        return InhibitorsReport.Inhibitor(
            feature: other, label: try shownLabel(of: other, db).label, virtualWeight: weight.virtualWeight,
            meanEdge: edge.mean,
            edgeSupport: edge.support, silentTokens: activity.tokens, silentShare: silentShare,
            activeShare: activeShare, lift: activeShare > 0 ? silentShare / activeShare : nil,
            meanInhibition: activity.sum / Double(silentTokens) * weight.virtualWeight)
    }
}

/// The tokens where a feature's strongest sources are active and it is not.
struct ExpectedTokens {
    /// A feature that drives the one asked about.
    struct Source {
        let feature: FeatureID
        let twera: Double
    }

    /// How a feature fires at the silent tokens.
    struct Activity {
        var tokens = 0
        var sum = 0.0
    }

    let expectedCount: Int
    let silentCount: Int
    private let feature: FeatureID
    /// Silent positions by prompt.
    private let silent: [Int: Set<Int>]

    private struct Token: Hashable {
        let prompt: Int
        let position: Int
    }

    init(of feature: FeatureID, sources: [Source], among group: Set<Int>?, reader: AtlasReader, _ db: Database) throws {
        self.feature = feature
        var held: [Token: Double] = [:]
        var total = 0.0
        for source in sources {
            total += source.twera
            for firing in try reader.firings(of: source.feature, db) where group?.contains(firing.promptID) ?? true {
                held[Token(prompt: firing.promptID, position: firing.position), default: 0] += source.twera
            }
        }
        var silent = held.filter { $0.value >= total / 2 }
        expectedCount = silent.count
        for firing in try reader.firings(of: feature, db) {
            silent[Token(prompt: firing.promptID, position: firing.position)] = nil
        }
        silentCount = silent.count
        self.silent = Dictionary(grouping: silent.keys, by: \.prompt).mapValues { Set($0.map(\.position)) }
    }

    /// How the features of earlier layers fire at the silent tokens.
    func activity(reader: AtlasReader, _ db: Database) throws -> [FeatureID: Activity] {
        var activity: [FeatureID: Activity] = [:]
        for prompt in try reader.canonical(Array(silent.keys), db) {
            let positions = silent[prompt]!
            let active = try reader.storedActivations(of: prompt, db)
            for entry in active where entry.layer < feature.layer && positions.contains(entry.position) {
                activity[entry.feature, default: Activity()].tokens += 1
                activity[entry.feature, default: Activity()].sum += Double(entry.activation)
            }
        }
        return activity
    }
}
