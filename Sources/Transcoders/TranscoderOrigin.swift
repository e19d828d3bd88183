import Circuits
import Tensors

/// What a transcoder's arrays are called and where they lie: what a message about their numbers names.
struct TranscoderOrigin: Sendable {
    let encoderFile: String
    let encoder: String
    let decoderFile: String
    let decoder: String
    let skip: String
}

extension Transcoder {
    /// Refuses pre-activations that hold NaN or infinity: a feature that has them would be silently off.
    ///
    /// - Parameters:
    ///   - preActivations: `[positionCount, featureCount]`
    ///   - firstPosition: positions before it are left out
    /// - Throws: `TranscoderError` that names the encoder's row.
    public func requireFinite(_ preActivations: Matrix, firstPosition: Int = 0) throws(TranscoderError) {
        guard let place = preActivations.firstNonFinite else { return }
        let row = encoder.row(place.column)
        if let column = row.firstIndex(where: { !$0.isFinite }) {
            throw TranscoderError(
                file: origin.encoderFile, place: origin.encoder,
                "expected finite numbers, found \(row[column]) in the encoder of feature \(layer)/\(place.column)")
        }
        throw TranscoderError(
            file: origin.encoderFile, place: origin.encoder,
            "expected finite pre-activations, found \(preActivations[place.row, place.column]) of feature \(layer)/\(place.column) at position \(place.row): its weights are finite, so it overflows"
        )
    }

    /// Names what makes a reconstruction of this layer's MLP NaN or infinite.
    ///
    /// - Parameters:
    ///   - features: what is active, of this layer and of others
    ///   - transcoders: the set they belong to
    public func fault(inReconstructionFrom features: [ActiveFeature], of transcoders: TranscoderSet) -> TranscoderError
    {
        for feature in features where transcoders.layers[feature.layer].outputLayers.contains(layer) {
            let source = transcoders.layers[feature.layer]
            var decoded = [Float](repeating: 0, count: source.encoder.columnCount)
            decoded.withUnsafeMutableBufferPointer { buffer in
                if let output = buffer.baseAddress {
                    source.copyDecoderRow(feature.index, outputLayer: layer, into: output)
                }
            }
            if let number = decoded.first(where: { !$0.isFinite }) {
                return TranscoderError(
                    file: source.origin.decoderFile, place: source.origin.decoder,
                    "expected finite numbers, found \(number) in the decoder of feature \(feature.feature), which writes to layer \(layer)"
                )
            }
        }
        if let skip {
            for row in 0..<skip.rowCount {
                if let number = skip.row(row).first(where: { !$0.isFinite }) {
                    return TranscoderError(
                        file: origin.encoderFile, place: origin.skip,
                        "expected finite numbers, found \(number) in row \(row)")
                }
            }
        }
        return TranscoderError(
            file: origin.decoderFile, place: origin.decoder,
            "expected a finite reconstruction of layer \(layer): all weights are finite, so it overflows")
    }
}
