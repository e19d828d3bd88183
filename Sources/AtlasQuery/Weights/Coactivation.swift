import AtlasStore
import Circuits
import Foundation
import GRDB

/// How one feature fires together with every other: sums over the counted tokens of a group of prompts.
///
/// Everything that expected weights and correlations need of a pair of features; see ``GlobalWeight``. A feature is
/// active at a token where its stored activation is not zero, and fires there where it is above zero: the same but for
/// transcoders whose activations may be negative.
public struct Coactivation: Codable, Sendable, Equatable {
    /// The feature whose tokens were looked at.
    public let feature: FeatureID
    /// Prompts in the group.
    public let promptCount: Int
    /// Tokens of the group that count.
    public let countedTokens: Int
    /// How the feature fires by itself.
    public let own: Firings
    /// The features that are active at some token where this one is, in order of layer and index; never itself.
    public let partners: [Partner]

    /// How one feature fires over the group's counted tokens.
    public struct Firings: Codable, Sendable, Equatable {
        /// Tokens where it is active.
        public var activeTokens = 0
        /// Sum of its activations.
        public var sum = 0.0
        /// Sum of their squares.
        public var squareSum = 0.0
    }

    /// Another feature, and how the two fire together.
    public struct Partner: Codable, Sendable, Equatable {
        /// The other feature.
        public let feature: FeatureID
        /// How it fires by itself.
        public let firings: Firings
        /// Tokens where both are active.
        public let coactiveTokens: Int
        /// Sum over tokens of the product of both activations.
        public let productSum: Double
        /// Sum of the first feature's activations over tokens where the partner fires.
        public let ownSum: Double
        /// Sum of the partner's activations over tokens where the first feature fires.
        public let partnerSum: Double
    }

    /// The partner that is this feature; `nil` where the two are never active at the same token.
    public func partner(_ feature: FeatureID) -> Partner? {
        var (low, high) = (0, partners.count)
        while low < high {
            let middle = (low + high) / 2
            if partners[middle].feature < feature { low = middle + 1 } else { high = middle }
        }
        return low < partners.count && partners[low].feature == feature ? partners[low] : nil
    }
}

/// Which features fire together with one.
extension AtlasReader {
    static let firingsOfFeature = """
        SELECT active_tokens, activation_sum, activation_square_sum FROM feature_statistics
        WHERE layer = ? AND feature_index = ?
        """
    static let canonicalOrder = """
        SELECT p.id FROM json_each(?) j CROSS JOIN prompts p ON p.id = j.value ORDER BY p.content_hash
        """

    /// How a feature fires together with every other.
    ///
    /// - Parameter filter: the prompts that count
    /// - Complexity: unpacks the activations of every prompt where the feature fires; of a group given, all of them
    public func coactivation(of feature: FeatureID, where filter: PromptFilter = .all) throws -> Coactivation {
        try ask("asking which features fire together") { db in
            try requireFired(feature, db)
            return try coactivation(of: feature, where: filter, db)
        }
    }

    /// The same inside a question.
    ///
    /// - Parameter withPartnersFirings: whether it is told how partners fire by themselves, which is looked up for each
    func coactivation(
        of feature: FeatureID, where filter: PromptFilter, withPartnersFirings: Bool = true, _ db: Database
    ) throws -> Coactivation {
        let places = Dictionary(grouping: try firings(of: feature, db), by: \.promptID)
        let isWhole = filter.conditions.isEmpty
        let prompts =
            isWhole
            ? try canonical(Array(places.keys), db) : try self.prompts(where: filter, needGraphs: false, db)
        var sums = PairSums(identity: atlas.identity, feature: feature, needsFirings: !isWhole)
        let rows = try db.cachedStatement(sql: Self.activationsOfPrompt)
        var countedTokens = 0
        try ReadingProgress.forEach(prompts) { _, prompt in
            let row = try StoredRow.fetchExisting(rows, "prompts.id", arguments: [prompt])
            let positions: Int = try row["token_count"]
            countedTokens += try row["counted_tokens"] as Int
            let active = try activations(row["activations"], prompt: prompt, positions: positions)
            sums.add(active, own: places[prompt] ?? [])
        }
        guard isWhole else {
            return Coactivation(
                feature: feature, promptCount: prompts.count, countedTokens: countedTokens,
                own: sums.firings(of: feature)!, partners: sums.partners { sums.firings(of: $0)! })
        }
        let whole = try StoredRow.fetchExisting(
            db, "prompts.id", sql: "SELECT prompt_count, counted_tokens FROM derivation")
        return try Coactivation(
            feature: feature, promptCount: whole["prompt_count"], countedTokens: whole["counted_tokens"],
            own: try totals(of: feature, db),
            partners: try sums.partners { withPartnersFirings ? try totals(of: $0, db) : Coactivation.Firings() })
    }

