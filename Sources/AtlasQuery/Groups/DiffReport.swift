import Circuits

/// How two groups of prompts are compared.
public struct DiffOptions: Codable, Sendable, Equatable {
    /// How many permutations of the prompts' group labels are drawn.
    public var permutations = 1000
    /// Decides the permutations.
    public var seed: UInt64 = 0
    /// A feature or an edge in fewer prompts of both groups together is not tested.
    public var minimumSupport = 5
    /// The shared core is what at least this share of each group has.
    public var coreShare = 0.9
    /// How many prompts of a group are read at most: the first in canonical order, which is that of a hash.
    public var promptLimit = 1000
    /// How many rows of each kind are told.
    public var limit = 20

    /// The defaults.
    public init() {}
}

/// What sets two groups of prompts apart, and what they share.
///
/// Tested is the difference of the shares of prompts that have a feature active, or an edge stored, by permuting which
/// prompts belong to which group. Rows come by q-value, then by |difference|.
public struct DiffReport: Codable, Sendable, Equatable {
    /// The first group.
    public let first: Group
    /// The second group; all prompts outside the first where no filter was given.
    public let second: Group
    /// What was asked for.
    public let options: DiffOptions
    /// How many features were tested.
    public let testedFeatures: Int
    /// How many of them have a q-value of at most 0.05.
    public let significantFeatures: Int
    /// The features that differ.
    public let features: [FeatureRow]
    /// How many edges were tested; none where a group has no stored graph.
    public let testedEdges: Int
    /// How many of them have a q-value of at most 0.05.
    public let significantEdges: Int
    /// The edges that differ, positions taken together.
    public let edges: [EdgeRow]
    /// How many features are active in at least `coreShare` of each group.
    public let coreFeatureCount: Int
    /// These features, the most common first.
    public let core: [CoreFeature]
    /// How many edges are stored in at least `coreShare` of each group's graphs.
    public let coreEdgeCount: Int
    /// These edges, the most common first.
    public let coreEdges: [CoreEdge]

    /// One of the two groups.
    public struct Group: Codable, Sendable, Equatable {
        /// Which prompts it holds.
        public let filter: String
        /// How many prompts it has.
        public let promptCount: Int
        /// How many of them were read.
        public let readPrompts: Int
        /// How many of those have a stored graph.
        public let graphCount: Int
    }

    /// A feature in the two groups.
    public struct FeatureRow: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Share of the first group's prompts where it fires.
        public let firstShare: Double
        /// Share of the second group's.
        public let secondShare: Double
        /// The first share less the second.
        public let difference: Double
        /// Mean over the first group's prompts where it fires of its largest activation; 0 where it never does.
        public let firstMaximum: Double
        /// The same of the second group.
        public let secondMaximum: Double
        /// Share of the first group's graphs where it has influence; `nil` without graphs.
        public let firstGraphShare: Double?
        /// The same of the second group.
        public let secondGraphShare: Double?
        /// Mean over the first group's graphs of its influence, summed over positions; `nil` without graphs.
        public let firstInfluence: Double?
        /// The same of the second group.
        public let secondInfluence: Double?
        /// (1 + permutations with at least this |difference|) / (1 + permutations).
        public let pValue: Double
        /// The p-value after control of the false-discovery rate over all tested features (Benjamini and Hochberg).
        public let qValue: Double
    }

    /// An edge in the graphs of the two groups.
    public struct EdgeRow: Codable, Sendable, Equatable {
        /// What affects.
        public let source: NodeName
        /// The source's label.
        public let sourceLabel: String?
        /// What is affected.
        public let target: NodeName
        /// The target's label.
        public let targetLabel: String?
        /// Share of the first group's graphs that store it.
        public let firstShare: Double
        /// Share of the second group's.
        public let secondShare: Double
        /// The first share less the second.
        public let difference: Double
        /// Mean weight over the first group's graphs that store it; 0 where none does.
        public let firstMean: Double
        /// The same of the second group.
        public let secondMean: Double
        /// As for features.
        public let pValue: Double
        /// As for features, over all tested edges.
        public let qValue: Double
    }

    /// A feature of the shared core.
    public struct CoreFeature: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Whether no person gave the label.
        public let labelIsAutomatic: Bool
        /// Share of the first group's prompts where it fires.
        public let firstShare: Double
        /// Share of the second group's.
        public let secondShare: Double
    }

    /// An edge of the shared core.
    public struct CoreEdge: Codable, Sendable, Equatable {
        /// What affects.
        public let source: NodeName
        /// The source's label.
        public let sourceLabel: String?
        /// What is affected.
        public let target: NodeName
        /// The target's label.
        public let targetLabel: String?
        /// Share of the first group's graphs that store it.
        public let firstShare: Double
        /// Share of the second group's.
        public let secondShare: Double
    }
}
