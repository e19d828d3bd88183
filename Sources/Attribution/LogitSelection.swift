import Circuits
import LanguageModels
import Tensors

/// The logits that a graph explains.
struct LogitSelection: Sendable {
    /// Most likely first.
    let targets: [LogitTarget]
    /// `[targets.count][modelWidth]`: unembedding rows less their mean over the vocabulary.
    let vectors: [[Float]]
    /// Each target's logit less the mean logit, before any soft-cap.
    let centredLogits: [Float]
    /// `[vocabularySize]`: the model's logits, after any soft-cap.
    let logits: [Float]

    /// The smallest set of most likely tokens after `position` that reaches the desired probability.
    init(model: LanguageModel, trace: ForwardTrace, position: Int, options: AttributionOptions) {
        let linear = model.linearLogits(trace, position: position)
        var capped = linear
        model.cap(&capped)
        logits = capped
        var probabilities = capped
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
        let mean = Float(linear.reduce(0.0) { $0 + Double($1) } / Double(linear.count))
        centredLogits = chosen.map { linear[$0.token] - mean }
    }
}
