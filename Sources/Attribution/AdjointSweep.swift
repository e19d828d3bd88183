import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The adjoint recursion: injects each target's gradient and walks it down the frozen network, layer by layer, taking
/// dot products with every source that writes on the way.
///
///     1. a logit starts above the last layer:   g = u − ū through the final norm's adjoint; so does any direction
///     2. for each layer from the top:
///          row[s] += g[p] · (a_s W_dec[s → layer])     for every source s active at p; errors, constants alike
///          g += skip's adjoint                          where the transcoder has one
///          a feature of this layer starts here          g = W_enc through the input hook's adjoint
///          g += attention's adjoint                     patterns and denominators frozen
///     3. row[token p] = g[p] · embedding[p]
///
/// Where attention and MLP run side by side, attention's adjoint takes what reached the block's end alone: skips and
/// features of the layer itself read what entered the block, below attention.
///
/// One sweep serves targets at one position, ordered by layer from the top, so that those that have started are
/// always the first `live` ones: gradients lie as `[target][position][width]`, and every step is one matrix product
/// over `live × positions` rows. Positions after the targets' own are never touched: they cannot be reached.
///
/// - SeeAlso: Ameisen et al. 2025, "Building an Attribution Graph".
struct AdjointSweep {
    let model: LanguageModel
    let transcoders: TranscoderSet
    let weights: AdjointWeights
    let local: LocalReplacementModel
    /// What the graph's targets read, one for each.
    let readings: [TargetSelection.Reading]

    /// `[layerCount]`: from the residual stream to what attention computed, where a norm lies between them.
    private let attentionPostAdjoints: [NormAdjoint?]

    init(
        model: LanguageModel, transcoders: TranscoderSet, weights: AdjointWeights, local: LocalReplacementModel,
        readings: [TargetSelection.Reading]
    ) {
        self.model = model
        self.transcoders = transcoders
        self.weights = weights
        self.local = local
        self.readings = readings
        attentionPostAdjoints = zip(model.blocks, local.trace.layers).map { block, layer in
            guard let norm = block.attentionPostNorm, let denominators = layer.attentionPostDenominators else {
                return nil
            }
            return NormAdjoint(norm, denominators: denominators)
        }
    }

    private var width: Int { model.configuration.modelWidth }

