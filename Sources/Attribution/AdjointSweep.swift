import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The adjoint recursion: injects each target's gradient and walks it down the frozen network, layer by layer; a visitor
/// reads what it needs on the way.
///
///     1. a logit starts above the last layer:   g = u − ū through the final norm's adjoint; so does any direction
///     2. for each layer from the top:
///          the visitor reads g                          dot products with every source that writes to the layer
///          the visitor passes g through the MLP         a transcoder's skip, or neurons with their slopes held
///          a feature of this layer starts here          g = W_enc through the input hook's adjoint
///          g += attention's adjoint                     patterns frozen; denominators too, unless they move
///     3. the visitor reads g at the bottom              token embeddings and learned positions
///
/// Where attention and MLP run side by side, attention's adjoint takes what reached the block's end alone: MLPs and
/// features of the layer itself read what entered the block, below attention.
///
/// One sweep serves targets at one position or at some near each other, ordered by layer from the top, so that those that
/// have started are always the first `live` ones: gradients lie as `[target][position][width]`, and every step is one
/// matrix product over `live × positions` rows. Positions after the last of the targets' own are never touched: they cannot
/// be reached; at positions after its own a target's gradients are zero.
///
/// - SeeAlso: Ameisen et al. 2025, "Building an Attribution Graph"; ``EdgeVisitor``, ``NeuronEffectVisitor``.
struct AdjointSweep {
    let model: LanguageModel
    let weights: AdjointWeights
    let prompt: FrozenPrompt
    /// What the graph's targets read, one for each.
    let readings: [TargetSelection.Reading]
    /// What targets of kind `feature` count in.
    let activeFeatures: [ActiveFeature]
    /// How exactly products are computed.
    let precision: ProductPrecision
    /// What every phase is told to.
    let costs: PhaseCosts

    /// Sweeps of a prompt's targets.
    init(
        model: LanguageModel, weights: AdjointWeights, prompt: FrozenPrompt, readings: [TargetSelection.Reading],
        activeFeatures: [ActiveFeature], precision: ProductPrecision = .float32, costs: PhaseCosts = PhaseCosts()
    ) {
        self.model = model
        self.weights = weights
        self.prompt = prompt
        self.readings = readings
        self.activeFeatures = activeFeatures
        self.precision = precision
        self.costs = costs
    }

    private var width: Int { model.configuration.modelWidth }

