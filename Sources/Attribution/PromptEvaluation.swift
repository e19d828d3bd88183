import Circuits
import LanguageModels

extension Attributor {
    /// Sums over no prompt, in this replacement model's shape.
    public var emptyEvaluation: ReplacementEvaluation {
        ReplacementEvaluation(
            featureCounts: basis.layers.map(\.featureCount), modelWidth: model.configuration.modelWidth)
    }

    /// Compares the freely running replacement model with the underlying one on one prompt.
    ///
    /// In the neuron basis it runs on the neurons that are nodes of the prompt's graph, all others at their baseline.
    ///
    /// - Parameters:
    ///   - tokens: the prompt, the beginning-of-sequence token first
    ///   - answer: the token that is right after the last one, where the corpus knows it
    ///   - isWhole: whether the prompt ends where its answer comes; false for one that was cut
    ///   - layersAlone: whether each layer is replaced alone too, a run of the model a layer
    ///   - attribution: with it the prompt is attributed too, and its graph's scores are added
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    public func evaluate(
        _ tokens: [Int], answer: Int? = nil, isWhole: Bool = true, layersAlone: Bool = true,
        attribution: AttributionOptions? = nil
    ) throws -> ReplacementEvaluation {
        var evaluation = emptyEvaluation
        let local: LocalReplacementModel
        if let attribution {
            let result = try attribute(tokens, options: attribution)
            evaluation.addScores(of: result.graph)
            local = result.local
        } else {
            local = try localReplacementModel(tokens)
        }
        let replaced =
            switch basis.kind {
            case .transcoders(let transcoders):
                try ReplacementRun(
                    tokens, model: model, transcoders: transcoders, firstCountedPosition: local.firstCountedPosition)
            case .neurons(let neurons):
                try ReplacementRun(
                    tokens, model: model, neurons: neurons, keeping: local.activeFeatures,
                    firstCountedPosition: local.firstCountedPosition)
            }
        let underlying = model.logits(local.trace)
        let replacement = model.logits(replaced.trace)
        for position in 0..<tokens.count {
            try model.requireFinite(logits: Array(underlying.row(position)))
            try model.requireFinite(logits: Array(replacement.row(position)))
        }
        evaluation.prompts = 1
        for position in min(local.firstCountedPosition, tokens.count)..<tokens.count {
            let isLast = position == tokens.count - 1
            let next = isLast ? answer : tokens[position + 1]
            let distribution = NextTokenDistribution(underlying.row(position))
            evaluation.addToken(
                underlying: distribution, replacement: NextTokenDistribution(replacement.row(position)), next: next,
                isAnswer: isLast && isWhole)
            for layer in 0..<model.configuration.layerCount {
                evaluation.addLayer(
                    layer, output: local.trace.layers[layer].mlpOutput.row(position),
                    error: local.errors[layer].row(position))
                guard layersAlone, isLast, isWhole else { continue }
                let logits = model.logits(try run(tokens, replacing: layer, of: local), position: position)
                try model.requireFinite(logits: logits)
                evaluation.addLayerAlone(
                    layer, underlying: distribution, replacement: NextTokenDistribution(logits[...]), next: next)
            }
        }
        evaluation.addActive(local.activeFeatures)
        return evaluation
    }

    /// A run in which one layer's MLP writes what the features make of it, and later layers compute with that.
    ///
    /// Before that layer everything is as in the underlying model's run, so its features are those found there: of a
    /// cross-layer transcoder those of earlier layers write to it too, and to no other.
    private func run(
        _ tokens: [Int], replacing replaced: Int, of local: LocalReplacementModel
    ) throws -> ForwardTrace {
        try model.run(tokens, site: basis.outputHook.site) { layer, _, mlp in
            guard layer <= replaced else { return mlp() }
            var output = local.trace.layers[layer].mlpOutput
            guard layer == replaced else { return output }
            for index in output.values.indices { output.values[index] -= local.errors[layer].values[index] }
            return output
        }
    }
}
