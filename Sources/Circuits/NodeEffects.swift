/// What the nodes of one prompt's graph do to what the graph explains and to the gap between the answer and its strongest
/// rival, as signed numbers: what taking a node away would change, to first order, with the sign turned.
///
/// Two answers to the same question: along all paths of the whole graph, before it was pruned, and by the derivative of
/// the underlying model itself.
public struct NodeEffects: Sendable, Equatable {
    /// Effects in one sense on all that is read.
    public struct Readouts: Sendable, Equatable {
        /// `[nodes.count]`: on the gap.
        public var gap: [Float]
        /// `[nodes.count]`: on the answer's logit less the mean over the vocabulary.
        public var answer: [Float]
        /// `[targets.count][nodes.count]`: on each target of the graph.
        public var targets: [[Float]]

        /// Holds effects; all lists of nodes are of one length.
        public init(gap: [Float], answer: [Float], targets: [[Float]]) {
            precondition(answer.count == gap.count && targets.allSatisfy { $0.count == gap.count })
            self.gap = gap
            self.answer = answer
            self.targets = targets
        }
    }

    /// What silencing one node did, measured: its contribution taken away, attention patterns held, MLPs and norms
    /// recomputed.
    public struct Measurement: Sendable, Equatable {
        /// The node's place in the graph.
        public var node: Int
        /// The answer's logit less the mean before, less the same after: positive where the node raises it.
        public var answer: Float
        /// The gap before less the gap after.
        public var gap: Float
        /// The Kullback-Leibler divergence of what the model says after from what it says before, in nats.
        public var divergence: Float

        /// Holds what was measured of one node.
        public init(node: Int, answer: Float, gap: Float, divergence: Float) {
            self.node = node
            self.answer = answer
            self.gap = gap
            self.divergence = divergence
        }
    }

    /// The token after the last position that the gap is read of: the right answer's first where the corpus tells it, else
    /// the model's most likely.
    public var answer: Int
    /// The token that the gap is read against: the most likely one beside the answer.
    public var rival: Int
    /// The answer's logit less the rival's, in the undisturbed model, after any soft-cap.
    public var gap: Float
    /// The answer's logit less the mean over the vocabulary, after any soft-cap.
    public var answerLogit: Float
    /// Along all paths through the graph before pruning, everything else held as the graph holds it; on logits before any
    /// soft-cap. Targets are what they are in the graph.
    public var total: Readouts
    /// By the derivative of the underlying model: attention patterns held, MLPs, norms and soft-caps followed to first
    /// order; what a node contributes times the gradient where it is written.
    public var gradient: Readouts
    /// What silencing did, of the nodes for which that was measured, by their places, ascending.
    public var measured: [Measurement]

    /// Holds the effects of one graph's nodes.
    public init(
        answer: Int, rival: Int, gap: Float, answerLogit: Float, total: Readouts, gradient: Readouts,
        measured: [Measurement] = []
    ) {
        precondition(total.gap.count == gradient.gap.count && total.targets.count == gradient.targets.count)
        self.answer = answer
        self.rival = rival
        self.gap = gap
        self.answerLogit = answerLogit
        self.total = total
        self.gradient = gradient
        self.measured = measured
    }

    /// How many nodes it tells of.
    public var nodeCount: Int { gradient.gap.count }

    /// The effects of some of the nodes, in the order given.
    public func keeping(_ nodes: [Int]) -> NodeEffects {
        var result = self
        result.total = total.keeping(nodes)
        result.gradient = gradient.keeping(nodes)
        let places = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
        result.measured = measured.compactMap { measurement in
            places[measurement.node].map { place in
                var moved = measurement
                moved.node = place
                return moved
            }
        }.sorted { $0.node < $1.node }
        return result
    }
}

extension NodeEffects.Readouts {
    func keeping(_ nodes: [Int]) -> Self {
        Self(
            gap: nodes.map { gap[$0] }, answer: nodes.map { answer[$0] },
            targets: targets.map { row in nodes.map { row[$0] } })
    }
}
