import Circuits

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
    ///   - attribution: with it the prompt is attributed too, and its graph's scores are added
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    public func evaluate(
        _ tokens: [Int], answer: Int? = nil, attribution: AttributionOptions? = nil
    ) throws -> ReplacementEvaluation {
        var evaluation = emptyEvaluation
        let local: LocalReplacementModel
        if let attribution {
            let result = try attribute(tokens, options: attribution)
            evaluation.addScores(GraphScores(result.graph))
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
            evaluation.addToken(
                underlying: underlying.row(position), replacement: replacement.row(position),
                next: position + 1 < tokens.count ? tokens[position + 1] : answer)
            for layer in 0..<model.configuration.layerCount {
                evaluation.addLayer(
                    layer, output: local.trace.layers[layer].mlpOutput.row(position),
                    error: local.errors[layer].row(position))
            }
        }
        evaluation.addActive(local.activeFeatures)
        return evaluation
    }
}