    /// Computes the rows `first ..< first + count` of `rows`, whose targets share a position and are ordered by layer,
    /// the highest first.
    ///
    /// - Returns: floating-point operations spent in matrix products, two for a multiplication and addition
    func run(_ rows: EdgeRows, first: Int, count: Int) -> Int {
        let targets = Array(rows.targets[first..<first + count])
        guard let position = targets.first?.position else { return 0 }
        precondition(targets.allSatisfy { $0.position == position })
        let reach = position + 1
        let headWidths = model.configuration.headCount * model.configuration.headWidth
        let scratchWidth = max(headWidths, width)
        let gradient = UnsafeMutablePointer<Float>.allocate(capacity: count * reach * width)
        let heads = UnsafeMutablePointer<Float>.allocate(capacity: count * reach * headWidths)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: count * reach * scratchWidth)
        defer {
            gradient.deallocate()
            heads.deallocate()
            values.deallocate()
        }
        var operations = 0
        var live = 0
        start(targets, from: &live, above: model.configuration.layerCount, gradient: gradient)
        for layer in stride(from: model.configuration.layerCount - 1, through: 0, by: -1) {
            operations += readSources(layer: layer, live: live, reach: reach, gradient, rows, first: first)
            if model.blocks[layer].isParallel {
                let entered = live
                operations += passOutput(
                    layer: layer, live: entered, reach: reach, gradient, heads: heads, scratch: values, rows,
                    first: first)
                operations += passSkip(layer: layer, live: live, reach: reach, gradient, scratch: values)
                start(targets, from: &live, above: layer, gradient: gradient)
                operations += passValues(
                    layer: layer, live: entered, reach: reach, gradient, heads: heads, values: values)
            } else {
                operations += passSkip(layer: layer, live: live, reach: reach, gradient, scratch: values)
                start(targets, from: &live, above: layer, gradient: gradient)
                operations += passOutput(
                    layer: layer, live: live, reach: reach, gradient, heads: heads, scratch: values, rows, first: first)
                operations += passValues(layer: layer, live: live, reach: reach, gradient, heads: heads, values: values)
            }
        }
        readBottom(live: live, reach: reach, gradient, rows, first: first)
        for (offset, target) in targets.enumerated() { rows.row(first + offset)[local.layout.bias] += constant(target) }
        return operations
    }

    /// What a target reads whatever the residual stream holds: the biases on its way.
    private func constant(_ target: SweepTarget) -> Float {
        switch target.kind {
        case .logit(let index):
            switch readings[index] {
            case .unembedding(let vector): return local.finalAdjoint.constant(vector)
            case .encoder(let feature): return constant(feature)
            }
        case .feature(let index): return constant(local.activeFeatures[index].feature)
        }
    }

    private func constant(_ feature: FeatureID) -> Float {
        let transcoder = transcoders.layers[feature.layer]
        let own = transcoder.encoderBias[feature.index]
        let adjoint = local.inputAdjoints[feature.layer]
        return adjoint.bias == nil ? own : own + adjoint.constant(transcoder.encoder.row(feature.index))
    }

    /// Injects the gradients of the targets that read above the MLP of `layer`, or its input.
    private func start(
        _ targets: [SweepTarget], from live: inout Int, above layer: Int, gradient: UnsafeMutablePointer<Float>
    ) {
        while live < targets.count, targets[live].layer >= layer {
            let target = targets[live]
            let reach = target.position + 1
            let own = gradient + live * reach * width
            own.initialize(repeating: 0, count: reach * width)
            let place = own + target.position * width
            switch target.kind {
            case .logit(let index):
                switch readings[index] {
                case .unembedding(let vector):
                    local.finalAdjoint.apply(vector, position: target.position, into: place)
                case .encoder(let feature): inject(feature, position: target.position, into: place)
                }
            case .feature(let index):
                inject(local.activeFeatures[index].feature, position: target.position, into: place)
            }
            live += 1
        }
    }

    private func inject(_ feature: FeatureID, position: Int, into place: UnsafeMutablePointer<Float>) {
        let encoder = transcoders.layers[feature.layer].encoder.row(feature.index)
        local.inputAdjoints[feature.layer].apply(encoder, position: position, into: place)
    }

    /// Takes the dot products with everything that writes to `layer`.
    private func readSources(
        layer: Int, live: Int, reach: Int, _ gradient: UnsafeMutablePointer<Float>, _ rows: EdgeRows, first: Int
    ) -> Int {
        guard live > 0 else { return 0 }
        let layout = local.layout
        var operations = 0
        local.scaledDecoders.withUnsafeBufferPointer { decoders in
            guard let decoders = decoders.baseAddress else { return }
            for position in 0..<reach {
                let block = local.blocks[layer * layout.positionCount + position]
                multiplyByTransposed(
                    gradient + position * width, stride: reach * width, decoders + block.firstRow * width,
                    stride: width, into: rows.row(first) + block.firstColumn, stride: rows.columnCount,
                    rowCount: live, columnCount: block.count, innerCount: width, accumulate: true)
                operations += 2 * live * block.count * width
            }
        }
        local.addedErrors[layer].values.withUnsafeBufferPointer { errors in
            local.constants[layer].values.withUnsafeBufferPointer { constants in
                guard let errors = errors.baseAddress, let constants = constants.baseAddress else { return }
                for target in 0..<live {
                    let row = rows.row(first + target)
                    for position in 0..<reach {
                        let (error, constant) = twoDots(
                            gradient + (target * reach + position) * width, errors + position * width,
                            constants + position * width, count: width)
                        row[layout.error(layer: layer, position: position)] = error
                        row[layout.bias] += constant
                    }
                }
            }
        }
        return operations + 4 * live * reach * width
    }

    /// Adds what flows through a transcoder's linear skip.
    private func passSkip(
        layer: Int, live: Int, reach: Int, _ gradient: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) -> Int {
        guard live > 0, let skip = transcoders.layers[layer].skip else { return 0 }
        if let adjoint = local.outputAdjoints[layer] {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: live * reach * width) { atHook in
                guard let atHook = atHook.baseAddress else { return }
                for index in 0..<live * reach {
                    adjoint.apply(gradient + index * width, position: index % reach, into: atHook + index * width)
                }
                skip.transposeApply(to: atHook, count: live * reach, into: scratch)
            }
        } else {
            skip.transposeApply(to: gradient, count: live * reach, into: scratch)
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { row in
            guard let row = row.baseAddress else { return }
            for index in 0..<live * reach {
                local.inputAdjoints[layer].apply(scratch + index * width, position: index % reach, into: row)
                addScaled(1, row, to: gradient + index * width, count: width)
            }
        }
        return 2 * live * reach * width * width
    }

    /// Takes gradients from what attention adds back to its heads' outputs; reads what attention's biases write.
    private func passOutput(
        layer: Int, live: Int, reach: Int, _ gradient: UnsafeMutablePointer<Float>,
        heads: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ rows: EdgeRows, first: Int
    ) -> Int {
        guard live > 0 else { return 0 }
        var written = gradient
        if let adjoint = attentionPostAdjoints[layer] {
            for index in 0..<live * reach {
                adjoint.apply(gradient + index * width, position: index % reach, into: scratch + index * width)
                rows.row(first + index / reach)[local.layout.bias] += adjoint.constant(gradient + index * width)
            }
            written = scratch
        }
        if let constant = weights.layers[layer].constant {
            for index in 0..<live * reach {
                rows.row(first + index / reach)[local.layout.bias] += dot(
                    written + index * width, constant, count: width)
            }
        }
        let output = weights.layers[layer].output
        output.adjointApply(to: written, count: live * reach, into: heads)
        return 2 * live * reach * width * output.inputWidth
    }

    /// Adds what flows from the heads' outputs through patterns and values to the residual stream.
    private func passValues(
        layer: Int, live: Int, reach: Int, _ gradient: UnsafeMutablePointer<Float>,
        heads: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>
    ) -> Int {
        guard live > 0 else { return 0 }
        let attention = model.blocks[layer].attention
        let headWidths = attention.headCount * attention.headWidth
        let valueWidths = attention.keyValueHeadCount * attention.headWidth
        let trace = local.trace.layers[layer]
        let scale = trace.attentionDenominators.map { 1 / $0 }
        trace.patterns.withUnsafeBufferPointer { patterns in
            guard let patterns = patterns.baseAddress else { return }
            for target in 0..<live {
                attentionAdjoint(
                    heads + target * reach * headWidths, patterns: patterns, scale: scale,
                    into: values + target * reach * valueWidths, positionCount: reach,
                    positionStride: local.layout.positionCount, headCount: attention.headCount,
                    groupSize: attention.groupSize, headWidth: attention.headWidth)
            }
        }
        weights.layers[layer].foldedValue.values.withUnsafeBufferPointer { value in
            guard let value = value.baseAddress else { return }
            multiply(
                values, stride: valueWidths, value, stride: width, into: gradient, stride: width,
                rowCount: live * reach, columnCount: width, innerCount: valueWidths, accumulate: true)
        }
        return 2 * live * reach * width * valueWidths + live * reach * (reach + 1) * headWidths
    }

    /// Takes the dot products with what is at the bottom: token embeddings and learned positions.
    private func readBottom(
        live: Int, reach: Int, _ gradient: UnsafeMutablePointer<Float>, _ rows: EdgeRows, first: Int
    ) {
        local.trace.embeddings.values.withUnsafeBufferPointer { embeddings in
            guard let embeddings = embeddings.baseAddress else { return }
            for target in 0..<live {
                for position in 0..<reach {
                    rows.row(first + target)[local.layout.token(position: position)] = dot(
                        gradient + (target * reach + position) * width, embeddings + position * width, count: width)
                }
            }
        }
        local.trace.positions?.values.withUnsafeBufferPointer { positions in
            guard let positions = positions.baseAddress else { return }
            // Both lie position after position, so one dot product takes the whole prompt.
            for target in 0..<live {
                rows.row(first + target)[local.layout.bias] += dot(
                    gradient + target * reach * width, positions, count: reach * width)
            }
        }
    }
}
