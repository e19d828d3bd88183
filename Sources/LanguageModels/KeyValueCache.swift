import Tensors

/// The keys and values of every position read so far, so that a further token costs one position and not the prompt.
///
///     var cache = KeyValueCache(model)
///     var logits = try model.advance(prompt, cache: &cache)
///     logits = try model.advance([next], cache: &cache)
///
/// Layers with a sliding window keep all positions too: memory is `positions × keyValueHeadCount × headWidth × 2`
/// numbers a layer.
public struct KeyValueCache: Sendable {
    /// One layer's part.
    struct Layer: Sendable {
        /// `[positionCount, keyValueHeadCount * headWidth]`, turned by their positions.
        var keys: [Float] = []
        /// `[positionCount, keyValueHeadCount * headWidth]`.
        var values: [Float] = []
    }

    /// Positions read so far.
    public fileprivate(set) var positionCount = 0
    fileprivate var layers: [Layer]

    /// An empty cache for `model`.
    public init(_ model: LanguageModel) { layers = model.blocks.map { _ in Layer() } }
}

extension LanguageModel {
    /// Reads tokens that follow those in the cache.
    ///
    /// - Parameters:
    ///   - tokens: at least one; with those in the cache at most the context length
    ///   - cache: of this model; the tokens are entered into it, unless this throws
    ///   - site: the tensor that `mlpOutput` gives, and calls for
    ///   - mlpOutput: what stands in the MLP's place at the new positions, which begin at the reading's `firstPosition`
    /// - Returns: `[vocabularySize]`, the logits that follow the last token
    /// - Throws: `ModelError` for tokens that do not fit; whatever `mlpOutput` throws.
    public func advance(
        _ tokens: [Int], cache: inout KeyValueCache, site: MLPSite = .addition,
        mlpOutput: MLPReplacement = { _, _, mlp in mlp() }
    ) throws -> [Float] {
        precondition(cache.layers.count == blocks.count)
        let first = cache.positionCount
        try check(tokens, after: first)
        var layers = cache.layers
        cache.layers = []  // So that the arrays have one owner and grow in place.
        defer { cache.layers = layers }
        let width = layers.map(\.keys.count)
        var residual = embed(tokens)
        if let positionEmbedding { residual.add(Self.rows(positionEmbedding, first..<first + tokens.count)) }
        do {
            for (index, block) in blocks.enumerated() {
                let entering = residual
                let attended = block.attention.output(
                    block.attentionNorm.applied(to: residual), cache: &layers[index], from: first)
                residual.add(PostNormed(attended, block.attentionPostNorm, denominators: nil).addition)
                let reading = block.reading(block.isParallel ? entering : residual, firstPosition: first)
                residual.add(
                    try block.written(reading, layer: index, site: site, postDenominators: nil, mlpOutput).addition)
            }
            try requireFinite(residual, firstPosition: first)
        } catch {
            for (index, count) in width.enumerated() {
                layers[index].keys.removeLast(layers[index].keys.count - count)
                layers[index].values.removeLast(layers[index].values.count - count)
            }
            throw error
        }
        cache.positionCount = first + tokens.count
        let last = Matrix(
            rowCount: 1, columnCount: configuration.modelWidth, values: Array(residual.row(tokens.count - 1)))
        var logits = unembedding.applied(to: finalNorm.applied(to: last)).values
        cap(&logits)
        return logits
    }
}

extension Attention {
    /// What attention writes at positions that follow those in the cache; their keys and values are entered into it.
    ///
    /// - Parameters:
    ///   - normalized: `[newPositionCount, modelWidth]`
    ///   - first: how many positions are in the cache
    /// - Returns: `[newPositionCount, modelWidth]`
    fileprivate func output(_ normalized: Matrix, cache: inout KeyValueCache.Layer, from first: Int) -> Matrix {
        let queries = queries(normalized, from: first)
        cache.keys += keys(normalized, from: first).values
        cache.values += value.applied(to: normalized).values
        var mixed = Matrix(rowCount: normalized.rowCount, columnCount: headCount * headWidth)
        var line = [Float](repeating: 0, count: first + normalized.rowCount)
        mixed.values.withUnsafeMutableBufferPointer { mixed in
            queries.values.withUnsafeBufferPointer { queries in
                line.withUnsafeMutableBufferPointer { line in
                    guard let mixed = mixed.baseAddress, let query = queries.baseAddress else { return }
                    for row in 0..<normalized.rowCount {
                        for head in 0..<headCount {
                            let place = (row * headCount + head) * headWidth
                            let weights = UnsafeMutableBufferPointer(rebasing: line[...(first + row)])
                            weights.update(repeating: 0)
                            weigh(query + place, keys: cache.keys, head: head, row: first + row, into: weights)
                            mix(cache.values, head: head, weights: UnsafeBufferPointer(weights), into: mixed + place)
                        }
                    }
                }
            }
        }
        return output.applied(to: mixed)
    }
}
