import Circuits

/// The shapes that are looked for in graphs of features.
public enum MotifKind: String, Codable, Sendable, CaseIterable {
    /// `A → B`
    case edge
    /// `A → B → C`
    case chain
    /// `A → B`, `B → C` and `A → C`
    case triangle
    /// `A → C` and `B → C`
    case fanIn
    /// `A → B` and `A → C`
    case fanOut
}

/// How motifs are looked for.
public struct MotifsOptions: Codable, Sendable, Equatable {
    /// The share of influence whose nodes are kept, as when a graph is viewed.
    public var nodeThreshold = 0.8
    /// The share of edge scores whose edges are kept.
    public var edgeThreshold = 0.98
    /// How often each graph is rewired.
    public var rewirings = 200
    /// Decides the rewirings.
    public var seed: UInt64 = 0
    /// How many graphs are read at most: the first in canonical order, which is that of a hash.
    public var graphLimit = 200
    /// A motif in fewer prompts is not tested.
    public var minimumSupport = 3
    /// How many motifs of each kind are tested at most: those in the most prompts.
    public var testedLimit = 300
    /// How many of each kind are told.
    public var limit = 10

    /// The defaults.
    public init() {}
}

/// Labelled subgraphs that recur over prompts, against graphs rewired at random.
///
/// A graph here is the features of one prompt's pruned graph, one node for each position, and the edges between them;
/// motifs are labelled by feature, without positions, and count once a prompt. The null keeps each node's number of
/// inputs and outputs: two edges `a → b` and `c → d` exchange their targets where both new edges are absent so far and
/// run to a later layer and no earlier position, ten tries an edge.
public struct MotifsReport: Codable, Sendable, Equatable {
    /// Which prompts were asked about.
    public let filter: String
    /// How many of them have a stored graph.
    public let promptCount: Int
    /// How many graphs were read.
    public let readGraphs: Int
    /// What was asked for.
    public let options: MotifsOptions
    /// Mean number of feature nodes in a pruned graph.
    public let meanNodes: Double
    /// Mean number of edges between features in it.
    public let meanEdges: Double
    /// How many labelled motifs were found, by kind.
    public let found: [String: Int]
    /// How many were tested; q-values are over these, so they are optimistic for motifs chosen by their support.
    public let testedCount: Int
    /// The motifs by q-value, then z-score; within each kind.
    public let motifs: [Row]
    /// Shapes without labels, counted over all graphs.
    public let census: [CensusRow]

    /// A labelled motif.
    public struct Row: Codable, Sendable, Equatable {
        /// Its shape.
        public let kind: MotifKind
        /// Its features `A`, `B` and, of three, `C`.
        public let features: [FeatureID]
        /// Their labels.
        public let labels: [String?]
        /// Graphs that have it.
        public let support: Int
        /// Graphs that have all its features, linked or not.
        public let together: Int
        /// Mean number of graphs that have it after rewiring.
        public let expected: Double
        /// Standard deviation of that number over rewirings.
        public let deviation: Double
        /// (support − expected) / deviation; `nil` where rewiring never changes the number.
        public let zScore: Double?
        /// (1 + rewirings with at least this support) / (1 + rewirings).
        public let pValue: Double
        /// The p-value after control of the false-discovery rate over all tested motifs (Benjamini and Hochberg).
        public let qValue: Double
    }

    /// A shape without labels.
    public struct CensusRow: Codable, Sendable, Equatable {
        /// `triangle` (a → b → c, a → c), `diamond` (a → b → d, a → c → d) or `bifan` (a, b → c, d).
        public let shape: String
        /// How many there are in all graphs together.
        public let count: Int
        /// Mean number after rewiring.
        public let expected: Double
        /// Standard deviation of that number over rewirings.
        public let deviation: Double
        /// (count − expected) / deviation; `nil` where rewiring never changes the number.
        public let zScore: Double?
        /// (1 + rewirings with at least this number) / (1 + rewirings): small where the shape is too common.
        public let pValueMore: Double
        /// (1 + rewirings with at most this number) / (1 + rewirings): small where the shape is too rare.
        public let pValueFewer: Double
    }
}
