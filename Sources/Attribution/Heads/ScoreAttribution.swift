import Circuits

/// Why a head looks where it looks: its score as an exact sum over pairs of sources, one on the side of the query and one
/// on that of the key.
///
///     score = scale · <query's vector, key's vector> = Σ over i, j of c(i, j)
///
/// Both vectors are sums over the graph's sources: features, errors, tokens and the bias node, each through all frozen paths
/// below the layer, norm denominators held (also those of query and key norms), positions turned. The score is the one
/// before any soft-cap.
public struct ScoreAttribution: Sendable {
    /// What one source on each side does together.
    public struct Pair: Sendable, Equatable {
        /// On the side of the query.
        public let query: NodeID
        /// On the side of the key.
        public let key: NodeID
        /// What it adds to the score.
        public let contribution: Float
    }

    /// What one source does with everything on the other side.
    public struct Share: Sendable, Equatable {
        /// The source.
        public let node: NodeID
        /// What it adds to the score.
        public let contribution: Float
    }

    /// The kinds of sources, in the order of groups.
    public enum Kind: String, Sendable, CaseIterable {
        case feature, error, token, bias
    }

    /// All pairs of two kinds together.
    public struct Group: Sendable, Equatable {
        /// On the side of the query.
        public let query: Kind
        /// On the side of the key.
        public let key: Kind
        /// What these pairs add to the score.
        public let contribution: Float
    }

    /// Which score.
    public let place: ScorePlace
    /// What the key is compared with; `nil`: nothing, the score itself is told.
    public let reference: ScorePlace.Reference?
    /// The score as the model computes it, before any soft-cap; less that of the reference where there is one.
    public let score: Float
    /// What scores approach and never reach, where the model has a cap.
    public let softCap: Float?
    /// How much of the query's attention the key has, in 0…1.
    public let weight: Float
    /// The pairs with the largest contributions, the largest first, whatever their sign.
    public let pairs: [Pair]
    /// Pairs whose contribution is not 0 for lack of a source at either side.
    public let pairCount: Int
    /// Every pair of kinds, by kind of the query, then of the key.
    public let groups: [Group]
    /// The strongest sources on the side of the query, with all that is on the side of the key.
    public let querySources: [Share]
    /// The strongest sources on the side of the key.
    public let keySources: [Share]
    /// |sum of all pairs − score| / max(1, |score|).
    public let largestViolation: Float
}
