import LanguageModels

/// What is computed of a prompt once it has its graph.
extension MemoryNeed {
    /// The graph, beside it its pruned copy, and the larger of what effects and heads take.
    var following: Int {
        guard options != nil, memory.following != AttributionMemory.Following() else { return 0 }
        return graph + graph / Self.number + max(effects, heads)
    }

    private var headWidths: Int { configuration.headCount * configuration.headWidth }

    /// One layer's patterns, of as many queries as are made at once.
    private var patterns: Int { AttentionPatterns.scratchCount(reach: tokenCount) * Self.number }

    /// Slopes of the underlying model's neurons and directions in which its norms move; gradients of all readouts; and
    /// what silencing features takes.
    private var effects: Int {
        guard memory.following.effects else { return 0 }
        let neurons = attributor.model.blocks.map(\.mlp.neuronCount)
        let norms = attributor.model.blocks.contains { $0.mlpPostNorm != nil } ? 4 : 2
        let derivative = tokenCount * (3 * neurons.reduce(0, +) + (norms * layerCount + 1) * width)
        // The answer and its rival may be no targets.
        let readouts = targetCount - nodeCount + 2
        let widest = max(width, headWidths, neurons.max() ?? 0)
        let sweep = readouts * tokenCount * (3 * width + 2 * widest) + nodeCount * width
        return Self.number * (derivative + max(sweep, measurement(ofWidest: widest))) + patterns
    }

    /// Numbers of the prompt's own values, of the variants' rows in one block, and of logits with their logarithms in
    /// double.
    private func measurement(ofWidest widest: Int) -> Int {
        let count = memory.following.measuredNodes
        guard count > 0 else { return 0 }
        let values = layerCount * tokenCount * configuration.keyValueHeadCount * configuration.headWidth
        let rows = min(count * tokenCount, max(EffectMeasurement.rowsAPiece, tokenCount))
        let logits = (min(count, EffectMeasurement.logitsAPiece) + 6) * configuration.vocabularySize
        return values + max(rows * (6 * width + 3 * widest), logits)
    }

    /// What sources contribute to the heads' outputs, and the sweeps that find it and that read it.
    private var heads: Int {
        guard memory.following.heads else { return 0 }
        let one = layerCount * tokenCount * headWidths
        let sources = nodeCount + (layerCount + 1) * tokenCount
        let kept = min(sources * one, max(HeadLoadings.usualKeptNumbers, one))
        let filling = min(sources * tokenCount, max(HeadLoadings.rowsAGroup, tokenCount)) * (2 * width + 3 * headWidths)
        let reading =
            HeadLoadings.pieceNumbers
            + min(targetCount * tokenCount, max(HeadLoadings.rowsAPiece, HeadLoadings.smallestPiece * tokenCount))
            * (width + 3 * max(width, headWidths))
        return (kept + max(1, jobs) * max(filling, reading)) * Self.number + max(1, jobs) * patterns
    }
}
