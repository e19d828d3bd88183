import LanguageModels
import Tensors
import Transcoders

/// A source of a graph, before what it does is carried up the network.
struct SweepSource: Sendable {
    enum Kind: Sendable, Hashable {
        /// Its column, as `SourceLayout` counts, and the layer it reads.
        case feature(column: Int, layer: Int)
        case error(layer: Int)
        case token
        /// Everything that is written whatever the other sources hold, at every position.
        case bias
    }

    let kind: Kind
    /// Where it writes first: the bias node's is 0.
    let position: Int

    /// The first layer at whose end it writes; -1 for what is there at the bottom.
    var layer: Int {
        switch kind {
        case .feature(_, let layer), .error(let layer): layer
        case .token, .bias: -1
        }
    }
}

/// What the sources of a sweep add at one place of the network.
struct SourceStates {
    /// `[live, reach, modelWidth]`: the residual stream that enters a block.
    let residual: UnsafePointer<Float>
    /// `[live, reach, headCount * headWidth]`: the outputs of its heads.
    let heads: UnsafePointer<Float>
    /// Sources that have written.
    let live: Int
    /// Positions: the sources' own and those after it.
    let reach: Int
}

/// The tangent recursion, the counterpart of ``AdjointSweep``: carries what each source writes up the frozen network, layer
/// by layer, so that at every place the sources' parts sum to what the underlying model held there.
///
///     1. tokens' embeddings and learned positions lie at the bottom
///     2. for each layer:
///          head outputs = P (x W_V diag(gain) / σ)       patterns and denominators frozen; they are read here
///          x += attention's output of these, and a transcoder's skip of what its hook reads
///          x += what each source writes to the layer     decoders, errors, constants
///
/// One sweep serves sources at one position, ordered by the layer where they first write: those that have written are
/// always the first `live` ones.
struct SourceSweep {
    let model: LanguageModel
    let weights: AdjointWeights
    let basis: FeatureBasis
    let local: LocalReplacementModel

    private var width: Int { model.configuration.modelWidth }
    private var positionCount: Int { local.layout.positionCount }

