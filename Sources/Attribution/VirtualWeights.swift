import Circuits
import LanguageModels
import Synchronization
import Tensors
import Transcoders

/// What features' weights alone say about each other: how one feature's decoders write along another's encoder.
///
///     V[i → j] = < sum over layers l, i's layer ≤ l < j's layer, of W_dec[i → l] , W_enc[j] >
///
/// through the residual stream directly, at one position. The gains of the norms on the way are folded in: of the norm
/// after the MLP where the decoders write before one, and of the norm that the encoder reads through (LayerNorms remove
/// means too). Their denominators, which differ from token to token, are left out: an edge of a graph is activation × V
/// divided by them, plus what attention and skips carry. So weights of one model can be compared with each other, and
/// their signs with edges' signs, but not their sizes with edges' weights.
///
/// Of transcoders' features: the encoder of a neuron depends on the prompt, so that weights alone say nothing of it.
///
/// - SeeAlso: Ameisen et al. 2025, "Global Weights".
public struct VirtualWeights: Sendable {
    /// The replacement model whose weights these are.
    public let attributor: Attributor
    /// `[layerCount]`: from the residual stream to the output hook, where a norm lies between them.
    private let outputAdjoints: [NormAdjoint?]
    /// `[layerCount]`: from the input hook to the residual stream.
    private let inputAdjoints: [NormAdjoint]

    /// Prepares the norms between decoders and encoders.
    ///
    /// Its questions refuse an attributor whose features are neurons.
    public init(_ attributor: Attributor) {
        self.attributor = attributor
        let basis = attributor.basis
        outputAdjoints = attributor.model.blocks.map { block in
            guard basis.outputHook.site == .output, let norm = block.mlpPostNorm else { return nil }
            return NormAdjoint(norm, denominators: [1])
        }
        inputAdjoints = attributor.model.blocks.map {
            NormAdjoint(basis.inputHook, norm: $0.mlpNorm, denominators: [1])
        }
    }

    private var width: Int { attributor.transcoders.modelWidth }

    /// The weight from one feature to another; 0 where the target's layer is not later than the source's.
    ///
    /// - Precondition: the features are transcoders'
    public func weight(from source: FeatureID, to target: FeatureID) -> Float {
        let transcoder = attributor.transcoders.layers[source.layer]
        let layers = writtenLayers(from: source.layer, before: target.layer)
        let directions = directions(of: target, into: layers)
        var row = [Float](repeating: 0, count: width)
        return row.withUnsafeMutableBufferPointer { row in
            directions.values.withUnsafeBufferPointer { directions in
                guard let row = row.baseAddress, let directions = directions.baseAddress else { return 0 }
                return layers.reduce(Float(0)) { sum, layer in
                    transcoder.copyDecoderRow(source.index, outputLayer: layer, into: row)
                    return sum + dot(row, directions + (layer - source.layer) * width, count: width)
                }
            }
        }
    }

    /// The weights of all features of earlier layers into one feature, by layer and index.
    ///
    /// - Parameter jobs: threads, one layer each
    /// - Throws: `TranscoderError` that names the row where a weight is NaN or infinite; `TargetError` for neurons
    /// - Complexity: streams the decoders of the earlier layers once, as far as they write before the target
    public func sources(of target: FeatureID, jobs: Int = 1) throws -> [[Float]] {
        let transcoders = try requiredTranscoders()
        let rows = WeightRows(count: target.layer)
        // The first layers' features write to the most layers, so the largest pieces of work come first.
        try inParallelUnlessCancelled(count: target.layer, jobs: jobs) { layer in
            let layers = writtenLayers(from: layer, before: target.layer)
            rows.set(layer, transcoders.layers[layer].written(along: directions(of: target, into: layers), to: layers))
            transcoders.releaseDecoderPages(ofLayer: layer)
        }
        return try finite(rows.values, firstLayer: 0, with: target)
    }

    /// The weights of one feature into all features of later layers: `[layerCount - 1 - source.layer]` lists by index,
    /// the first for the layer after the source's.
    ///
    /// - Parameter jobs: threads, one layer each
    /// - Throws: `TranscoderError` that names the row where a weight is NaN or infinite; `TargetError` for neurons
    /// - Complexity: streams the encoders of the later layers once
    public func targets(of source: FeatureID, jobs: Int = 1) throws -> [[Float]] {
        let transcoders = try requiredTranscoders()
        let first = source.layer + 1
        let count = transcoders.layers.count - first
        let rows = WeightRows(count: count)
        try inParallelUnlessCancelled(count: count, jobs: jobs) { offset in
            let layer = first + offset
            let read = Matrix(rowCount: 1, columnCount: width, values: read(by: layer, from: source))
            rows.set(offset, transcoders.layers[layer].encoder.applied(to: read).values)
            transcoders.releaseEncoderPages(ofLayer: layer)
        }
        return try finite(rows.values, firstLayer: first, with: source)
    }

