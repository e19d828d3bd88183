import AtlasQuery

/// The pairs of sources that make a head look where it looks, over prompts of an atlas.
public struct HeadPairsReport: Codable, Sendable, Equatable {
    /// A source without its position: a feature, a token, the errors of a layer, or the bias.
    public struct Source: Codable, Sendable, Equatable {
        /// What it is.
        public let node: NodeName
        /// A feature's label.
        public let label: String?
    }

    /// Where a pair was found.
    public struct Example: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// Where the head looks from.
        public let query: Int
        /// Where it looks to.
        public let key: Int
        /// The share of the query's attention that the key has.
        public let weight: Double
        /// What the pair adds to the score there.
        public let contribution: Double
    }

    /// One source on each side.
    public struct Pair: Codable, Sendable, Equatable {
        /// On the side of the query.
        public let query: Source
        /// On the side of the key.
        public let key: Source
        /// Scores among whose strongest pairs it is.
        public let count: Int
        /// What it adds to the score, less that of the mean key: the mean over these.
        public let mean: Double
        /// The standard deviation over these; 0 for one.
        public let spread: Double
        /// Where it adds most, at most three.
        public let examples: [Example]
    }

    /// The head's layer.
    public let layer: Int
    /// The head.
    public let head: Int
    /// Scores that were taken apart, one a prompt: of the prompts with the strongest edges through the head.
    public let scoreCount: Int
    /// Of each score so many of the strongest pairs are counted.
    public let pairsAScore: Int
    /// By the sum of sizes over the scores, the largest first.
    public let pairs: [Pair]
}
