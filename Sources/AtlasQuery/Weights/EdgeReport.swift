import Circuits

/// One pair of nodes across prompts: what stored graphs and weights say of the effect of one on the other.
public struct EdgeReport: Codable, Sendable, Equatable {
    /// What affects.
    public let source: NodeName
    /// A feature's label, a person's or the automatic one.
    public let sourceLabel: String?
    /// The prompts that count, as a filter is written; `nil` for all.
    public let filter: String?
    /// Stored graphs among them.
    public let graphCount: Int
    /// What is affected, with what stored graphs say of the edge, and where the model was asked its weights.
    public let target: Neighbour
    /// What counts as large and tiny; `nil` where the model was not asked.
    public let scale: WeightScale?
    /// Prompts where the edge is strongest, strongest first.
    public let examples: [Example]
    /// Graphs that were read for the examples.
    public let examinedGraphs: Int
    /// Whether every graph with the edge was among them, so that no stronger example exists.
    public let examplesAreStrongest: Bool

    /// One prompt with the edge.
    public struct Example: Codable, Sendable, Equatable {
        /// The prompt's id in this file.
        public let promptID: Int
        /// Its text.
        public let text: String
        /// The sum of the weights of its links.
        public let weight: Double
        /// The edges between the two nodes at their positions, in order of the target's and the source's position.
        public let links: [Link]
    }

    /// One edge of one graph.
    public struct Link: Codable, Sendable, Equatable {
        /// Where the source is.
        public let sourcePosition: Int
        /// The token there.
        public let sourceText: String
        /// Where the target is.
        public let targetPosition: Int
        /// The token there.
        public let targetText: String
        /// The signed contribution to the target's pre-activation or logit.
        public let weight: Double
    }
}
