import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The features of one layer's transcoder; its encoders are the same at every prompt and position.
struct TranscoderLayer: FeatureLayer, FrozenFeatureLayer {
    let transcoder: Transcoder
    let hook: InputHook

    var featureCount: Int { transcoder.featureCount }
    var outputLayers: Range<Int> { transcoder.outputLayers }

    func values(_ reading: MLPReading) throws -> Matrix {
        let values = transcoder.preActivations(reading.input(at: hook))
        try transcoder.requireFinite(values)
        return values
    }

    func value(of index: Int, row: Int, in reading: MLPReading) -> Float {
        let input = Array(reading.input(at: hook).row(row))
        return dot(transcoder.encoder.row(index), input, count: input.count) + transcoder.encoderBias[index]
    }

    func activation(of index: Int, row: Int, values: Matrix) -> Float {
        transcoder.activation(of: index, position: row, preActivations: values)
    }

    func restingActivation(of index: Int, position: Int) -> Float { 0 }

    func activeFeatures(_ values: Matrix, firstPosition: Int) -> [ActiveFeature] {
        transcoder.activeFeatures(values, firstPosition: firstPosition)
    }

    func copyDecoderRows(_ places: [DecoderPlace], outputLayer: Int, into output: UnsafeMutablePointer<Float>) {
        let width = transcoder.encoder.columnCount
        for place in places {
            transcoder.copyDecoderRow(place.index, outputLayer: outputLayer, into: output + place.row * width)
        }
    }

    func frozen(at reading: MLPReading) -> any FrozenFeatureLayer { self }

    func copyEncoderRow(_ index: Int, position: Int, into output: UnsafeMutablePointer<Float>) {
        transcoder.encoder.copyRow(index, into: output)
    }

    func encoderConstant(_ index: Int, position: Int) -> Float { transcoder.encoderBias[index] }
}
