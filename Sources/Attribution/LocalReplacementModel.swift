import Circuits
import LanguageModels
import Synchronization
import Tensors
import Transcoders

/// One prompt's frozen network: attention patterns and norm denominators as the underlying model had them, every MLP
/// replaced by features plus what they leave unexplained.
///
/// Positions before `firstCountedPosition` hold no features and no errors: what their MLPs wrote is constant.
///
/// - SeeAlso: Ameisen et al. 2025, "The Local Replacement Model".
public struct LocalReplacementModel: Sendable {
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
    /// What each feature adds to the residual stream.
    let decoders: ScaledDecoders
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

    /// Builds the frozen network of one prompt over active features of transcoders: all that are active.
    ///
    /// - Parameters:
    ///   - limit: bytes of decoder rows that are kept
    ///   - jobs: threads
    /// - Throws: `TranscoderError` for weights that are not finite, with the tensor.
    init(
        _ features: PromptFeatures, of transcoders: TranscoderSet, basis: FeatureBasis, frozen: FrozenPrompt,
        keepingDecodersTo limit: Int, jobs: Int
    ) throws {
        self.init(
            features, basis: basis, frozen: frozen, coveredEffectShare: nil, keepingDecodersTo: limit, jobs: jobs
        ) {
            Self.remainders(
                frozen.trace, transcoders: transcoders, decoders: $0,
                firstCountedPosition: frozen.firstCountedPosition, jobs: jobs)
        }
        if let layer = errors.firstIndex(where: { !$0.isFinite }) {
            throw transcoders.layers[layer].fault(inReconstructionFrom: features.active, of: transcoders)
        }
    }

    /// Builds the frozen network of one prompt over chosen neurons.
    init(_ neurons: NeuronPrompt, _ choice: NeuronChoice, basis: FeatureBasis, frozen: FrozenPrompt) {
        self.init(
            neurons.features(choice), basis: basis, frozen: frozen, coveredEffectShare: choice.coveredShare,
            keepingDecodersTo: .max, jobs: 1
        ) { _ in neurons.remainders(choice) }
    }

    /// - Parameter remainders: splits each MLP's output; returns what features leave unexplained, and constants, at the
    ///   output hook
    private init(
        _ features: PromptFeatures, basis: FeatureBasis, frozen: FrozenPrompt, coveredEffectShare: Double?,
        keepingDecodersTo limit: Int, jobs: Int,
        remainders: (_ decoders: ScaledDecoders) -> (errors: [Matrix], constants: [Matrix])
    ) {
        self.frozen = frozen
        self.coveredEffectShare = coveredEffectShare
        activeFeatures = features.active
        preActivations = features.values
        contributions = features.contributions
        let positionCount = frozen.positionCount
        let layout = SourceLayout(
            featureCount: features.active.count, layerCount: basis.layers.count, positionCount: positionCount)
        self.layout = layout
        let order = Self.byPosition(features.active, positionCount: positionCount)
        var columns = [Int](repeating: 0, count: order.count)
        for (column, feature) in order.enumerated() { columns[feature] = column }
        self.columns = columns
        var decoders = ScaledDecoders(
            features.active, contributions: features.contributions, order: order, layout: layout, basis: basis,
            frozen: frozen, keepingAtMost: limit, jobs: jobs)
        var (errors, constants) = remainders(decoders)
        decoders.passNorms()
        self.decoders = decoders
        self.errors = errors
        for (layer, postNorm) in frozen.postNorms.enumerated() {
            guard let postNorm else { continue }
            postNorm.pass(&errors[layer])
            postNorm.pass(&constants[layer])
            guard let bias = postNorm.norm.bias else { continue }
            for position in 0..<positionCount {
                for column in bias.indices { constants[layer][position, column] += bias[column] }
            }
        }
        addedErrors = errors
        self.constants = constants
    }

    /// By column the place of its feature in lexicographic order: by position, then layer, then index.
    private static func byPosition(_ active: [ActiveFeature], positionCount: Int) -> [Int] {
        var next = [Int](repeating: 0, count: positionCount + 1)
        for feature in active { next[feature.position + 1] += 1 }
        for position in 0..<positionCount { next[position + 1] += next[position] }
        var order = [Int](repeating: 0, count: active.count)
        for (place, feature) in active.enumerated() {
            order[next[feature.position]] = place
            next[feature.position] += 1
        }
        return order
    }

    /// Splits each MLP's output into features, constants and errors; returns the last two.
    private static func remainders(
        _ trace: ForwardTrace, transcoders: TranscoderSet, decoders: ScaledDecoders, firstCountedPosition: Int,
        jobs: Int
    ) -> (errors: [Matrix], constants: [Matrix]) {
        let (count, positionCount, width) = (trace.layers.count, trace.tokens.count, transcoders.modelWidth)
        let parts = Mutex([(error: Matrix, constant: Matrix)?](repeating: nil, count: count))
        inParallel(count: count, jobs: jobs) { index in
            let (transcoder, layer) = (transcoders.layers[index], trace.layers[index])
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
            }
            decoders.subtract(layer: transcoder.layer, from: &remainder)
            let part = (error: remainder, constant: constant)
            parts.withLock { $0[index] = part }
        }
        let all = parts.withLock { $0.compactMap(\.self) }
        return (all.map(\.error), all.map(\.constant))
    }
}
