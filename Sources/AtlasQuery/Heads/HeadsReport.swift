import Circuits

/// The heads of the model, by what they do across the prompts of an atlas.
public struct HeadsReport: Codable, Sendable, Equatable {
    /// One head.
    public struct Head: Codable, Sendable, Equatable {
        /// Its layer.
        public let layer: Int
        /// The head.
        public let head: Int
        /// The share of its attention that goes to the position before: means over all positions but the first, here and
        /// below.
        public let previous: Double
        /// The share that goes to earlier positions with the same token.
        public let same: Double
        /// The share that goes to the prompt's first position.
        public let first: Double
        /// How many positions back it looks.
        public let distance: Double
        /// The entropy of its attention over the keys, in nats.
        public let entropy: Double
        /// Its share of the absolute loadings of all stored edges.
        public let share: Double
        /// Stored edges of which it is a main head.
        public let edgeCount: Int
    }

    /// Layers of the model.
    public let layerCount: Int
    /// Heads a layer.
    public let headCount: Int
    /// Graphs whose edges' heads are stored: what is told is over these.
    public let graphCount: Int
    /// Graphs without.
    public let lackingCount: Int
    /// By layer, then head.
    public let heads: [Head]
}

/// The heads that carry a feature: through which its outgoing edges go, across the prompts of an atlas.
public struct FeatureHeadsReport: Codable, Sendable, Equatable {
    /// One head.
    public struct Head: Codable, Sendable, Equatable {
        /// Its layer.
        public let layer: Int
        /// The head.
        public let head: Int
        /// Its share of the absolute loadings of the feature's outgoing edges.
        public let share: Double
        /// The sum of its loadings, signed.
        public let loading: Double
        /// Outgoing edges of which it is a main head.
        public let edgeCount: Int
        /// Prompts with such an edge.
        public let promptCount: Int
    }

    /// The feature.
    public let feature: FeatureID
    /// What it is called.
    public let label: String?
    /// Graphs whose edges' heads are stored.
    public let graphCount: Int
    /// Outgoing edges of the feature in these.
    public let edgeCount: Int
    /// The share of the feature's absolute outgoing weights whose edges pass no head, staying at their position.
    public let ownPositionShare: Double
    /// Heads by share, the largest first.
    public let heads: [Head]
}

/// What one head carries across the prompts of an atlas.
public struct HeadReport: Codable, Sendable, Equatable {
    /// A feature that the head carries, or brings something to.
    public struct Feature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// What it is called.
        public let label: String?
        /// Its share of the absolute loadings of the head.
        public let share: Double
        /// The share of the feature's own absolute loadings, over all heads, that this head has.
        public let shareOfFeature: Double
        /// Edges of which the head is a main one.
        public let edgeCount: Int
        /// Prompts with such an edge.
        public let promptCount: Int
    }

    /// An edge that goes through the head in one prompt.
    public struct Example: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let prompt: Int
        /// Its text.
        public let text: String
        /// What affects.
        public let source: NamedNode
        /// What is affected.
        public let target: NamedNode
        /// The edge's weight.
        public let weight: Double
        /// The part that goes through the head.
        public let loading: Double
    }

    /// The head among the others.
    public let head: HeadsReport.Head
    /// Graphs whose edges' heads are stored.
    public let graphCount: Int
    /// Features whose outgoing edges it carries, the largest share first.
    public let carried: [Feature]
    /// Features that it brings something to, the largest share first.
    public let served: [Feature]
    /// The prompts' strongest edges through it, one a prompt, the largest loading first.
    public let examples: [Example]

    /// The same with at most `count` features of each kind and examples, the first.
    public func keeping(_ count: Int) -> HeadReport {
        HeadReport(
            head: head, graphCount: graphCount, carried: Array(carried.prefix(count)),
            served: Array(served.prefix(count)), examples: Array(examples.prefix(count)))
    }
}
