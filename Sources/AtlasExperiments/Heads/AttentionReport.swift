import AtlasQuery
import Attribution
import Circuits

/// Why a head looks from one position of a prompt to another.
public struct AttentionReport: Codable, Sendable, Equatable {
    /// A position with its token.
    public struct Place: Codable, Sendable, Equatable {
        /// The position.
        public let position: Int
        /// The token's text.
        public let token: String
    }

    /// What one source on each side adds to the score together.
    public struct Pair: Codable, Sendable, Equatable {
        /// On the side of the query.
        public let query: NamedNode
        /// On the side of the key.
        public let key: NamedNode
        /// What it adds.
        public let contribution: Double
    }

    /// What one source adds with everything on the other side.
    public struct Share: Codable, Sendable, Equatable {
        /// The source.
        public let node: NamedNode
        /// What it adds.
        public let contribution: Double
    }

    /// What all pairs of two kinds add.
    public struct Group: Codable, Sendable, Equatable {
        /// The kind on the side of the query: `feature`, `error`, `token`, `bias`.
        public let query: String
        /// The kind on the side of the key.
        public let key: String
        /// What they add.
        public let contribution: Double
    }

    /// The head's layer.
    public let layer: Int
    /// The head.
    public let head: Int
    /// Where it looks from.
    public let query: Place
    /// Where it looks to.
    public let key: Place
    /// The key that this one is compared with; `nil` where it is none, or the mean.
    public let against: Place?
    /// Whether the key is compared with the mean over all keys that the query reaches.
    public let isAgainstMean: Bool
    /// The score before the softmax and before any soft-cap; less that of what it is compared with.
    public let score: Double
    /// What scores approach and never reach, where the model has a cap; pairs explain the score before it.
    public let softCap: Double?
    /// The share of the query's attention that the key has, in 0…1.
    public let weight: Double
    /// The pairs with the largest contributions, the largest first, whatever their sign.
    public let pairs: [Pair]
    /// Pairs of sources in all.
    public let pairCount: Int
    /// Every pair of kinds; their contributions sum to the score.
    public let groups: [Group]
    /// The strongest sources on the side of the query.
    public let querySources: [Share]
    /// The strongest sources on the side of the key.
    public let keySources: [Share]
    /// |sum of all pairs − score| / max(1, |score|): rounding only.
    public let largestViolation: Double

    /// Puts names to what was found.
    ///
    /// - Parameter tokens: the prompt's tokens as texts
    public init(
        _ found: ScoreAttribution, tokens: [String], label: (FeatureID) -> String? = { _ in nil }
    ) {
        func place(_ position: Int) -> Place { Place(position: position, token: tokens[position]) }
        func named(_ node: NodeID) -> NamedNode { NamedNode(node, tokens: tokens, label: label) }
        func share(_ share: ScoreAttribution.Share) -> Share {
            Share(node: named(share.node), contribution: Double(share.contribution))
        }
        layer = found.place.layer
        head = found.place.head
        query = place(found.place.query)
        key = place(found.place.key)
        if case .key(let other) = found.reference { against = place(other) } else { against = nil }
        isAgainstMean = found.reference == .mean
        score = Double(found.score)
        softCap = found.softCap.map(Double.init)
        weight = Double(found.weight)
        pairs = found.pairs.map {
            Pair(query: named($0.query), key: named($0.key), contribution: Double($0.contribution))
        }
        pairCount = found.pairCount
        groups = found.groups.map {
            Group(query: $0.query.rawValue, key: $0.key.rawValue, contribution: Double($0.contribution))
        }
        querySources = found.querySources.map(share)
        keySources = found.keySources.map(share)
        largestViolation = Double(found.largestViolation)
    }
}
