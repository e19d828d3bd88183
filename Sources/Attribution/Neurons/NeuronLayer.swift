import Circuits
import LanguageModels
import Tensors

/// The neurons of one layer's MLP.
struct NeuronLayer: FeatureLayer {
    let layer: Int
    let mlp: MLP
    let baseline: NeuronBaseline

    var featureCount: Int { mlp.neuronCount }
    var outputLayers: Range<Int> { layer..<layer + 1 }

    func values(_ reading: MLPReading) -> Matrix { mlp.neurons(reading.normalized).activations }

    func value(of index: Int, row: Int, in reading: MLPReading) -> Float {
        mlp.activation(ofNeuron: index, reading: Array(reading.normalized.row(row)))
    }

    func activation(of index: Int, row: Int, values: Matrix) -> Float { values[row, index] }

    func restingActivation(of index: Int, position: Int) throws(TargetError) -> Float {
        guard let value = baseline.value(layer: layer, position: position, neuron: index) else {
            throw TargetError(
                "a multiple of neuron \(layer)/\(index) at position \(position)",
                expected: "positions 0 to \((baseline.positionCount ?? 0) - 1), which have a baseline", found: "another"
            )
        }
        return value
    }

    func activeFeatures(_ values: Matrix, firstPosition: Int) -> [ActiveFeature] {
        var active: [ActiveFeature] = []
        for position in min(firstPosition, values.rowCount)..<values.rowCount {
            for index in 0..<featureCount where values[position, index] != 0 {
                active.append(
                    ActiveFeature(
                        layer: layer, position: position, index: index, activation: values[position, index]))
            }
        }
        return active
    }

    func copyDecoderRows(_ places: [DecoderPlace], outputLayer: Int, into output: UnsafeMutablePointer<Float>) {
        precondition(outputLayer == layer)
        mlp.copyDecoderRows(places.map { ($0.index, $0.row) }, into: output)
    }

    func frozen(at reading: MLPReading) -> any FrozenFeatureLayer { held(at: reading) }

    /// The neurons with their slopes held as `reading` has them.
    func held(at reading: MLPReading) -> FrozenNeuronLayer {
        FrozenNeuronLayer(mlp: mlp, reading: mlp.neurons(reading.normalized))
    }
}

/// The neurons of one layer's MLP with their slopes held at one prompt.
struct FrozenNeuronLayer: FrozenFeatureLayer {
    let mlp: MLP
    let reading: NeuronReading

    func copyEncoderRow(_ index: Int, position: Int, into output: UnsafeMutablePointer<Float>) {
        mlp.copyEncoderRow(ofNeuron: index, position: position, at: reading, into: output)
    }

    func encoderConstant(_ index: Int, position: Int) -> Float {
        mlp.encoderConstant(ofNeuron: index, position: position, at: reading)
    }

    func values(_ other: MLPReading) -> Matrix { mlp.heldActivations(other.normalized, at: reading) }
}
