import Circuits
import LanguageModels
import Tensors

/// What a graph explains: targets that were given, or the most likely next tokens.
struct TargetSelection: Sendable {
    /// What a target's gradient is at the place where it reads.
    enum Reading: Sendable {
        /// `[modelWidth]`, behind the final norm.
        case unembedding([Float])
        /// A feature's encoder row, at the input hook of its layer.
        case encoder(FeatureID)
        /// `[positions, modelWidth]`, the residual stream that enters the first block left out, from position `first` on.
        case stream(first: Int, rows: [Float])
    }

    /// By position as asked for, then in the order given or most likely first.
    let targets: [LogitTarget]
    /// One for each target.
    let readings: [Reading]
    /// What each target's inputs sum to: a logit less the mean logit, before any soft-cap, or whatever it is instead.
    let values: [Float]
    /// `[vocabularySize]`: the model's logits after the last position, after any soft-cap.
    let logits: [Float]

    /// - Throws: `TargetError` for targets that do not fit the model, its features or the prompt; `ModelError` or
    ///   `SafetensorsError` for logits that are not finite.
    init(
        model: LanguageModel, basis: FeatureBasis, trace: ForwardTrace, options: AttributionOptions
    ) throws {
        try TargetChecks(model: model, basis: basis).check(options.targets)
        let positions = try options.targetPositions(count: trace.tokens.count)
        var targets: [LogitTarget] = []
        var readings: [Reading] = []
        var values: [Float] = []
        var last: [Float]?
        for position in positions {
            let value = TargetValue(model: model, basis: basis, trace: trace, position: position)
            try model.requireFinite(logits: value.logits)
            let next = NextToken(model: model, linearLogits: value.logits)
            let wanted = options.targets.isEmpty ? next.mostLikely(options) : options.targets
            for target in wanted {
                if case .token(let id) = target {
                    targets.append(LogitTarget(token: id, probability: next.probabilities[id], position: position))
                } else {
                    let virtual = model.configuration.vocabularySize + targets.count
                    targets.append(
                        LogitTarget(
                            target, virtualToken: virtual, weight: next.weight(of: target), position: position))
                }
                readings.append(target.reading(of: model))
                values.append(value.value(of: target))
            }
            if position == trace.tokens.count - 1 { last = next.logits }
        }
        self.targets = targets
        self.readings = readings
        self.values = values
        logits = last ?? model.logits(trace, position: trace.tokens.count - 1)
    }

    /// Every target, as sweeps start from it.
    func sweepTargets(layerCount: Int) -> [SweepTarget] {
        targets.indices.map { index in
            SweepTarget(
                kind: .logit(index), position: targets[index].position,
                layer: layer(ofTarget: index, layerCount: layerCount))
        }
    }

    /// Above which layers a target finds its sources: a feature's are below the layer that reads it.
    private func layer(ofTarget index: Int, layerCount: Int) -> Int {
        switch readings[index] {
        case .unembedding, .stream: layerCount
        case .encoder(let feature): feature.layer
        }
    }
}

/// How likely each token is after one position.
private struct NextToken {
    /// `[vocabularySize]`: after any soft-cap.
    let logits: [Float]
    /// `[vocabularySize]`.
    let probabilities: [Float]

    init(model: LanguageModel, linearLogits: [Float]) {
        var values = linearLogits
        model.cap(&values)
        logits = values
        probabilities = softmax(values)
    }

    /// The smallest set of most likely tokens that reaches the desired probability.
    func mostLikely(_ options: AttributionOptions) -> [AttributionTarget] {
        var covered = 0.0
        var chosen: [AttributionTarget] = []
        for token in largest(options.maximumLogits, of: probabilities) {
            chosen.append(.token(id: token))
            covered += Double(probabilities[token])
            if covered >= options.desiredLogitProbability { break }
        }
        return chosen
    }

    /// What weighs a target among others: the probability that the next token is one of its tokens; a direction's own
    /// weight; 1 for a feature.
    func weight(of target: AttributionTarget) -> Float {
        switch target {
        case .token, .set, .difference: target.tokens.reduce(0) { $0 + probabilities[$1] }
        case .direction(_, _, let weight): weight
        case .feature: 1
        }
    }
}

extension AttributionTarget {
    /// The gradient that is injected for it.
    func reading(of model: LanguageModel) -> TargetSelection.Reading {
        /// Unembedding rows less their mean over the vocabulary.
        func centred(_ token: Int) -> [Float] {
            zip(model.unembedding.row(token), model.meanUnembedding).map { $0 - $1 }
        }
        switch self {
        case .token(let id): return .unembedding(centred(id))
        case .set(let tokens, let combination):
            var sum = [Float](repeating: 0, count: model.configuration.modelWidth)
            for token in tokens { for (index, value) in centred(token).enumerated() { sum[index] += value } }
            guard combination == .mean else { return .unembedding(sum) }
            return .unembedding(sum.map { $0 / Float(tokens.count) })
        case .difference(let token, let other):
            return .unembedding(zip(model.unembedding.row(token), model.unembedding.row(other)).map { $0 - $1 })
        case .direction(_, let vector, _): return .unembedding(vector)
        case .feature(let id): return .encoder(id)
        }
    }
}
