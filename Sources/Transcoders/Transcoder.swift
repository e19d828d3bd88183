import Circuits
import Tensors

/// The features of one layer: what they read, when they fire, and what they write to this and later layers.
public struct Transcoder: Sendable {
    /// The layer whose MLP input is read.
    public let layer: Int
    /// `[featureCount, modelWidth]`.
    public let encoder: WeightMatrix
    /// `[featureCount]`.
    public let encoderBias: [Float]
    /// What happens to the input before the encoder reads it.
    public let inputNormalization: InputNormalization
    /// A row for each feature and layer it writes to; slot `j` is written to layer `layer + j`.
    public let decoder: DecoderRows
    /// `[modelWidth]`: added to the reconstruction of this layer.
    public let decoderBias: [Float]
    /// When a feature fires.
    public let activation: ActivationFunction
    /// `[modelWidth, modelWidth]`: a linear skip from input to output, `y += x Wᵀ`.
    public let skip: WeightMatrix?
    /// Where the weights lie, for messages.
    let origin: TranscoderOrigin

    init(
        layer: Int, encoder: WeightMatrix, encoderBias: [Float], inputNormalization: InputNormalization = .none,
        decoder: DecoderRows, decoderBias: [Float], activation: ActivationFunction, skip: WeightMatrix?,
        origin: TranscoderOrigin
    ) {
        self.layer = layer
        self.encoder = encoder
        self.encoderBias = encoderBias
        self.inputNormalization = inputNormalization
        self.decoder = decoder
        self.decoderBias = decoderBias
        self.activation = activation
        self.skip = skip
        self.origin = origin
    }

    /// Features of this layer.
    public var featureCount: Int { encoder.rowCount }
    /// How many layers each feature writes to: 1 for a per-layer transcoder.
    public var slotCount: Int { decoder.slotCount }
    /// The layers that features of this layer write to.
    public var outputLayers: Range<Int> { layer..<layer + slotCount }

    /// The direction of the input that feature `index` reads, `[modelWidth]`: its encoder row, without its mean where the
    /// input loses its mean.
    public func readDirection(_ index: Int) -> [Float] {
        var row = encoder.row(index)
        inputNormalization.removeMean(of: &row)
        return row
    }

    /// Copies the decoder row with which feature `index` writes to `outputLayer`.
    ///
    /// - Parameter output: `[modelWidth]`
    public func copyDecoderRow(_ index: Int, outputLayer: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(outputLayers.contains(outputLayer))
        decoder.copyRow(feature: index, slot: outputLayer - layer, into: output)
    }

    /// What every feature writes along given directions: for each the sum over `layers` of its decoder row times the
    /// layer's direction.
    ///
    /// - Parameters:
    ///   - directions: `[layers.count, modelWidth]`
    ///   - layers: layers written to, from this transcoder's own
    /// - Returns: `[featureCount]`
    /// - Complexity: O(features × layers × modelWidth); decoders are streamed, not kept
    public func written(along directions: Matrix, to layers: Range<Int>) -> [Float] {
        precondition(layers.lowerBound == layer && layers.upperBound <= outputLayers.upperBound)
        precondition(directions.rowCount == layers.count && directions.columnCount == encoder.columnCount)
        return [Float](unsafeUninitializedCapacity: featureCount) { buffer, initialized in
            directions.values.withUnsafeBufferPointer { directions in
                guard let output = buffer.baseAddress, let directions = directions.baseAddress else { return }
                decoder.sumsOfProducts(with: directions, count: layers.count, into: output)
                initialized = featureCount
            }
        }
    }

    /// Pre-activations of every feature.
    ///
    /// - Parameters:
    ///   - input: `[positionCount, modelWidth]`, the tensor of the set's input hook
    ///   - divisors: what the input's normalisation divides each row by; its own, unless they are held
    /// - Returns: `[positionCount, featureCount]`
    public func preActivations(_ input: Matrix, divisors: [Float]? = nil) -> Matrix {
        var result = encoder.applied(
            to: divisors.map { inputNormalization.applied(to: input, divisors: $0) }
                ?? inputNormalization.applied(to: input))
        result.values.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in 0..<input.rowCount {
                addScaled(1, encoderBias, to: base + row * featureCount, count: featureCount)
            }
        }
        return result
    }

    /// The features that fire, by position, then index.
    ///
    /// - Parameters:
    ///   - preActivations: `[positionCount, featureCount]`
    ///   - firstPosition: positions before it are left out
    public func activeFeatures(_ preActivations: Matrix, firstPosition: Int = 0) -> [ActiveFeature] {
        precondition(preActivations.columnCount == featureCount)
        var active: [ActiveFeature] = []
        preActivations.values.withUnsafeBufferPointer { values in
            for position in min(firstPosition, preActivations.rowCount)..<preActivations.rowCount {
                let start = position * featureCount
                activation.forEachActive(.init(rebasing: values[start..<start + featureCount])) { index, value in
                    active.append(ActiveFeature(layer: layer, position: position, index: index, activation: value))
                }
            }
        }
        return active
    }

    /// The activation of feature `index` at one position, whatever the activation function.
    ///
    /// - Parameter preActivations: `[positionCount, featureCount]`
    public func activation(of index: Int, position: Int, preActivations: Matrix) -> Float {
        precondition(preActivations.columnCount == featureCount && index < featureCount)
        let value = preActivations[position, index]
        guard activation.needsWholePosition else { return activation(value, index: index) }
        var result: Float = 0
        preActivations.values.withUnsafeBufferPointer { values in
            let start = position * featureCount
            activation.forEachActive(.init(rebasing: values[start..<start + featureCount])) { active, value in
                if active == index { result = value }
            }
        }
        return result
    }
}
