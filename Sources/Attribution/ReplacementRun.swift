import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The replacement model of a whole prompt, running freely: every MLP output is what the basis's features make of what
/// the replacement model itself has computed so far.
///
/// - Transcoders: their reconstruction, of all features that are active.
/// - Neurons: what the MLP writes with the neurons that are kept as they now are, and all others at their baseline.
///
/// Positions before `firstCountedPosition` keep the MLP's own output, as features do not count there.
public struct ReplacementRun: Sendable {
    /// The replaced run.
    public let trace: ForwardTrace
    /// `[layerCount]`: active features at counted positions, or neurons that were kept.
    public let activeCounts: [Int]

    /// Runs `tokens` through the replacement model of transcoders.
    ///
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    public init(_ tokens: [Int], model: LanguageModel, transcoders: TranscoderSet, firstCountedPosition: Int) throws {
        let basis = FeatureBasis(transcoders)
        var features = FeatureWrites(basis, positionCount: tokens.count, modelWidth: transcoders.modelWidth)
        var counts: [Int] = []
        trace = try model.run(tokens, site: transcoders.outputHook.site) { layer, reading, mlp in
            let active = basis.layers[layer].activeFeatures(
                try basis.layers[layer].values(reading), firstPosition: firstCountedPosition)
            counts.append(active.count)
            features.add(active)
            var output = features.written(to: layer)
            let transcoder = transcoders.layers[layer]
            for row in 0..<output.rowCount {
                for column in 0..<output.columnCount { output[row, column] += transcoder.decoderBias[column] }
            }
            if let skip = transcoder.skip { output.add(skip.applied(to: reading.input(at: transcoders.inputHook))) }
            return Self.keeping(firstCountedPosition, of: mlp, in: output)
        }
        activeCounts = counts
    }

    /// Runs `tokens` with all neurons at their baseline but some.
    ///
    /// - Parameter kept: neurons that the model goes on computing, at their positions
    /// - Throws: `ModelError` for a prompt that does not fit the model, `TargetError` for one that does not fit the
    ///   baseline.
    public init(
        _ tokens: [Int], model: LanguageModel, neurons: NeuronBasis, keeping kept: [ActiveFeature],
        firstCountedPosition: Int
    ) throws {
        try neurons.check(positionCount: tokens.count)
        let baseline = neurons.baseline ?? .zero
        let counted = kept.filter { $0.position >= firstCountedPosition }
        trace = try model.run(tokens, site: .output) { layer, reading, mlp in
            let block = model.blocks[layer].mlp
            let current = block.neurons(reading.normalized).activations
            var held =
                baseline.matrix(layer: layer, positionCount: tokens.count)
                ?? Matrix(rowCount: current.rowCount, columnCount: current.columnCount)
            for neuron in counted where neuron.layer == layer {
                held[neuron.position, neuron.index] = current[neuron.position, neuron.index]
            }
            return Self.keeping(firstCountedPosition, of: mlp, in: block.written(held))
        }
        activeCounts = model.blocks.indices.map { layer in counted.count { $0.layer == layer } }
    }

    /// `output` with the MLP's own rows at the positions that do not count.
    private static func keeping(_ count: Int, of mlp: () -> Matrix, in output: Matrix) -> Matrix {
        guard count > 0 else { return output }
        let own = mlp()
        var result = output
        let end = min(count, own.rowCount) * own.columnCount
        result.values.replaceSubrange(0..<end, with: own.values[0..<end])
        return result
    }
}
