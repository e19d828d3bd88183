import Circuits

/// How far a prompt's answer is ahead of its strongest rival: what effects on the gap are effects on.
public struct GapReport: Codable, Sendable, Equatable {
    /// The right answer's first token where a corpus told it when the graph was stored, else the model's most likely.
    public let answer: PromptReport.Token
    /// The most likely token beside it.
    public let rival: PromptReport.Token
    /// The answer's logit less the rival's, after any soft-cap.
    public let gap: Double
    /// The answer's logit less the mean over the vocabulary, after any soft-cap.
    public let answerLogit: Double
}

/// What one node does in its prompt: signed, positive where it speaks for the answer.
public struct EffectReport: Codable, Sendable, Equatable {
    /// On the gap, by the underlying model's derivative: patterns held, MLPs and norms followed to first order.
    public let gradientOnGap: Double
    /// On the answer's logit less the mean, by the same.
    public let gradientOnAnswer: Double
    /// On the gap, along all paths of the graph before pruning.
    public let totalOnGap: Double
    /// On the answer's logit less the mean, along the same.
    public let totalOnAnswer: Double
    /// What silencing it did; `nil` where that was not measured.
    public let measured: Measured?

    /// What silencing a node alone did, patterns held, with the sign turned as effects have it.
    public struct Measured: Codable, Sendable, Equatable {
        /// The gap before less the gap after.
        public let gap: Double
        /// The answer's logit less the mean before, less the same after.
        public let answer: Double
        /// The Kullback-Leibler divergence of the prediction after from that before, in nats.
        public let divergence: Double
    }

    /// The effects of one node.
    ///
    /// - Parameter node: its place in the graph
    init(_ effects: NodeEffects, node: Int) {
        gradientOnGap = Double(effects.gradient.gap[node])
        gradientOnAnswer = Double(effects.gradient.answer[node])
        totalOnGap = Double(effects.total.gap[node])
        totalOnAnswer = Double(effects.total.answer[node])
        measured = effects.measured.first { $0.node == node }.map {
            Measured(gap: Double($0.gap), answer: Double($0.answer), divergence: Double($0.divergence))
        }
    }
}

extension AtlasReader {
    /// What a graph's effects on the gap are effects on; `nil` where none were computed.
    func gapReport(_ graph: SparseGraph) -> GapReport? {
        graph.effects.map { effects in
            GapReport(
                answer: .init(token: effects.answer, text: text(of: effects.answer)),
                rival: .init(token: effects.rival, text: text(of: effects.rival)), gap: Double(effects.gap),
                answerLogit: Double(effects.answerLogit))
        }
    }
}