    private func requiredTranscoders() throws(TargetError) -> TranscoderSet {
        guard let transcoders = attributor.basis.transcoders else {
            throw TargetError(
                "weights between features", expected: "those of transcoders",
                found: "neurons, whose encoders depend on the prompt")
        }
        return transcoders
    }

    /// Weights as they are, where all of them are numbers: features that never fire are read here and nowhere else.
    private func finite(_ weights: [[Float]], firstLayer: Int, with feature: FeatureID) throws -> [[Float]] {
        for (offset, layer) in weights.enumerated() {
            guard let index = layer.firstIndex(where: { !$0.isFinite }) else { continue }
            let layers = attributor.transcoders.layers
            throw layers[firstLayer + offset].fault(inRowsOf: index) ?? layers[feature.layer].fault(
                inRowsOf: feature.index)
                ?? TranscoderError(
                    file: attributor.transcoders.name,
                    "the weight between features \(feature) and \(firstLayer + offset)/\(index) overflows")
        }
        return weights
    }

    /// The layers that features of `layer` write to and that a target's layer reads.
    private func writtenLayers(from layer: Int, before target: Int) -> Range<Int> {
        let outputs = attributor.transcoders.layers[layer].outputLayers
        return layer..<max(layer, min(outputs.upperBound, target))
    }

    /// A target's encoder taken back to the output hooks of `layers`, `[layers.count, modelWidth]`.
    private func directions(of target: FeatureID, into layers: Range<Int>) -> Matrix {
        let encoder = attributor.transcoders.layers[target.layer].readDirection(target.index)
        var reading = [Float](repeating: 0, count: width)
        var directions = Matrix(rowCount: layers.count, columnCount: width)
        reading.withUnsafeMutableBufferPointer { reading in
            directions.values.withUnsafeMutableBufferPointer { directions in
                guard let reading = reading.baseAddress, let directions = directions.baseAddress else { return }
                inputAdjoints[target.layer].apply(encoder, position: 0, into: reading)
                for (row, layer) in layers.enumerated() {
                    if let adjoint = outputAdjoints[layer] {
                        adjoint.apply(reading, position: 0, into: directions + row * width)
                    } else {
                        (directions + row * width).update(from: reading, count: width)
                    }
                }
            }
        }
        return directions
    }

    /// What a source has written when `layer` reads, as that layer's encoders see it, `[modelWidth]`.
    private func read(by layer: Int, from source: FeatureID) -> [Float] {
        let transcoders = attributor.transcoders
        let transcoder = transcoders.layers[source.layer]
        var sum = [Float](repeating: 0, count: width)
        var row = [Float](repeating: 0, count: width)
        for written in writtenLayers(from: source.layer, before: layer) {
            row.withUnsafeMutableBufferPointer {
                guard let row = $0.baseAddress else { return }
                transcoder.copyDecoderRow(source.index, outputLayer: written, into: row)
                if transcoders.outputHook.site == .output {
                    attributor.model.blocks[written].mlpPostNorm?.applyLinearly(to: row, count: 1, denominator: 1)
                }
                addScaled(1, row, to: &sum, count: width)
            }
        }
        let norm = attributor.model.blocks[layer].mlpNorm
        switch transcoders.inputHook {
        case .mlpInput: norm.applyLinearly(to: &sum, count: 1, denominator: 1)
        case .normalizedBeforeGain: norm.withoutGain.applyLinearly(to: &sum, count: 1, denominator: 1)
        case .residualMiddle: break
        }
        transcoders.layers[layer].inputNormalization.removeMean(of: &sum)
        return sum
    }
}

/// Lists of weights that threads fill, each its own.
private final class WeightRows: Sendable {
    private let rows: Mutex<[[Float]]>

    init(count: Int) { rows = Mutex([[Float]](repeating: [], count: count)) }

    func set(_ index: Int, _ row: [Float]) { rows.withLock { $0[index] = row } }

    var values: [[Float]] { rows.withLock { $0 } }
}
