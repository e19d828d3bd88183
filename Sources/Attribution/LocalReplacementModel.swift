import Circuits
import LanguageModels
import Tensors
import Transcoders

/// One prompt's frozen network: attention patterns and norm denominators as the underlying model had them, every MLP
/// replaced by active features plus what they leave unexplained.
///
/// Positions before `firstCountedPosition` hold no features and no errors: what their MLPs wrote is constant.
///
/// - SeeAlso: Ameisen et al. 2025, "The Local Replacement Model".
public struct LocalReplacementModel: Sendable {
    /// The active features that write to one layer at one position.
    struct Block: Sendable {
        /// The first feature's column.
        var firstColumn: Int
        /// How many features.
        var count: Int
        /// Where their scaled decoder rows start, in rows.
        var firstRow: Int
    }

    /// The underlying model's run.
    public let trace: ForwardTrace
    /// Every active feature, in lexicographic order.
    public let activeFeatures: [ActiveFeature]
    /// The pre-activation of each active feature.
    public let preActivations: [Float]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what the features do not reconstruct, at the output hook.
    public let errors: [Matrix]
    /// Positions before it are left out: the beginning-of-sequence token's activations are outliers.
    public let firstCountedPosition: Int

    let layout: SourceLayout
    /// `[activeFeatures.count]`: each feature's column.
    let columns: [Int]
    /// `[layerCount * positionCount]`.
    let blocks: [Block]
    /// What each feature adds to the residual stream, `[rows, modelWidth]`, in order of layer written to, position,
    /// column: decoder rows times activations, taken through the norm after the MLP where the hook lies before one.
    let scaledDecoders: [Float]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what the errors add to the residual stream.
    let addedErrors: [Matrix]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what is added to it whatever the features do.
    let constants: [Matrix]
    /// `[layerCount]`: from the input hook to the residual stream.
    let inputAdjoints: [NormAdjoint]
    /// `[layerCount]`: from the residual stream to the output hook, where a norm lies between them.
    let outputAdjoints: [NormAdjoint?]
    /// From the unembedding to the residual stream.
    let finalAdjoint: NormAdjoint

    /// Builds the frozen network of one prompt.
    ///
    /// - Parameter trace: a run at the site of the transcoders' output hook
    /// - Throws: `TranscoderError` for weights that are not finite, with the tensor.
    init(model: LanguageModel, transcoders: TranscoderSet, trace: ForwardTrace, firstCountedPosition: Int)
        throws(TranscoderError)
    {
        self.trace = trace
        self.firstCountedPosition = firstCountedPosition
        let positionCount = trace.tokens.count
        var active: [ActiveFeature] = []
        var values: [Float] = []
        for (transcoder, layer) in zip(transcoders.layers, trace.layers) {
            let pre = transcoder.preActivations(layer.reading.input(at: transcoders.inputHook))
            try transcoder.requireFinite(pre)
            let features = transcoder.activeFeatures(pre, firstPosition: firstCountedPosition)
            active += features
            values += features.map { pre[$0.position, $0.index] }
            transcoders.releaseEncoderPages(ofLayer: transcoder.layer)
        }
        activeFeatures = active
        preActivations = values
        let layout = SourceLayout(
            featureCount: active.count, layerCount: transcoders.layers.count, positionCount: positionCount)
        self.layout = layout
        let byPosition = active.indices.sorted {
            (active[$0].position, active[$0].layer, $0) < (active[$1].position, active[$1].layer, $1)
        }
        var columns = [Int](repeating: 0, count: active.count)
        for (column, feature) in byPosition.enumerated() { columns[feature] = column }
        self.columns = columns
        let ordered = byPosition.map { active[$0] }
        let blocks = Self.blocks(ordered, transcoders: transcoders, layout: layout)
        self.blocks = blocks
        var decoders = Self.gather(ordered, blocks: blocks, transcoders: transcoders, layout: layout)
        inputAdjoints = trace.layers.map {
            NormAdjoint(transcoders.inputHook, norm: $0.reading.norm, denominators: $0.reading.denominators)
        }
        finalAdjoint = NormAdjoint(model.finalNorm, denominators: trace.finalDenominators)
        var (errors, constants) = Self.remainders(
            trace, transcoders: transcoders, blocks: blocks, scaledDecoders: decoders,
            firstCountedPosition: firstCountedPosition)
        if let layer = errors.firstIndex(where: { !$0.isFinite }) {
            throw transcoders.layers[layer].fault(inReconstructionFrom: active, of: transcoders)
        }
        self.errors = errors
        let postNorms = zip(model.blocks, trace.layers).map { block, layer -> PostNorm? in
            guard transcoders.outputHook.site == .output, let norm = block.mlpPostNorm,
                let denominators = layer.mlpPostDenominators
            else { return nil }
            return PostNorm(norm: norm, denominators: denominators)
        }
        outputAdjoints = postNorms.map { $0.map { NormAdjoint($0.norm, denominators: $0.denominators) } }
        for (layer, postNorm) in postNorms.enumerated() {
            guard let postNorm else { continue }
            for position in 0..<positionCount {
                let block = blocks[layer * positionCount + position]
                postNorm.pass(&decoders, row: block.firstRow, count: block.count, position: position)
                postNorm.pass(&errors[layer].values, row: position, count: 1, position: position)
                postNorm.pass(&constants[layer].values, row: position, count: 1, position: position)
                guard let bias = postNorm.norm.bias else { continue }
                for column in bias.indices { constants[layer][position, column] += bias[column] }
            }
        }
        scaledDecoders = decoders
        addedErrors = errors
        self.constants = constants
    }