    /// How a feature that fires somewhere fires over the whole atlas.
    func totals(of feature: FeatureID, _ db: Database) throws -> Coactivation.Firings {
        let statement = try db.cachedStatement(sql: Self.firingsOfFeature)
        guard let row = try StoredRow.fetchOne(statement, arguments: [feature.layer, feature.index]) else {
            return Coactivation.Firings()
        }
        return try Coactivation.Firings(
            activeTokens: row["active_tokens"], sum: row["activation_sum"], squareSum: row["activation_square_sum"])
    }

    /// Prompts in canonical order.
    package func canonical(_ prompts: [Int], _ db: Database) throws -> [Int] {
        try Int.fetchAll(db, sql: Self.canonicalOrder, arguments: [prompts.description])
    }
}

/// Running sums of one feature with every other, in arrays by feature.
private struct PairSums {
    private let identity: AtlasIdentity
    private let own: Int
    private var coactive: [Int32]
    private var product: [Double]
    private var ownSum: [Double]
    private var partnerSum: [Double]
    /// Empty where they are known from elsewhere.
    private var all: [Coactivation.Firings]

    init(identity: AtlasIdentity, feature: FeatureID, needsFirings: Bool) {
        self.identity = identity
        own = feature.layer * identity.featuresPerLayer + feature.index
        coactive = [Int32](repeating: 0, count: identity.featureCount)
        product = [Double](repeating: 0, count: identity.featureCount)
        ownSum = product
        partnerSum = product
        all = [Coactivation.Firings](
            repeating: Coactivation.Firings(), count: needsFirings ? identity.featureCount : 0)
    }

    /// Adds the tokens of one prompt.
    mutating func add(_ active: [ActiveFeature], own firings: [Firing]) {
        // As many as were unpacked: the number of tokens that a stranger's atlas tells may be any.
        var values = [Double](repeating: 0, count: (active.map(\.position).max() ?? -1) + 1)
        for firing in firings where values.indices.contains(firing.position) {
            values[firing.position] = firing.activation
        }
        for entry in active {
            let place = entry.layer * identity.featuresPerLayer + entry.index
            let theirs = Double(entry.activation)
            if !all.isEmpty {
                all[place].activeTokens += 1
                all[place].sum += theirs
                all[place].squareSum += theirs * theirs
            }
            let ours = values[entry.position]
            guard ours != 0 else { continue }
            coactive[place] += 1
            product[place] += ours * theirs
            if theirs > 0 { ownSum[place] += ours }
            if ours > 0 { partnerSum[place] += theirs }
        }
    }

    /// How a feature fires over the prompts added; `nil` where that was not asked for.
    func firings(of feature: FeatureID) -> Coactivation.Firings? {
        all.isEmpty ? nil : all[feature.layer * identity.featuresPerLayer + feature.index]
    }

    /// Every feature that was active together with the one.
    func partners(_ firings: (FeatureID) throws -> Coactivation.Firings) rethrows -> [Coactivation.Partner] {
        try coactive.indices.filter { coactive[$0] > 0 && $0 != own }.map { place in
            let feature = FeatureID(
                layer: place / identity.featuresPerLayer, index: place % identity.featuresPerLayer)
            return Coactivation.Partner(
                feature: feature, firings: try firings(feature), coactiveTokens: Int(coactive[place]),
                productSum: product[place], ownSum: ownSum[place], partnerSum: partnerSum[place])
        }
    }
}
