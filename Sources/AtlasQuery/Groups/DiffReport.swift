import Circuits

/// How two groups of prompts are compared.
public struct DiffOptions: Codable, Sendable, Equatable {
    /// Up to which q-value a row counts as significant: so large a share of such rows is chance.
    public var falseDiscoveryRate = 0.05
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
/// Two tests, both exact or nearly so, each with false-discovery control of its own over features and over edges:
///
/// - **presence**: do more prompts of one group have the feature active, or the edge stored? Fisher's exact test,
///   two-sided: the probability of all divisions of the prompts that have it that are no more probable than the one found.
/// - **strength**: among the prompts that have it, does one group have larger activations, or weights? A rank-sum test,
///   two-sided. Given who has it, this says nothing of presence, and presence nothing of it.
///
/// Rows come by the smaller of both q-values, then by |difference|.
public struct DiffReport: Codable, Sendable, Equatable {
    /// The first group.
    public let first: Group
    /// The second group; all prompts outside the first where no filter was given.
    public let second: Group
    /// What was asked for.
    public let options: DiffOptions
    /// How many features were tested.
    public let testedFeatures: Int
    /// How many of them have a q-value of at most `falseDiscoveryRate` for presence.
    public let significantFeatures: Int
    /// How many features enough prompts of both groups have for strength to be tested.
    public let strengthTestedFeatures: Int
    /// How many of them have a q-value of at most `falseDiscoveryRate` for strength.
    public let significantFeatureStrengths: Int
    /// The features that differ.
    public let features: [FeatureRow]
    /// How many edges were tested; none where a group has no stored graph.
    public let testedEdges: Int
    /// How many of them have a q-value of at most `falseDiscoveryRate` for presence.
    public let significantEdges: Int
    /// How many edges enough graphs of both groups store for strength to be tested.
    public let strengthTestedEdges: Int
    /// How many of them have a q-value of at most `falseDiscoveryRate` for strength.
    public let significantEdgeStrengths: Int
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
    /// A sentence for each kind of test for which the groups are too small, with what would be enough.
    public let limitations: [String]

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
        /// Of presence: the two-sided p-value of Fisher's exact test.
        public let pValue: Double
        /// The p-value after control of the false-discovery rate over all tested features (Benjamini and Hochberg).
        public let qValue: Double
        /// How the activations differ where it fires; `nil` where too few prompts of a group have it for any p-value to
        /// reach `falseDiscoveryRate`.
        public let strength: Strength?
    }

    /// How the values of a thing differ between the prompts of two groups that have it.
    ///
    /// The value of a feature is its largest activation in the prompt, that of an edge the sum of its weights there.
    public struct Strength: Codable, Sendable, Equatable {
        /// The share of pairs of a prompt of each group in which the first group's value is the larger, equals counting
        /// half: 0.5 where there is no difference.
        public let firstLarger: Double
        /// The two-sided p-value of a rank-sum test.
        public let pValue: Double
        /// The p-value after control of the false-discovery rate over all features, or edges, whose strength was tested.
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
        /// As for features.
        public let strength: Strength?
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
