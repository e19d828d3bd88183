/// The part of an attribution graph that survived pruning: what is stored, exported and shown.
///
/// Influences and input sums are those of the graph before pruning, so that a stored graph can be pruned anew at any
/// tighter threshold and its numbers stay comparable with other graphs.
public struct SparseGraph: Sendable, Equatable {
    /// One kept node.
    public struct Node: Sendable, Equatable {
        /// Which node it is.
        public let id: NodeID
        /// The activation of a feature node; 0 for every other kind.
        public let activation: Float
        /// Influence on the targets, weighted by their probabilities, in the graph before pruning.
        public let influence: Float
        /// The share of all influence held by this node and the more influential ones, in 0…1 (small is important).
        public let cumulativeInfluence: Float
        /// Sum of the absolute inputs without the bias, before pruning; 0 for a node that is no target.
        public let inputSum: Float
        /// The bias node's edge to this node, signed; 0 for a node that is no target.
        public let biasInput: Float

        /// Describes a kept node.
        public init(
            id: NodeID, activation: Float, influence: Float, cumulativeInfluence: Float, inputSum: Float,
            biasInput: Float
        ) {
            self.id = id
            self.activation = activation
            self.influence = influence
            self.cumulativeInfluence = cumulativeInfluence
            self.inputSum = inputSum
            self.biasInput = biasInput
        }
    }

    /// A direct linear effect of one kept node on another.
    public struct Edge: Sendable, Equatable {
        /// The index in `nodes` of the node that is affected.
        public let target: Int
        /// The index in `nodes` of the node that affects it.
        public let source: Int
        /// The signed contribution to the target's pre-activation or logit.
        public let weight: Float

        /// Describes the edge from `source` to `target`.
        public init(target: Int, source: Int, weight: Float) {
            self.target = target
            self.source = source
            self.weight = weight
        }
    }

    /// The prompt's token ids.
    public var tokens: [Int]
    /// What was attributed: logits of tokens, most likely first, or what was asked for.
    public var targets: [LogitTarget]
    /// Kept nodes in graph order: features (lexicographic), errors (layer-major), tokens, logits. Never the bias node.
    public var nodes: [Node]
    /// `[targets.count][nodes.count]`: each node's influence on one target's logit alone, before pruning.
    public var targetInfluence: [[Float]]
    /// Kept edges, by target, then source.
    public var edges: [Edge]
    /// Scores of the graph before pruning.
    public var scores: GraphScores
    /// How many features were active in the prompt.
    public var activeFeatureCount: Int
    /// How many of them were attributed.
    public var selectedFeatureCount: Int
    /// The largest |sum of all inputs − pre-activation| / max(1, |pre-activation|) over all targets.
    public var largestViolation: Float
    /// The node threshold this graph was pruned with.
    public var nodeThreshold: Double
    /// The edge threshold this graph was pruned with.
    public var edgeThreshold: Double
    /// What the nodes do to the targets, the answer and the gap to its rival; `nil` where that was not computed.
    public var effects: NodeEffects?
    /// Through which attention heads each edge goes; `nil` where that was not computed.
    public var heads: EdgeHeads?

    /// Holds a pruned graph.
    public init(
        tokens: [Int], targets: [LogitTarget], nodes: [Node], targetInfluence: [[Float]], edges: [Edge],
        scores: GraphScores, activeFeatureCount: Int, selectedFeatureCount: Int, largestViolation: Float,
        nodeThreshold: Double, edgeThreshold: Double, effects: NodeEffects? = nil, heads: EdgeHeads? = nil
    ) {
        self.tokens = tokens
        self.targets = targets
        self.nodes = nodes
        self.targetInfluence = targetInfluence
        self.edges = edges
        self.scores = scores
        self.activeFeatureCount = activeFeatureCount
        self.selectedFeatureCount = selectedFeatureCount
        self.largestViolation = largestViolation
        self.nodeThreshold = nodeThreshold
        self.edgeThreshold = edgeThreshold
        self.effects = effects
        self.heads = heads
    }
}

extension SparseGraph {
    /// The place among the targets of a token's logit after the last position; `nil` where that is none.
    public func target(ofNextToken token: Int) -> Int? {
        Self.target(ofNextToken: token, among: targets, last: tokens.count - 1)
    }

    /// The place among `targets` of a token's logit after the position `last`.
    public static func target(ofNextToken token: Int, among targets: [LogitTarget], last: Int) -> Int? {
        targets.firstIndex { $0.custom == nil && $0.token == token && $0.position == last }
    }

    /// Whether the node at this index of `nodes` is a target that is no single token.
    public func isCustomTarget(_ node: Int) -> Bool {
        guard case .logit(let ordinal) = nodes[node].id else { return false }
        return targets[ordinal].custom != nil
    }
}