    /// Carries sources that share a position up, and hands what they do at each attention layer to `visit`.
    ///
    /// - Parameter top: blocks from this one on are left out
    /// - Returns: floating-point operations spent in matrix products, two for a multiplication and addition
    func run(_ sources: [SweepSource], below top: Int, _ visit: (_ layer: Int, SourceStates) -> Void) -> Int {
        guard let position = sources.first?.position else { return 0 }
        precondition(sources.allSatisfy { $0.position == position })
        precondition(zip(sources, sources.dropFirst()).allSatisfy { $0.layer <= $1.layer })
        let reach = positionCount - position
        let attention = model.blocks[0].attention
        let headWidths = attention.headCount * attention.headWidth
        let rowCount = sources.count * reach
        func buffer(_ columns: Int) -> UnsafeMutablePointer<Float> {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: rowCount * columns)
            memory.initialize(repeating: 0, count: rowCount * columns)
            return memory
        }
        let (residual, written) = (buffer(width), buffer(width))
        let (values, heads) = (buffer(attention.keyValueHeadCount * attention.headWidth), buffer(headWidths))
        defer { for memory in [residual, written, values, heads] { memory.deallocate() } }
        var live = 0
        while live < sources.count, sources[live].layer < 0 {
            enter(sources[live], into: residual + live * reach * width)
            live += 1
        }
        var operations = 0
        for layer in 0..<top {
            if live > 0 {
                let count = live * reach
                attend(
                    layer: layer, residual, sources: sources[..<live], reach: reach, values: values, into: heads)
                visit(layer, SourceStates(residual: residual, heads: heads, live: live, reach: reach))
                let block = model.blocks[layer]
                block.attention.output.applyLinearly(to: heads, count: count, into: written)
                finishAttention(layer: layer, written, sources: sources[..<live], reach: reach)
                if block.isParallel { passSkip(layer: layer, residual, to: written, count: count, position: position) }
                addScaled(1, written, to: residual, count: count * width)
                if !block.isParallel {
                    passSkip(layer: layer, residual, to: residual, count: count, position: position)
                }
                operations += 2 * count * width * (block.attention.keyValueHeadCount * attention.headWidth + headWidths)
                operations += live * reach * (reach + 1) * headWidths
            }
            while live < sources.count, sources[live].layer == layer { live += 1 }
            for index in 0..<live { write(sources[index], layer: layer, into: residual + index * reach * width) }
        }
        return operations
    }

    /// What lies at the bottom.
    private func enter(_ source: SweepSource, into own: UnsafeMutablePointer<Float>) {
        switch source.kind {
        case .token: copy(local.trace.embeddings, row: source.position, count: 1, into: own)
        case .bias:
            if let positions = local.trace.positions { copy(positions, row: 0, count: positionCount, into: own) }
        case .feature, .error: break
        }
    }

    /// Adds what a source writes at the end of a block.
    private func write(_ source: SweepSource, layer: Int, into own: UnsafeMutablePointer<Float>) {
        switch source.kind {
        case .token: break
        case .bias: copy(local.constants[layer], row: 0, count: positionCount, into: own)
        case .error(let from):
            if from == layer { copy(local.addedErrors[layer], row: source.position, count: 1, into: own) }
        case .feature(let column, _):
            local.decoders.withRow(column: column, layer: layer, position: source.position) { row in
                addScaled(1, row, to: own, count: width)
            }
        }
    }

    private func copy(_ matrix: Matrix, row: Int, count: Int, into own: UnsafeMutablePointer<Float>) {
        matrix.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            addScaled(1, base + row * width, to: own, count: count * width)
        }
    }

    /// The heads' outputs, `[live, reach, headCount * headWidth]`.
    private func attend(
        layer: Int, _ residual: UnsafePointer<Float>, sources: ArraySlice<SweepSource>, reach: Int,
        values: UnsafeMutablePointer<Float>, into heads: UnsafeMutablePointer<Float>
    ) {
        let attention = model.blocks[layer].attention
        let (headCount, headWidth) = (attention.headCount, attention.headWidth)
        let headWidths = headCount * headWidth
        let valueWidths = attention.keyValueHeadCount * headWidth
        let first = positionCount - reach
        let sizes = local.trace.layers[layer].attentionDenominators
        weights.layers[layer].foldedValue.values.withUnsafeBufferPointer { value in
            guard let value = value.baseAddress else { return }
            multiplyByTransposed(
                residual, stride: width, value, stride: width, into: values, stride: valueWidths,
                rowCount: sources.count * reach, columnCount: valueWidths, innerCount: width)
        }
        for index in sources.indices {
            let own = values + index * reach * valueWidths
            for position in 0..<reach {
                for number in 0..<valueWidths { own[position * valueWidths + number] /= sizes[first + position] }
            }
            guard sources[index].kind == .bias, let constant = weights.layers[layer].valueConstant else { continue }
            for position in 0..<reach { addScaled(1, constant, to: own + position * valueWidths, count: valueWidths) }
        }
        local.trace.layers[layer].attention.forEachBlock(queries: first..<positionCount) { head, block in
            let firstKey = max(first, block.keys.lowerBound)
            let weights = block.weights + firstKey - block.keys.lowerBound
            for index in sources.indices {
                let from =
                    values + (index * reach + firstKey - first) * valueWidths
                    + head / attention.groupSize * headWidth
                let output =
                    heads + (index * reach + block.queries.lowerBound - first) * headWidths + head * headWidth
                guard reach <= Self.shortReach else {
                    multiply(
                        weights, stride: block.stride, from, stride: valueWidths, into: output,
                        stride: headWidths, rowCount: block.queries.count, columnCount: headWidth,
                        innerCount: block.keys.upperBound - firstKey)
                    continue
                }
                for query in 0..<block.queries.count {
                    let row = output + query * headWidths
                    row.update(repeating: 0, count: headWidth)
                    for key in 0..<block.keys.upperBound - firstKey {
                        let weight = weights[query * block.stride + key]
                        if weight != 0 { addScaled(weight, from + key * valueWidths, to: row, count: headWidth) }
                    }
                }
            }
        }
    }

    /// Positions up to which a matrix product costs more to start than to compute.
    private static let shortReach = 16

    /// Biases and the norm after attention.
    private func finishAttention(
        layer: Int, _ written: UnsafeMutablePointer<Float>, sources: ArraySlice<SweepSource>, reach: Int
    ) {
        let block = model.blocks[layer]
        let first = positionCount - reach
        for index in sources.indices {
            let isBias = sources[index].kind == .bias
            for position in 0..<reach {
                let row = written + (index * reach + position) * width
                if isBias, let bias = block.attention.output.bias { addScaled(1, bias, to: row, count: width) }
                guard let norm = block.attentionPostNorm,
                    let sizes = local.trace.layers[layer].attentionPostDenominators
                else { continue }
                norm.applyLinearly(to: row, count: 1, denominator: sizes[first + position])
                if isBias, let bias = norm.bias { addScaled(1, bias, to: row, count: width) }
            }
        }
    }

    /// Adds what flows through a transcoder's linear skip, where there is one; what a norm's bias adds to it is among the
    /// constants.
    private func passSkip(
        layer: Int, _ residual: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int, position: Int
    ) {
        guard let skip = basis.skip(ofLayer: layer) else { return }
        let reach = positionCount - position
        let reading = local.trace.layers[layer].reading
        let norm: Norm? =
            switch basis.inputHook {
            case .residualMiddle: nil
            case .normalizedBeforeGain: reading.norm.withoutGain
            case .mlpInput: reading.norm
            }
        var input = Matrix(
            rowCount: count, columnCount: width,
            values: Array(UnsafeBufferPointer(start: residual, count: count * width)))
        func atEachRow(_ rows: inout Matrix, _ body: (UnsafeMutablePointer<Float>, _ position: Int) -> Void) {
            rows.values.withUnsafeMutableBufferPointer { rows in
                guard let rows = rows.baseAddress else { return }
                for index in 0..<count { body(rows + index * width, position + index % reach) }
            }
        }
        if let norm {
            atEachRow(&input) { norm.applyLinearly(to: $0, count: 1, denominator: reading.denominators[$1]) }
        }
        var passed = skip.applied(to: input)
        if let post = local.frozen.postNorms[layer] {
            atEachRow(&passed) { post.norm.applyLinearly(to: $0, count: 1, denominator: post.denominators[$1]) }
        }
        addScaled(1, passed.values, to: output, count: count * width)
    }
}
