import Circuits
import LanguageModels
import Tensors

/// What the effects of a prompt's nodes are read of beside the graph's targets: the answer, and how far it is ahead.
public struct EffectReadout: Sendable {
    /// The right answer's first token where it is known, else the most likely one.
    public let answer: Int
    /// The most likely token beside the answer.
    public let rival: Int

    /// Finds the tokens.
    ///
    /// - Parameters:
    ///   - answer: the right answer's first token; `nil` where it is not known
    ///   - logits: `[vocabularySize]`, after the last position; at least two
    public init(answer: Int?, logits: [Float]) {
        let likely = largest(2, of: logits)
        self.answer = answer ?? likely[0]
        rival = likely[0] == self.answer ? likely[1] : likely[0]
    }
}

extension LanguageModel {
    /// The gradient of a target at the place where it reads, the final soft-cap followed to first order.
    ///
    /// A direction is read before any cap, as the graph reads it.
    ///
    /// - Parameter logits: `[vocabularySize]`, after the cap, at the target's position
    func cappedReading(of target: AttributionTarget, logits: [Float]) -> TargetSelection.Reading {
        guard let cap = logitSoftCap, !target.tokens.isEmpty else { return target.reading(of: self) }
        // d (cap tanh(z / cap)) / dz = 1 − (capped / cap)²
        let steepness = logits.map { 1 - ($0 / cap) * ($0 / cap) }
        func row(_ token: Int) -> [Float] { unembedding.row(token).map { $0 * steepness[token] } }
        let width = configuration.modelWidth
        var sum = [Float](repeating: 0, count: width)
        func add(_ share: Float, _ vector: [Float]) { addScaled(share, vector, to: &sum, count: width) }
        func mean() -> [Float] {
            let shares = Matrix(
                rowCount: 1, columnCount: logits.count, values: steepness.map { $0 / Float(logits.count) })
            return unembedding.transposeApplied(to: shares).values
        }
        switch target {
        case .token(let id):
            add(1, row(id))
            add(-1, mean())
        case .set(let tokens, let combination):
            let share = combination == .mean ? 1 / Float(tokens.count) : 1
            for token in tokens { add(share, row(token)) }
            add(-share * Float(tokens.count), mean())
        case .difference(let token, let other):
            add(1, row(token))
            add(-1, row(other))
        case .direction, .feature: preconditionFailure("no target of tokens")
        }
        return .unembedding(sum)
    }
}
