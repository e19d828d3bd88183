import Circuits
import LanguageModels
import Tensors
import Transcoders

/// One prompt's frozen network: attention patterns and norm denominators as the underlying model had them, every MLP
/// replaced by features plus what they leave unexplained.
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

    /// The run with its norms and encoders held.
    let frozen: FrozenPrompt
    /// Every feature that is a source, in lexicographic order: all that are active, or the neurons that were chosen.
    public let activeFeatures: [ActiveFeature]
    /// What the inputs of each feature sum to: its pre-activation, a neuron's activation.
    public let preActivations: [Float]
    /// What each feature's decoder is multiplied by: its activation, a neuron's less its baseline.
    public let contributions: [Float]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what the features do not reconstruct, at the output hook.
    public let errors: [Matrix]
    /// The share of the sum of all neurons' total effects that the chosen ones cover, where features are neurons.
    public let coveredEffectShare: Double?

    let layout: SourceLayout
    /// `[activeFeatures.count]`: each feature's column.
    let columns: [Int]
    /// `[layerCount * positionCount]`.
    let blocks: [Block]
    /// What each feature adds to the residual stream, `[rows, modelWidth]`, in order of layer written to, position,
    /// column: decoder rows times contributions, taken through the norm after the MLP where the hook lies before one.
    let scaledDecoders: [Float]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what the errors add to the residual stream.
    let addedErrors: [Matrix]
    /// `[layerCount]` of `[positionCount, modelWidth]`: what is added to it whatever the features do.
    let constants: [Matrix]

    /// The underlying model's run.
    public var trace: ForwardTrace { frozen.trace }
    /// Positions before it are left out: the beginning-of-sequence token's activations are outliers.
    public var firstCountedPosition: Int { frozen.firstCountedPosition }

    /// The encoder of an active feature as it is at this prompt, `[modelWidth]`, at the basis's input hook.
    ///
    /// - Parameter index: counts in `activeFeatures`
    public func encoderRow(ofActiveFeature index: Int) -> [Float] {
        let (feature, width) = (activeFeatures[index], trace.embeddings.columnCount)
        return [Float](unsafeUninitializedCapacity: width) { buffer, count in
            if let output = buffer.baseAddress {
                frozen.encoders[feature.layer].copyEncoderRow(
                    feature.index, position: feature.position, into: output)
            }
            count = width
        }
    }

    /// Builds the frozen network of one prompt over all active features of transcoders.
    ///
    /// - Throws: `TranscoderError` for weights that are not finite, with the tensor.
    init(_ transcoders: TranscoderSet, basis: FeatureBasis, frozen: FrozenPrompt) throws {
        let features = try PromptFeatures(basis, frozen: frozen)
        self.init(features, basis: basis, frozen: frozen, coveredEffectShare: nil) { blocks, decoders in
            Self.remainders(
                frozen.trace, transcoders: transcoders, blocks: blocks, scaledDecoders: decoders,
                firstCountedPosition: frozen.firstCountedPosition)
        }
        if let layer = errors.firstIndex(where: { !$0.isFinite }) {
            throw transcoders.layers[layer].fault(inReconstructionFrom: features.active, of: transcoders)
        }
    }

    /// Builds the frozen network of one prompt over chosen neurons.
    init(_ neurons: NeuronPrompt, _ choice: NeuronChoice, basis: FeatureBasis, frozen: FrozenPrompt) {
        self.init(
            neurons.features(choice), basis: basis, frozen: frozen, coveredEffectShare: choice.coveredShare
        ) { _, _ in neurons.remainders(choice) }
    }

    /// - Parameter remainders: splits each MLP's output; returns what features leave unexplained, and constants, at the
    ///   output hook
    private init(
        _ features: PromptFeatures, basis: FeatureBasis, frozen: FrozenPrompt, coveredEffectShare: Double?,
        remainders: (_ blocks: [Block], _ scaledDecoders: [Float]) -> (errors: [Matrix], constants: [Matrix])
    ) {
        self.frozen = frozen
        self.coveredEffectShare = coveredEffectShare
        activeFeatures = features.active
        preActivations = features.values
        contributions = features.contributions
        let (active, positionCount) = (features.active, frozen.positionCount)
        let layout = SourceLayout(
            featureCount: active.count, layerCount: basis.layers.count, positionCount: positionCount)
        self.layout = layout
        let byPosition = active.indices.sorted {
            (active[$0].position, active[$0].layer, $0) < (active[$1].position, active[$1].layer, $1)
        }
        var columns = [Int](repeating: 0, count: active.count)
        for (column, feature) in byPosition.enumerated() { columns[feature] = column }
        self.columns = columns
        let ordered = byPosition.map { active[$0] }
        let blocks = Self.blocks(ordered, basis: basis, layout: layout)
        self.blocks = blocks
        var decoders = Self.gather(
            ordered, contributions: byPosition.map { features.contributions[$0] }, blocks: blocks, basis: basis,
            layout: layout, width: frozen.trace.embeddings.columnCount)
        var (errors, constants) = remainders(blocks, decoders)
        self.errors = errors
        for (layer, postNorm) in frozen.postNorms.enumerated() {
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

    /// For each layer and position the range of columns whose features write there, and a place for their rows.
    private static func blocks(_ ordered: [ActiveFeature], basis: FeatureBasis, layout: SourceLayout) -> [Block] {
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
            let sources = basis.layersWriting(to: layer)
            for position in 0..<layout.positionCount {
                let start = starts[position][sources.lowerBound]
                let count = starts[position][sources.upperBound] - start
                blocks.append(Block(firstColumn: start, count: count, firstRow: firstRow))
                firstRow += count
            }
        }
        return blocks
    }

    /// Copies the decoder rows of features, and only those, out of the mapped files, each times its contribution.
    private static func gather(
        _ ordered: [ActiveFeature], contributions: [Float], blocks: [Block], basis: FeatureBasis,
        layout: SourceLayout, width: Int
    ) -> [Float] {
        let rowCount = blocks.last.map { $0.firstRow + $0.count } ?? 0
        var byLayer = [[Int]](repeating: [], count: basis.layers.count)
        for (column, feature) in ordered.enumerated() { byLayer[feature.layer].append(column) }
        return [Float](unsafeUninitializedCapacity: max(1, rowCount * width)) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            for (layer, features) in basis.layers.enumerated() {
                for outputLayer in features.outputLayers {
                    let places = byLayer[layer].map { column in
                        let block = blocks[outputLayer * layout.positionCount + ordered[column].position]
                        return DecoderPlace(
                            index: ordered[column].index, row: block.firstRow + column - block.firstColumn)
                    }
                    features.copyDecoderRows(places, outputLayer: outputLayer, into: base)
                    for (column, place) in zip(byLayer[layer], places) {
                        let row = base + place.row * width
                        for index in 0..<width { row[index] *= contributions[column] }
                    }
                }
                basis.releaseDecoderPages(ofLayer: layer)
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
