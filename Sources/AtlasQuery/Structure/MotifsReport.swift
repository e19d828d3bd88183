import Circuits

/// The shapes that are looked for in graphs of features; each with its edges in the order in which signs are told.
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

    /// How many edges the shape has.
    var edgeCount: Int {
        switch self {
        case .edge: 1
        case .chain, .fanIn, .fanOut: 2
        case .triangle: 3
        }
    }
}

/// What rewired graphs keep of the graph they come from.
public enum MotifNull: String, Codable, Sendable, CaseIterable {
    /// Each node's numbers of inputs and of outputs, by sign.
    case degrees
    /// These, and how many edges of each sign lead from each layer and position to each other.
    ///
    /// Much of what recurs, recurs because information moves between the same places in prompts of one form; what is left
    /// against this null is about the features themselves.
    case places

    var ordinal: Int { Self.allCases.firstIndex(of: self)! }
}

/// How motifs are looked for.
public struct MotifsOptions: Codable, Sendable, Equatable {
    /// The share of influence whose nodes are kept, as when a graph is viewed.
    public var nodeThreshold = 0.8
    /// The share of edge scores whose edges are kept.
    public var edgeThreshold = 0.98
    /// Whether edges that lower their target are told from those that raise it.
    public var signed = true
    /// How often each graph is rewired under each null.
    public var rewirings = 2000
    /// Decides the rewirings.
    public var seed: UInt64 = 0
    /// How many graphs are read at most: the first in canonical order, which is that of a hash.
    public var graphLimit = 200
    /// A motif in fewer prompts is not tested.
    public var minimumSupport = 3
    /// How many motifs of each kind are tested at most: those in the most prompts.
    public var testedLimit = 300
    /// Up to which q-value a motif counts as significant: so large a share of such motifs is chance.
    public var falseDiscoveryRate = 0.05
    /// How many of each kind are told.
    public var limit = 10

    /// The defaults.
    public init() {}
}

/// Labelled subgraphs that recur over prompts, against graphs rewired at random.
///
/// A graph here is the features of one prompt's pruned graph, one node for each position, and the edges between them;
/// motifs are labelled by feature and by the signs of their edges, without positions, and count once a prompt. Each graph
/// is rewired under two nulls, ``MotifNull``: two edges of one sign `a → b` and `c → d` exchange their targets where both
/// new edges are absent so far and run to a later layer and no earlier position, ten tries an edge.
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
    /// How many have a q-value of at most `falseDiscoveryRate` where rewiring keeps degrees.
    public let significantCount: Int
    /// How many of those have one also where it keeps places.
    public let significantInBoth: Int
    /// The motifs by the larger of both q-values, then the smaller, then z-score; within each kind.
    public let motifs: [Row]
    /// Shapes without labels or signs, counted over all graphs.
    public let census: [CensusRow]
    /// A sentence for each null whose rewirings are too few for any motif to be significant, with what would be enough.
    public let limitations: [String]

    /// A labelled motif.
    public struct Row: Codable, Sendable, Equatable {
        /// Its shape.
        public let kind: MotifKind
        /// Its features `A`, `B` and, of three, `C`.
        public let features: [FeatureID]
        /// Of each edge in the order of the shape: 1 where it raises its target, −1 where it lowers it; `nil` where signs
        /// are not told apart.
        public let signs: [Int]?
        /// Their labels.
        public let labels: [String?]
        /// Graphs that have it.
        public let support: Int
        /// Graphs that have all its features, linked or not.
        public let together: Int
        /// Against graphs rewired with all degrees kept.
        public let degrees: Expectation
        /// Against graphs rewired with the layers and positions of edges kept as well.
        public let places: Expectation
    }

    /// How many graphs would have a motif by one null.
    public struct Expectation: Codable, Sendable, Equatable {
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

    /// A shape without labels and signs.
    public struct CensusRow: Codable, Sendable, Equatable {
        /// `triangle` (a → b → c, a → c), `diamond` (a → b → d, a → c → d) or `bifan` (a, b → c, d).
        public let shape: String
        /// How many there are in all graphs together.
        public let count: Int
        /// Against graphs rewired with all degrees kept.
        public let degrees: CensusExpectation
        /// Against graphs rewired with the layers and positions of edges kept as well.
        public let places: CensusExpectation
    }

    /// How many of a shape there would be by one null.
    public struct CensusExpectation: Codable, Sendable, Equatable {
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
