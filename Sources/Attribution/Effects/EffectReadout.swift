import Circuits
import Foundation
import LanguageModels
import Tensors

/// What the effects of a prompt's nodes are read of beside the graph's targets: the answer, and how far it is ahead.
struct EffectReadout {
    /// The right answer's first token where it is known, else the most likely one.
    let answer: Int
    /// The most likely token beside the answer.
    let rival: Int

    /// - Parameter logits: `[vocabularySize]`, after the last position; at least two
    init(answer: Int?, logits: [Float]) {
        let likely = largest(2, of: logits)
        self.answer = answer ?? likely[0]
        rival = likely[0] == self.answer ? likely[1] : likely[0]
    }
}

/// A token's log-odds, log (p / (1 − p)) in nats: its logit less the log of the sum of all others' exponentials.
func logOdds(of token: Int, in logits: [Float]) -> Double {
    let others = logits.indices.filter { $0 != token }
    let largest = Double(others.map { logits[$0] }.max() ?? 0)
    return Double(logits[token]) - largest - log(others.reduce(0.0) { $0 + exp(Double(logits[$1]) - largest) })
}

extension Attributor {
    /// A token's log-odds after the last position of a run, log (p / (1 − p)) in nats: how far it is ahead of all other
    /// tokens together.
    public func logOdds(of token: Int, in trace: ForwardTrace) -> Double {
        Attribution.logOdds(of: token, in: model.logits(trace, position: trace.tokens.count - 1))
    }
}

extension LanguageModel {
    /// The gradients of tokens' log-odds at the place where the unembedding reads, the final soft-cap followed to first
    /// order: each token's row less the mean of all others', weighted by how likely they are among themselves.
    ///
    /// - Parameter logits: `[vocabularySize]`, after the cap
    func oddsReadings(of tokens: [Int], logits: [Float]) -> [[Float]] {
        guard !tokens.isEmpty else { return [] }
        let steepness = steepness(logits)
        var shares = Matrix(rowCount: tokens.count, columnCount: logits.count)
        for (row, token) in tokens.enumerated() {
            var others = logits
            others[token] = -.infinity
            let weights = softmax(others)
            for index in logits.indices {
                shares[row, index] = (index == token ? 1 : -weights[index]) * (steepness?[index] ?? 1)
            }
        }
        let readings = unembedding.transposeApplied(to: shares)
        return tokens.indices.map { Array(readings.row($0)) }
    }

    /// How much of a change of each logit the final soft-cap lets through; `nil` where there is none.
    ///
    /// - Parameter logits: after the cap
    private func steepness(_ logits: [Float]) -> [Float]? {
        // d (cap tanh(z / cap)) / dz = 1 − (capped / cap)²
        logitSoftCap.map { cap in logits.map { 1 - ($0 / cap) * ($0 / cap) } }
    }

    /// The gradient of a target at the place where it reads, the final soft-cap followed to first order.
    ///
    /// A direction is read before any cap, as the graph reads it.
    ///
    /// - Parameter logits: `[vocabularySize]`, after the cap, at the target's position
    func cappedReading(of target: AttributionTarget, logits: [Float]) -> TargetSelection.Reading {
        guard let steepness = steepness(logits), !target.tokens.isEmpty else { return target.reading(of: self) }
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
