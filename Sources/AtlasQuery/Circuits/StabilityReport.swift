import Circuits

/// Which nodes and edges of a graph or circuit hang on a threshold: the share of pruning settings that keep each.
public struct StabilityReport: Codable, Sendable, Equatable {
    /// What was pruned: a stored graph's prompt, or a circuit's seed.
    public let name: String
    /// The prompt whose stored graph was pruned; `nil` for a circuit.
    public let prompt: Int?
    /// The settings tried: every node threshold with every edge threshold.
    public let grid: StabilityGrid
    /// The nodes, tokens and targets, which are always kept, left out; most influential first.
    public let nodes: [Node]
    /// The edges, most often kept first, then strongest first.
    public let edges: [Edge]

    /// A node and how often it is kept.
    public struct Node: Codable, Sendable, Equatable {
        /// Which node.
        public let node: NodeName
        /// Its position; `nil` in a circuit.
        public let position: Int?
        /// Its label.
        public let label: String?
        /// Its influence on the targets or on the seed.
        public let influence: Double
        /// The share of settings that keep it, in 0…1.
        public let kept: Double
    }

    /// An edge and how often it is kept.
    public struct Edge: Codable, Sendable, Equatable {
        /// The node that affects.
        public let source: NodeName
        /// Its position; `nil` in a circuit.
        public let sourcePosition: Int?
        /// The node that is affected.
        public let target: NodeName
        /// Its position; `nil` in a circuit.
        public let targetPosition: Int?
        /// The stored weight; in a circuit the mean over prompts.
        public let weight: Double
        /// The share of settings that keep it, in 0…1.
        public let kept: Double
    }
}

/// Over how many prompts and pruning settings an edge between two features survives.
public struct EdgeStabilityReport: Codable, Sendable, Equatable {
    /// The feature that affects.
    public let source: FeatureID
    /// The feature that is affected.
    public let target: FeatureID
    /// How many prompts have a stored graph and both features active.
    public let promptCount: Int
    /// How many of these were looked at: the first in canonical order.
    public let examinedCount: Int
    /// In how many of the examined graphs the edge is stored.
    public let storedCount: Int
    /// The settings tried.
    public let grid: StabilityGrid
    /// Mean over the graphs that store it of the share of settings that keep it (at least one of its positions).
    public let kept: Double
    /// In how many of the examined graphs every setting keeps it.
    public let alwaysCount: Int
}
