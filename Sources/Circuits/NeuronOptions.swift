/// Which neurons become nodes of a graph, and what their activations are measured from.
public struct NeuronOptions: Sendable, Equatable, Codable {
    /// What an activation counts from: a node contributes its activation less the baseline, and the baseline's own write
    /// belongs to the bias node.
    public enum BaselineKind: String, Sendable, Codable, CaseIterable {
        /// Nothing.
        case zero
        /// The activations of one other prompt of as many tokens, position by position.
        case pair
        /// The mean over a group of like prompts of as many tokens, position by position.
        case group
        /// The mean over the tokens of a corpus, the same at every position.
        case corpus
    }

    /// Nodes a prompt at most, those with the largest total effects; `nil` for no limit.
    public var maximumNeurons: Int?
    /// The share of the sum of all total effects that the nodes are to cover, in 0…1: the fewest that reach it, 1 for all.
    public var coverage: Double
    /// What activations are measured from.
    public var baseline: BaselineKind
    /// The tag whose values tell like prompts, where they are measured from their group's mean.
    public var groupTag: String?

    /// 4,096 nodes at most, whatever share they cover, measured from zero.
    public init(
        maximumNeurons: Int? = 4096, coverage: Double = 1, baseline: BaselineKind = .zero, groupTag: String? = nil
    ) {
        precondition(maximumNeurons.map { $0 >= 0 } ?? true && (0...1).contains(coverage))
        self.maximumNeurons = maximumNeurons
        self.coverage = coverage
        self.baseline = baseline
        self.groupTag = groupTag
    }
}
