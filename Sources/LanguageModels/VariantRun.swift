import Tensors

/// Runs many variants of one prompt at once, each of which differs from it by what is added to its MLPs' outputs at one
/// position, attention patterns held.
///
/// A variant is as the prompt below the layer where it begins and before its position, so that only the rest is computed:
/// all variants of one position are rows of the same matrix products, and of the last block only the last position is
/// needed. Norms and MLPs are recomputed.
///
///     let run = VariantRun(model, trace, site: .output)
///     let last = run.finalRows(position: 3, starts: [0, 2]) { layer, variant in … }
public struct VariantRun: Sendable {
    /// What is added to one variant at one layer, `[modelWidth]`; `nil` for nothing.
    public typealias Addition = (_ layer: Int, _ variant: Int) -> [Float]?

    private let model: LanguageModel
    private let trace: ForwardTrace
    private let site: MLPSite
    /// `[layerCount]` of `[positionCount, keyValueHeadCount * headWidth]`: what attention reads in the prompt itself.
    private let values: [Matrix]

    /// Prepares variants of the run that `trace` tells, at the site where it was asked for.
    public init(_ model: LanguageModel, _ trace: ForwardTrace, site: MLPSite) {
        self.model = model
        self.trace = trace
        self.site = site
        values = zip(model.blocks, trace.layers).map { block, layer in
            block.attention.value.applied(
                to: block.attentionNorm.applied(to: layer.residual, denominators: layer.attentionDenominators))
        }
    }

    /// The residual stream after the last block at the last position of each variant, `[starts.count, modelWidth]`.
    ///
    /// - Parameters:
    ///   - position: where all of them differ first
    ///   - starts: the layer at which each begins to differ, ascending
    ///   - addition: asked for at that layer and every later one
    public func finalRows(position: Int, starts: [Int], addition: Addition) -> Matrix {
        precondition(starts.indices.dropFirst().allSatisfy { starts[$0 - 1] <= starts[$0] })
        let (width, last) = (model.configuration.modelWidth, trace.tokens.count - 1)
        precondition(0...last ~= position)
        var stream: [Float] = []
        var live = 0
        for layer in model.blocks.indices {
            let isLast = layer == model.blocks.count - 1
            let kept = isLast ? last...last : position...last
            if live > 0 {
                stream = advance(stream, count: live, from: position, layer: layer, keeping: kept, addition)
            }
            while live < starts.count, starts[live] == layer {
                let left = isLast ? trace.finalResidual : trace.layers[layer + 1].residual
                var rows = Array(left.values[kept.lowerBound * width..<(kept.upperBound + 1) * width])
                if kept.contains(position), let added = addition(layer, live) {
                    let difference = difference(layer: layer, position: position, adding: added)
                    let first = (position - kept.lowerBound) * width
                    for column in 0..<width { rows[first + column] += difference[column] }
                }
                stream += rows
                live += 1
            }
        }
        precondition(live == starts.count, "variants begin at layers of the model")
        return Matrix(rowCount: live, columnCount: width, values: stream)
    }

    /// What reaches the residual stream of something added to one MLP's output in the prompt itself.
    private func difference(layer: Int, position: Int, adding added: [Float]) -> [Float] {
        guard site == .output, let norm = model.blocks[layer].mlpPostNorm else { return added }
        var output = Array(trace.layers[layer].mlpOutput.row(position))
        let before = norm.applied(to: Matrix(rowCount: 1, columnCount: output.count, values: output)).values
        for column in output.indices { output[column] += added[column] }
        let after = norm.applied(to: Matrix(rowCount: 1, columnCount: output.count, values: output)).values
        return zip(after, before).map { $0 - $1 }
    }

    /// Takes variants through one block.
    ///
    /// - Parameters:
    ///   - stream: `[count, positions from `position` on, modelWidth]`, what enters it
    ///   - kept: the positions of the result
    /// - Returns: `[count, kept.count, modelWidth]`
    private func advance(
        _ stream: [Float], count: Int, from position: Int, layer: Int, keeping kept: ClosedRange<Int>,
        _ addition: Addition
    ) -> [Float] {
        let (width, block) = (model.configuration.modelWidth, model.blocks[layer])
        let tail = trace.tokens.count - position
        let entering = Matrix(rowCount: count * tail, columnCount: width, values: stream)
        let attended = block.attention.output.applied(
            to: mixed(
                block.attention.value.applied(to: block.attentionNorm.applied(to: entering)), count: count,
                from: position, layer: layer, keeping: kept))
        var own = entering
        if kept.count < tail {
            var rows: [Float] = []
            for variant in 0..<count {
                for place in kept {
                    let start = (variant * tail + place - position) * width
                    rows += stream[start..<start + width]
                }
            }
            own = Matrix(rowCount: count * kept.count, columnCount: width, values: rows)
        }
        var result = own
        result.add(PostNormed(attended, block.attentionPostNorm, denominators: nil).addition)
        let reading = block.reading(block.isParallel ? own : result)
        var output = block.mlp.applied(to: reading.normalized)
        func add() {
            guard kept.contains(position) else { return }
            for variant in 0..<count {
                guard let added = addition(layer, variant) else { continue }
                let first = (variant * kept.count + position - kept.lowerBound) * width
                for column in 0..<width { output.values[first + column] += added[column] }
            }
        }
        if site == .output { add() }
        output = PostNormed(output, block.mlpPostNorm, denominators: nil).addition
        if site == .addition { add() }
        result.add(output)
        return result.values
    }

    /// What the heads read at each kept position: the prompt's own values before `position`, the variants' from there on.
    private func mixed(
        _ changed: Matrix, count: Int, from position: Int, layer: Int, keeping kept: ClosedRange<Int>
    ) -> Matrix {
        let attention = model.blocks[layer].attention
        let (positionCount, headWidth) = (trace.tokens.count, attention.headWidth)
        let (tail, valueWidth) = (positionCount - position, attention.keyValueHeadCount * headWidth)
        var mixed = Matrix(rowCount: count * kept.count, columnCount: attention.headCount * headWidth)
        let patterns = trace.layers[layer].attention
        mixed.values.withUnsafeMutableBufferPointer { mixed in
            changed.values.withUnsafeBufferPointer { changed in
                values[layer].values.withUnsafeBufferPointer { held in
                    guard let output = mixed.baseAddress, let changed = changed.baseAddress,
                        let held = held.baseAddress
                    else { return }
                    patterns.forEachBlock(queries: kept.lowerBound..<kept.upperBound + 1) { head, block in
                        let firstKey = block.keys.lowerBound
                        let middle = max(firstKey, position)
                        for query in block.queries {
                            let line = block.weights + (query - block.queries.lowerBound) * block.stride
                            let before = UnsafeBufferPointer(start: line, count: middle - firstKey)
                            let after = UnsafeBufferPointer(
                                start: line + middle - firstKey, count: query + 1 - middle)
                            for variant in 0..<count {
                                let row = variant * kept.count + query - kept.lowerBound
                                let place = output + (row * attention.headCount + head) * headWidth
                                attention.mix(
                                    held + firstKey * valueWidth, head: head, weights: before, into: place)
                                attention.mix(
                                    changed + (variant * tail + middle - position) * valueWidth, head: head,
                                    weights: after, into: place)
                            }
                        }
                    }
                }
            }
        }
        return mixed
    }
}
