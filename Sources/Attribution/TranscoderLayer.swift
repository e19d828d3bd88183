import Circuits
import LanguageModels
import Tensors
import Transcoders

/// The features of one layer's transcoder.
struct TranscoderLayer: FeatureLayer {
    let transcoder: Transcoder
    let hook: InputHook

    var featureCount: Int { transcoder.featureCount }
    var outputLayers: Range<Int> { transcoder.outputLayers }
    var decoderRowsAreBFloat16: Bool { transcoder.decoder.elementType == .bfloat16 }

    func values(_ reading: MLPReading) throws -> Matrix {
        let values = transcoder.preActivations(reading.input(at: hook))
        try transcoder.requireFinite(values)
        return values
    }

    func value(of index: Int, row: Int, in reading: MLPReading) -> Float {
        let width = transcoder.encoder.columnCount
        let own = Matrix(rowCount: 1, columnCount: width, values: Array(reading.input(at: hook).row(row)))
        let input = transcoder.inputNormalization.applied(to: own).values
        return dot(transcoder.encoder.row(index), input, count: width) + transcoder.encoderBias[index]
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

    func frozen(at reading: MLPReading) -> any FrozenFeatureLayer {
        let normalization = transcoder.inputNormalization
        return FrozenTranscoderLayer(
            transcoder: transcoder, hook: hook,
            divisors: normalization == .none ? nil : normalization.divisors(of: reading.input(at: hook)))
    }
}

/// The features of one layer's transcoder at one prompt: their encoders are the same everywhere, unless the input is
/// divided by its own size, which is held.
struct FrozenTranscoderLayer: FrozenFeatureLayer {
    let transcoder: Transcoder
    let hook: InputHook
    /// `[positionCount]`, where inputs are normalised.
    let divisors: [Float]?

    func copyEncoderRow(_ index: Int, position: Int, into output: UnsafeMutablePointer<Float>) {
        transcoder.encoder.copyRow(index, into: output)
        guard let divisors else { return }
        transcoder.inputNormalization.apply(
            to: output, count: transcoder.encoder.columnCount, divisor: divisors[position])
    }

    func encoderConstant(_ index: Int, position: Int) -> Float { transcoder.encoderBias[index] }

    func values(_ reading: MLPReading) throws -> Matrix {
        let values = transcoder.preActivations(reading.input(at: hook), divisors: divisors)
        try transcoder.requireFinite(values)
        return values
    }
}
