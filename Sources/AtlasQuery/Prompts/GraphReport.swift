import Circuits

/// The part of a prompt's attribution graph that a page shows: the most influential nodes and the edges between them.
public struct GraphReport: Codable, Sendable, Equatable {
    /// The prompt's id; `nil` for a text that was run without being stored.
    public let prompt: Int?
    /// The prompt.
    public let text: String
    /// Its tokens by position.
    public let tokens: [PromptReport.Token]
    /// Layers of the model.
    public let layerCount: Int
    /// The share of influence that the nodes cover.
    public let nodeThreshold: Double
    /// The share of edge scores that the edges cover.
    public let edgeThreshold: Double
    /// Nodes of the graph that was pruned for this answer.
    public let storedNodeCount: Int
    /// Its edges.
    public let storedEdgeCount: Int
    /// Scores of the graph before any pruning.
    public let scores: GraphScores
    /// What is explained, most likely first.
    public let targets: [PromptReport.Target]
    /// What the nodes' effects are effects on; `nil` where they were not computed.
    public let gap: GapReport?
    /// Shown nodes in graph order: features, errors, tokens, logits.
    public let nodes: [Node]
    /// Shown edges by target, then source.
    public let edges: [Edge]
    /// What survived the thresholds and is left out all the same, for want of room.
    public let omitted: Omitted

    /// A node of the graph.
    public struct Node: Codable, Sendable, Equatable {
        /// Its name in exported graphs: `layer_index_position`, `layer_-1_position` for an error, `E_token_position`
        /// for a token, and for a logit `layer_token_position` with the layer count plus one.
        public let id: String
        /// `feature`, `error`, `token` or `logit`.
        public let kind: String
        /// The layer of a feature or an error.
        public let layer: Int?
        /// Where it stands.
        public let position: Int
        /// The feature.
        public let feature: FeatureID?
        /// The token's id, of a token or a logit.
        public let token: Int?
        /// The text of a token or a logit.
        public let text: String?
        /// A feature's label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// A feature's activation; 0 for every other kind.
        public let activation: Double
        /// Influence on the targets, weighted by their probabilities, before pruning.
        public let influence: Double
        /// The share of all influence held by this node and the more influential ones (small is important).
        public let cumulativeInfluence: Double
        /// Sum of its absolute inputs before pruning; 0 for a node without inputs.
        public let inputSum: Double
        /// The model's probability for a logit.
        public let probability: Double?
        /// What it does to the answer and its lead; `nil` for a logit and where effects were not computed.
        public let effects: EffectReport?
    }

    /// A direct linear effect of one shown node on another.
    public struct Edge: Codable, Sendable, Equatable {
        /// The index in `nodes` of what affects.
        public let source: Int
        /// The index in `nodes` of what is affected.
        public let target: Int
        /// The signed contribution to the target's pre-activation or logit.
        public let weight: Double
        /// Its absolute value as a share of all the target's absolute inputs before pruning.
        public let share: Double
    }

    /// How much is left out.
    public struct Omitted: Codable, Sendable, Equatable {
        /// Nodes within the node threshold that are not shown.
        public let nodes: Int
        /// Edges within the edge threshold that are not shown.
        public let edges: Int
    }
}

/// How much of a graph a report shows.
public struct GraphView: Hashable, Sendable {
    /// The share of influence that nodes cover.
    public var nodeThreshold: Double
    /// The share of edge scores that edges cover.
    public var edgeThreshold: Double
    /// Nodes at most, the most influential.
    public var nodeLimit: Int
    /// Edges at most, those that pass on most influence.
    public var edgeLimit: Int

    /// Shows what the field's viewers show, up to a size that stays fluid.
    public init(
        nodeThreshold: Double = Pruning.viewingThresholds.node, edgeThreshold: Double = Pruning.viewingThresholds.edge,
        nodeLimit: Int = 300, edgeLimit: Int = 3_000
    ) {
        self.nodeThreshold = nodeThreshold
        self.edgeThreshold = edgeThreshold
        self.nodeLimit = nodeLimit
        self.edgeLimit = edgeLimit
    }
}

/// One node of a graph with everything stored that feeds it and that it feeds.
public struct GraphNodeReport: Codable, Sendable, Equatable {
    /// The node.
    public let node: GraphReport.Node
    /// What feeds it, largest weight first.
    public let inputs: [Link]
    /// How many stored edges feed it.
    public let inputCount: Int
    /// What it feeds, largest weight first.
    public let outputs: [Link]
    /// How many stored edges it has outwards.
    public let outputCount: Int

    /// The other end of an edge.
    public struct Link: Codable, Sendable, Equatable {
        /// The node there.
        public let node: GraphReport.Node
        /// The signed contribution to the target's pre-activation or logit.
        public let weight: Double
        /// Its absolute value as a share of all the target's absolute inputs before pruning.
        public let share: Double
        /// The heads that carry most of it, the largest loading first; `nil` where they were not computed.
        public let heads: [EdgeHeadsReport.Loading]?
        /// The sum of the other heads' absolute loadings; `nil` where they were not computed.
        public let rest: Double?
    }
}
