import Circuits
import LanguageModels
import Tensors

/// The logits that a graph explains.
struct LogitSelection: Sendable {
    /// Most likely first.
    let targets: [LogitTarget]
    /// `[targets.count][modelWidth]`: unembedding rows less their mean over the vocabulary.
    let vectors: [[Float]]
    /// Each target's logit less the mean logit.
    let centredLogits: [Float]
    /// The most likely next token.
    let logits: [Float]

    /// The smallest set of most likely tokens after `position` that reaches the desired probability.
    init(model: LanguageModel, trace: ForwardTrace, position: Int, options: AttributionOptions) {
        logits = model.logits(trace, position: position)
        var probabilities = logits
        probabilities.withUnsafeMutableBufferPointer { softmax($0) }
        var covered = 0.0
        var chosen: [LogitTarget] = []
        for token in largest(options.maximumLogits, of: probabilities) {
            chosen.append(LogitTarget(token: token, probability: probabilities[token], position: position))
            covered += Double(probabilities[token])
            if covered >= options.desiredLogitProbability { break }
        }
        targets = chosen
        vectors = chosen.map { target in
            zip(model.unembedding.row(target.token), model.meanUnembedding).map { $0 - $1 }
        }
        let mean = Float(logits.reduce(0.0) { $0 + Double($1) } / Double(logits.count))
        let logits = logits
        centredLogits = chosen.map { logits[$0.token] - mean }
    }
}
