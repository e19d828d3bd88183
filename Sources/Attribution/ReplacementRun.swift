import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The replacement model of a whole prompt, running freely: every MLP output is the transcoders' reconstruction of
/// what the replacement model itself has computed so far.
///
/// Positions before `firstCountedPosition` keep the MLP's own output, as transcoders are not trained on them.
public struct ReplacementRun: Sendable {
    /// The replaced run.
    public let trace: ForwardTrace
    /// `[layerCount]`: active features at counted positions.
    public let activeCounts: [Int]

    /// Runs `tokens` through the replacement model.
    ///
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    public init(_ tokens: [Int], model: LanguageModel, transcoders: TranscoderSet, firstCountedPosition: Int) throws {
        var reconstruction = Reconstruction(transcoders: transcoders, positionCount: tokens.count)
        var counts: [Int] = []
        trace = try model.run(tokens, site: transcoders.outputHook.site) { layer, reading, mlp in
            let input = reading.input(at: transcoders.inputHook)
            let transcoder = transcoders.layers[layer]
            let preActivations = transcoder.preActivations(input)
            try transcoder.requireFinite(preActivations)
            let active = transcoder.activeFeatures(preActivations, firstPosition: firstCountedPosition)
            counts.append(active.count)
            reconstruction.add(active)
            var output = reconstruction.output(layer: layer, input: input)
            if firstCountedPosition > 0 {
                let own = mlp()
                let end = min(firstCountedPosition, tokens.count) * own.columnCount
                output.values.replaceSubrange(0..<end, with: own.values[0..<end])
            }
            return output
        }
        activeCounts = counts
    }
}

/// What the features found so far write to each layer.
struct Reconstruction {
    private let transcoders: TranscoderSet
    private var written: [Matrix]

    init(transcoders: TranscoderSet, positionCount: Int) {
        self.transcoders = transcoders
        written = transcoders.layers.map { _ in Matrix(rowCount: positionCount, columnCount: transcoders.modelWidth) }
    }

    /// Adds what `features` write to every layer they write to.
    mutating func add(_ features: [ActiveFeature]) {
        let width = transcoders.modelWidth
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { row in
            guard let row = row.baseAddress else { return }
            for feature in features {
                let transcoder = transcoders.layers[feature.layer]
                for layer in transcoder.outputLayers {
                    transcoder.copyDecoderRow(feature.index, outputLayer: layer, into: row)
                    written[layer].values.withUnsafeMutableBufferPointer { values in
                        guard let base = values.baseAddress else { return }
                        addScaled(feature.activation, row, to: base + feature.position * width, count: width)
                    }
                }
            }
        }
    }

    /// What was written to `layer` by features alone, `[positionCount, modelWidth]`.
    func featureOutput(layer: Int) -> Matrix { written[layer] }

    /// The reconstruction of `layer`'s MLP: features, decoder bias and skip.
    ///
    /// - Parameter input: the tensor of the input hook, `[positionCount, modelWidth]`
    func output(layer: Int, input: Matrix) -> Matrix {
        var output = written[layer]
        let transcoder = transcoders.layers[layer]
        for row in 0..<output.rowCount {
            for column in 0..<output.columnCount { output[row, column] += transcoder.decoderBias[column] }
        }
        if let skip = transcoder.skip { output.add(skip.applied(to: input)) }
        return output
    }
}