    /// Sweeps once for targets that are ordered by layer, the highest first.
    ///
    /// - Parameter top: blocks from this one on are left out: targets read below them; every block unless given
    /// - Returns: floating-point operations spent in matrix products, two for a multiplication and addition
    func run(_ targets: [SweepTarget], below top: Int? = nil, _ visitor: some SweepVisitor) -> Int {
        guard let last = targets.map(\.position).max() else { return 0 }
        precondition(zip(targets, targets.dropFirst()).allSatisfy { $0.layer >= $1.layer })
        let reach = last + 1
        let headWidths = model.configuration.headCount * model.configuration.headWidth
        let scratchWidth = max(headWidths, width)
        let gradient = UnsafeMutablePointer<Float>.allocate(capacity: targets.count * reach * width)
        let heads = UnsafeMutablePointer<Float>.allocate(capacity: targets.count * reach * scratchWidth)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: targets.count * reach * scratchWidth)
        defer {
            gradient.deallocate()
            heads.deallocate()
            values.deallocate()
        }
        let isBlocked =
            reach >= AttentionPatterns.blockedPositions || prompt.trace.layers.contains { $0.attention.kept == nil }
        let mixing =
            isBlocked
            ? AttentionMixing(targetCount: targets.count, reach: reach, headWidth: model.configuration.headWidth)
            : nil
        func gradients(_ live: Int) -> SweepGradients {
            SweepGradients(base: gradient, live: live, reach: reach, width: width)
        }
        var operations = 0
        var live = 0
        func start(above layer: Int) {
            costs.measure(.injection) {
                self.start(targets, from: &live, above: layer, reach: reach, gradient: gradient)
            }
        }
        let top = top ?? model.configuration.layerCount
        start(above: top)
        for layer in stride(from: top - 1, through: 0, by: -1) {
            // What is left undone is not missed: whoever started this asks too, and throws.
            if Cancellation.current?.reason != nil { return operations }
            let entered = gradients(live)
            if live > 0 { operations += costs.count(.sources) { visitor.readBlock(layer: layer, entered) } }
            if model.blocks[layer].isParallel {
                operations += costs.count(.projections) {
                    passOutput(layer: layer, entered, heads: heads, scratch: values, visitor)
                }
                if live > 0 { operations += costs.count(.skips) { visitor.passMLP(layer: layer, entered) } }
                operations += visitor.readAttention(layer: layer, entered, heads: heads)
                start(above: layer)
                operations += passAttention(layer: layer, entered, heads: heads, values: values, mixing)
            } else {
                if live > 0 { operations += costs.count(.skips) { visitor.passMLP(layer: layer, entered) } }
                start(above: layer)
                operations += costs.count(.projections) {
                    passOutput(layer: layer, gradients(live), heads: heads, scratch: values, visitor)
                }
                operations += visitor.readAttention(layer: layer, gradients(live), heads: heads)
                operations += passAttention(layer: layer, gradients(live), heads: heads, values: values, mixing)
            }
        }
        costs.measure(.bottom) {
            visitor.readBottom(gradients(live))
            for (index, target) in targets.enumerated() { visitor.add(constant: constant(target), target: index) }
        }
        return operations
    }

    /// What a target reads whatever the residual stream holds: the biases on its way.
    private func constant(_ target: SweepTarget) -> Float {
        switch reading(of: target) {
        case .stream: return 0
        case .unembedding(let vector): return prompt.finalAdjoint.constant(vector)
        case .encoder(let feature):
            let own = prompt.encoders[feature.layer].encoderConstant(feature.index, position: target.position)
            let adjoint = prompt.inputAdjoints[feature.layer]
            guard adjoint.bias != nil else { return own }
            return withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { encoder in
                guard let encoder = encoder.baseAddress else { return own }
                prompt.encoders[feature.layer].copyEncoderRow(feature.index, position: target.position, into: encoder)
                return own + adjoint.constant(encoder)
            }
        }
    }

    private func reading(of target: SweepTarget) -> TargetSelection.Reading {
        switch target.kind {
        case .logit(let index): readings[index]
        case .feature(let index): .encoder(activeFeatures[index].feature)
        }
    }

    /// Injects the gradients of the targets that read above the MLP of `layer`, or its input.
    private func start(
        _ targets: [SweepTarget], from live: inout Int, above layer: Int, reach: Int,
        gradient: UnsafeMutablePointer<Float>
    ) {
        while live < targets.count, targets[live].layer >= layer {
            let target = targets[live]
            let own = gradient + live * reach * width
            own.initialize(repeating: 0, count: reach * width)
            let place = own + target.position * width
            switch reading(of: target) {
            case .stream(let first, let rows):
                precondition(first * width + rows.count <= reach * width)
                (own + first * width).update(from: rows, count: rows.count)
            case .unembedding(let vector): prompt.finalAdjoint.apply(vector, position: target.position, into: place)
            case .encoder(let feature): inject(feature, position: target.position, into: place)
            }
            live += 1
        }
    }

    private func inject(_ feature: FeatureID, position: Int, into place: UnsafeMutablePointer<Float>) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { encoder in
            guard let encoder = encoder.baseAddress else { return }
            prompt.encoders[feature.layer].copyEncoderRow(feature.index, position: position, into: encoder)
            prompt.inputAdjoints[feature.layer].apply(encoder, position: position, into: place)
        }
    }

    /// Takes gradients from what attention adds back to its heads' outputs; reads what attention's biases write.
    private func passOutput(
        layer: Int, _ gradients: SweepGradients, heads: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, _ visitor: some SweepVisitor
    ) -> Int {
        guard gradients.live > 0 else { return 0 }
        let (count, reach) = (gradients.rowCount, gradients.reach)
        var written = gradients.base
        if let adjoint = prompt.attentionPostAdjoints[layer] {
            for index in 0..<count {
                adjoint.apply(gradients.row(index), position: index % reach, into: scratch + index * width)
                visitor.add(constant: adjoint.constant(gradients.row(index)), target: index / reach)
            }
            written = scratch
        }
        if let constant = weights.layers[layer].constant {
            for index in 0..<count {
                visitor.add(constant: dot(written + index * width, constant, count: width), target: index / reach)
            }
        }
        let output = weights.layers[layer].output
        if let rounded = weights.rounded(layer, precision) {
            rounded.output.multiply(
                written, rowStride: width, stepStride: 1, rowCount: count, into: heads, stride: output.inputWidth)
        } else {
            output.adjointApply(to: written, count: count, into: heads)
        }
        return 2 * count * width * output.inputWidth
    }

    /// Adds what flows from the heads' outputs through patterns and values to the residual stream.
    private func passAttention(
        layer: Int, _ gradients: SweepGradients, heads: UnsafeMutablePointer<Float>,
        values: UnsafeMutablePointer<Float>, _ mixing: AttentionMixing?
    ) -> Int {
        guard gradients.live > 0 else { return 0 }
        return costs.count(.mixing) { mix(layer: layer, gradients, heads: heads, values: values, mixing) }
            + costs.count(.projections) { passValues(layer: layer, gradients, heads: heads, values: values) }
    }

    /// Takes gradients from the heads' outputs through the patterns to the values, and through the norm's denominators.
    private func mix(
        layer: Int, _ gradients: SweepGradients, heads: UnsafePointer<Float>, values: UnsafeMutablePointer<Float>,
        _ mixing: AttentionMixing?
    ) -> Int {
        let (live, reach) = (gradients.live, gradients.reach)
        let attention = model.blocks[layer].attention
        let trace = prompt.trace.layers[layer]
        let scale = trace.attentionDenominators.map { 1 / $0 }
        if let mixing {
            return mixing.apply(
                heads, live: live, reach: reach, attention: attention, patterns: trace.attention, scale: scale,
                precision, into: values)
        }
        let headWidths = attention.headCount * attention.headWidth
        let valueWidths = attention.keyValueHeadCount * attention.headWidth
        trace.patterns.withUnsafeBufferPointer { patterns in
            guard let patterns = patterns.baseAddress else { return }
            for target in 0..<live {
                attentionAdjoint(
                    heads + target * reach * headWidths, patterns: patterns, scale: scale,
                    into: values + target * reach * valueWidths, positionCount: reach,
                    positionStride: prompt.positionCount, headCount: attention.headCount,
                    groupSize: attention.groupSize, headWidth: attention.headWidth)
            }
        }
        return live * reach * (reach + 1) * headWidths
    }

    /// Adds what flows from the values to the residual stream.
    private func passValues(
        layer: Int, _ gradients: SweepGradients, heads: UnsafeMutablePointer<Float>, values: UnsafePointer<Float>
    ) -> Int {
        let (live, reach) = (gradients.live, gradients.reach)
        let attention = model.blocks[layer].attention
        let valueWidths = attention.keyValueHeadCount * attention.headWidth
        let movement = prompt.attentionMovements[layer]
        let output = movement == nil ? gradients.base : heads
        if let rounded = weights.rounded(layer, precision) {
            rounded.value.multiply(
                values, rowStride: valueWidths, stepStride: 1, rowCount: live * reach, into: output, stride: width,
                accumulate: movement == nil)
        } else {
            weights.layers[layer].foldedValue.values.withUnsafeBufferPointer { value in
                guard let value = value.baseAddress else { return }
                multiply(
                    values, stride: valueWidths, value, stride: width, into: output, stride: width,
                    rowCount: live * reach, columnCount: width, innerCount: valueWidths, accumulate: movement == nil)
            }
        }
        if let movement {
            for index in 0..<live * reach {
                movement.apply(to: heads + index * width, position: index % reach)
                addScaled(1, heads + index * width, to: gradients.row(index), count: width)
            }
        }
        return 2 * live * reach * width * valueWidths
    }
}
