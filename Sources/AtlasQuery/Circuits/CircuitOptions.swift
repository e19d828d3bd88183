import Circuits

/// What a circuit is grown from.
public enum CircuitSeed: Codable, Hashable, Sendable {
    /// A token's logit.
    case token(Int)
    /// A feature.
    case feature(FeatureID)
    /// Everything that the graph of one prompt explains, weighted by probability.
    case prompt(Int)
    /// Everything that the graphs of a group of prompts explain, weighted by probability.
    case group(PromptFilter)
}

extension CircuitSeed {
    private enum CodingKeys: CodingKey { case token, feature, prompt, group }

    /// Reads what ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let seeds: [CircuitSeed?] = [
            try container.decodeIfPresent(Int.self, forKey: .token).map { .token($0) },
            try container.decodeIfPresent(FeatureID.self, forKey: .feature).map { .feature($0) },
            try container.decodeIfPresent(Int.self, forKey: .prompt).map { .prompt($0) },
            try container.decodeIfPresent(PromptFilter.self, forKey: .group).map { .group($0) },
        ]
        guard let seed = seeds.compactMap(\.self).first else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "expected token, feature, prompt or group"))
        }
        self = seed
    }

    /// Writes one member, named after the case.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .token(let token): try container.encode(token, forKey: .token)
        case .feature(let feature): try container.encode(feature, forKey: .feature)
        case .prompt(let prompt): try container.encode(prompt, forKey: .prompt)
        case .group(let filter): try container.encode(filter, forKey: .group)
        }
    }
}

/// What nodes of a circuit are chosen by.
public enum CircuitRanking: String, Codable, Hashable, Sendable, CaseIterable {
    /// Influence on the seed, which has no sign.
    case influence
    /// The size of their mean effect on the answer's lead over its strongest rival: what decides the answer.
    case effect
}

/// How a circuit is grown and pruned.
public struct CircuitOptions: Codable, Hashable, Sendable {
    /// How many features and tokens join the seed.
    public var size = 50
    /// What decides which nodes join and stay.
    public var ranking = CircuitRanking.influence
    /// The share of the joined nodes' influence, or effects' sizes, that is kept; growing is already a choice by influence, so by default
    /// all of it.
    public var nodeThreshold = 1.0
    /// The share of the scores of edges between kept nodes that is kept.
    public var edgeThreshold = Pruning.viewingThresholds.edge
    /// The prompts that a token's or a feature's circuit is made from; all unless given.
    public var group: PromptFilter?
    /// How many stored graphs are added up at most: the first in canonical order, which is that of a hash, and so a
    /// sample without preference.
    public var promptLimit = 200
    /// How many stored edges these graphs hold at most; the graphs after that are left out. The first always counts.
    public var storedEdgeLimit = 2_000_000

    /// Features of the circuit of which the strongest inputs join as well, whatever their influence; others are passed over.
    public var expanded: [FeatureID] = []

    /// How many inputs of an expanded feature join.
    public static let expansion = 6

    /// The usual.
    public init() {}

    /// Grows to `size`, the rest as usual.
    public init(size: Int) { self.size = size }
}

/// An input of a feature that global weights name: for growing a circuit without stored edges.
struct GlobalInput {
    /// The feature that affects.
    let source: FeatureID
    /// The signed weight.
    let weight: Double
    /// In how many tokens both fire.
    let coactivations: Int
}
