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

    /// What is not finite in the rows of a feature, if anything is.
    public func fault(inRowsOf index: Int) -> TranscoderError? {
        func fault(_ row: [Float], _ file: String, _ array: String, _ part: String) -> TranscoderError? {
            guard !areFinite(row, count: row.count), let number = row.first(where: { !$0.isFinite }) else {
                return nil
            }
            return TranscoderError(
                file: file, place: array,
                "expected finite numbers, found \(number) in the \(part) of feature \(layer)/\(index)")
        }
        if let found = fault(encoder.row(index), origin.encoderFile, origin.encoder, "encoder") { return found }
        for slot in 0..<slotCount {
            let row = decoder.row(index * slotCount + slot)
            if let found = fault(row, origin.decoderFile, origin.decoder, "decoder") { return found }
        }
        return nil
    }

    /// The first number of all weights that is NaN or infinite, if there is one. Reads every weight once.
    public func firstFault() -> TranscoderError? {
        for index in 0..<featureCount {
            if let fault = fault(inRowsOf: index) { return fault }
        }
        return skip.flatMap(fault(inSkip:))
    }

    private func fault(inSkip skip: WeightMatrix) -> TranscoderError? {
        for row in 0..<skip.rowCount {
            if let number = skip.row(row).first(where: { !$0.isFinite }) {
                return TranscoderError(
                    file: origin.encoderFile, place: origin.skip,
                    "expected finite numbers, found \(number) in row \(row)")
            }
        }
        return nil
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
        if let fault = skip.flatMap(fault(inSkip:)) { return fault }
        return TranscoderError(
            file: origin.decoderFile, place: origin.decoder,
            "expected a finite reconstruction of layer \(layer): all weights are finite, so it overflows")
    }
}
