import Circuits

/// An attribution graph in the exchange format of circuit-tracer's viewer and Neuronpedia.
///
/// It is built from a stored graph, written with `write(to:)` and read back with `init(contentsOf:)`.
public struct GraphDocument: Sendable, Equatable {
    /// What the graph is about.
    public struct Metadata: Sendable, Equatable {
        /// The version of the format that is written.
        public static let schemaVersion = 1

        /// The graph's name in its folder.
        public var slug: String
        /// The name of the transcoder set.
        public var scan: String
        /// The transcoders' names, where the set lists them.
        public var transcoderList: [String]
        /// The name under which Neuronpedia knows the transcoders, where there is one.
        public var sourceSet: String?
        /// The set's name in the reference implementation, where a file of Neuronpedia tells it.
        public var transcoderSet: String?
        /// Where the transcoders come from, as a file of Neuronpedia tells it.
        public var sourceURLs: [String] = []
        /// The text of every token.
        public var promptTokens: [String]
        /// The prompt, with what stands before its first token.
        public var prompt: String
        /// The node threshold of the pruning; `nil` where a file does not say.
        public var nodeThreshold: Double?
        /// The edge threshold of the pruning; `nil` where a file does not say.
        public var edgeThreshold: Double?
        /// How many tokens the model has, where a logit is none of them but a custom target, numbered behind them.
        public var vocabularySize: Int?

        /// Describes a graph.
        public init(
            slug: String, scan: String, transcoderList: [String] = [], sourceSet: String? = nil, promptTokens: [String],
            prompt: String, nodeThreshold: Double?, edgeThreshold: Double?
        ) {
            self.slug = slug
            self.scan = scan
            self.transcoderList = transcoderList
            self.sourceSet = sourceSet
            self.promptTokens = promptTokens
            self.prompt = prompt
            self.nodeThreshold = nodeThreshold
            self.edgeThreshold = edgeThreshold
        }
    }

    /// How a viewer first shows the graph.
    public struct ViewSettings: Sendable, Equatable {
        /// The ids of the nodes in the subgraph.
        public var pinnedIDs: [String] = []
        /// Groups in the subgraph: a label, then the ids of its nodes.
        public var supernodes: [[String]] = []

        /// Shows nothing pinned.
        public init() {}
    }

    /// One node.
    public struct Node: Sendable, Equatable {
        /// Which node it is.
        public var name: GraphNodeName
        /// The probability of a logit's token; 0 for other nodes.
        public var tokenProbability: Float
        /// Whether it is the most likely target.
        public var isTargetLogit: Bool
        /// The text a viewer shows.
        public var label: String
        /// The share of all influence held by this node and the more influential ones; `nil` where it has none.
        public var influence: Float?
        /// The activation of a feature; `nil` for other nodes.
        public var activation: Float?
        /// Whether the label was made by a program and not by a person.
        public var labelIsAutomatic = false

        /// Describes a node.
        public init(
            name: GraphNodeName, tokenProbability: Float = 0, isTargetLogit: Bool = false, label: String = "",
            influence: Float? = nil, activation: Float? = nil
        ) {
            self.name = name
            self.tokenProbability = tokenProbability
            self.isTargetLogit = isTargetLogit
            self.label = label
            self.influence = influence
            self.activation = activation
        }
    }

    /// One edge.
    public struct Link: Sendable, Equatable {
        /// The node that affects.
        public var source: GraphNodeName
        /// The node that is affected.
        public var target: GraphNodeName
        /// The signed direct effect.
        public var weight: Float

        /// Describes the edge from `source` to `target`.
        public init(source: GraphNodeName, target: GraphNodeName, weight: Float) {
            self.source = source
            self.target = target
            self.weight = weight
        }
    }

    /// What the graph is about.
    public var metadata: Metadata
    /// How a viewer first shows it.
    public var view = ViewSettings()
    /// Its nodes: features, errors, tokens, logits, then the bias.
    public var nodes: [Node]
    /// Its edges, by target, then source.
    public var links: [Link]
    /// The offsets in `links` whose source an older file leaves open between a feature and an error of the same id;
    /// they are given to the feature.
    public internal(set) var ambiguousLinks: [Int] = []

    /// Holds a graph.
    public init(metadata: Metadata, nodes: [Node], links: [Link]) {
        self.metadata = metadata
        self.nodes = nodes
        self.links = links
    }
}