    /// The norm between an output hook and the residual stream, frozen.
    private struct PostNorm {
        let norm: Norm
        /// `[positionCount]`.
        let denominators: [Float]

        /// Takes `count` rows that are written at `position` through the norm, but for its bias.
        func pass(_ rows: inout [Float], row: Int, count: Int, position: Int) {
            rows.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                norm.applyLinearly(
                    to: base + row * norm.gain.count, count: count, denominator: denominators[position])
            }
        }
    }

    /// For each layer and position the range of columns whose features write there, and a place for their rows.
    private static func blocks(_ ordered: [ActiveFeature], transcoders: TranscoderSet, layout: SourceLayout) -> [Block]
    {
        // starts[position][layer]: the first column of features at the position whose layer is at least `layer`.
        var starts = [[Int]](
            repeating: [Int](repeating: 0, count: layout.layerCount + 1), count: layout.positionCount)
        for feature in ordered {
            for layer in (feature.layer + 1)...layout.layerCount { starts[feature.position][layer] += 1 }
        }
        var first = 0
        for position in 0..<layout.positionCount {
            let count = starts[position][layout.layerCount]
            for layer in 0...layout.layerCount { starts[position][layer] += first }
            first += count
        }
        var firstRow = 0
        var blocks: [Block] = []
        for layer in 0..<layout.layerCount {
            let sources = transcoders.layersWriting(to: layer)
            for position in 0..<layout.positionCount {
                let start = starts[position][sources.lowerBound]
                let count = starts[position][sources.upperBound] - start
                blocks.append(Block(firstColumn: start, count: count, firstRow: firstRow))
                firstRow += count
            }
        }
        return blocks
    }

    /// Copies the decoder rows of active features, and only those, out of the mapped files.
    private static func gather(
        _ ordered: [ActiveFeature], blocks: [Block], transcoders: TranscoderSet, layout: SourceLayout
    ) -> [Float] {
        let width = transcoders.modelWidth
        let rowCount = blocks.last.map { $0.firstRow + $0.count } ?? 0
        return [Float](unsafeUninitializedCapacity: max(1, rowCount * width)) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            for transcoder in transcoders.layers {
                for (column, feature) in ordered.enumerated() where feature.layer == transcoder.layer {
                    for layer in transcoder.outputLayers {
                        let block = blocks[layer * layout.positionCount + feature.position]
                        let row = base + (block.firstRow + column - block.firstColumn) * width
                        transcoder.copyDecoderRow(feature.index, outputLayer: layer, into: row)
                        for index in 0..<width { row[index] *= feature.activation }
                    }
                }
                transcoders.releaseDecoderPages(ofLayer: transcoder.layer)
            }
            initialized = rowCount * width
        }
    }

    /// Splits each MLP's output into features, constants and errors; returns the last two.
    private static func remainders(
        _ trace: ForwardTrace, transcoders: TranscoderSet, blocks: [Block], scaledDecoders: [Float],
        firstCountedPosition: Int
    ) -> (errors: [Matrix], constants: [Matrix]) {
        let positionCount = trace.tokens.count
        let width = transcoders.modelWidth
        var errors: [Matrix] = []
        var constants: [Matrix] = []
        for (transcoder, layer) in zip(transcoders.layers, trace.layers) {
            var remainder = layer.mlpOutput
            var constant = Matrix(rowCount: positionCount, columnCount: width)
            if let skip = transcoder.skip {
                let skipped = skip.applied(to: layer.reading.input(at: transcoders.inputHook))
                for index in remainder.values.indices { remainder.values[index] -= skipped.values[index] }
                // The skip is linear in the residual stream but for the bias that a LayerNorm adds before it.
                if transcoders.inputHook == .mlpInput, let bias = layer.reading.norm.bias {
                    let added = skip.applied(to: Matrix(rowCount: 1, columnCount: width, values: bias))
                    for index in constant.values.indices { constant.values[index] = added.values[index % width] }
                }
            }
            for position in 0..<positionCount {
                let row = position * width
                if position < firstCountedPosition {
                    for index in 0..<width { constant.values[row + index] += remainder.values[row + index] }
                    for index in 0..<width { remainder.values[row + index] = 0 }
                    continue
                }
                for index in 0..<width { constant.values[row + index] += transcoder.decoderBias[index] }
                for index in 0..<width { remainder.values[row + index] -= transcoder.decoderBias[index] }
                let block = blocks[transcoder.layer * positionCount + position]
                remainder.values.withUnsafeMutableBufferPointer { values in
                    scaledDecoders.withUnsafeBufferPointer { decoders in
                        guard let target = values.baseAddress, let source = decoders.baseAddress else { return }
                        for feature in block.firstRow..<block.firstRow + block.count {
                            addScaled(-1, source + feature * width, to: target + row, count: width)
                        }
                    }
                }
            }
            errors.append(remainder)
            constants.append(constant)
        }
        return (errors, constants)
    }
}
