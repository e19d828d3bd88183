import Foundation
import Safetensors

/// Reads cross-layer sets: the native two files a layer, or Gemma Scope 2's one stacked file a layer.
struct CrossLayerFormat {
    /// The model's layers.
    let layerCount: Int
    /// The model's residual width.
    let modelWidth: Int
    let activation: TranscoderConfiguration.Activation

    /// Reads every layer: stacked files where config.yaml names files, native ones beside it else.
    func load(_ files: TranscoderFiles) throws -> [LoadedTranscoder] {
        if let named = try files.named() {
            return try named.enumerated().map { layer, path in try stacked(path, layer: layer) }
        }
        let beyond = files.folder + "/W_enc_\(layerCount).safetensors"
        guard !FileManager.default.fileExists(atPath: beyond) else {
            throw TranscoderError(
                file: beyond, "expected files for the model's \(layerCount) layers only, found one more")
        }
        return try (0..<layerCount).map { layer in try native(folder: files.folder, layer: layer) }
    }

    /// `W_enc_<i>.safetensors` and `W_dec_<i>.safetensors`: `W_dec_<i>` is `[featureCount, layerCount - i, modelWidth]`.
    private func native(folder: String, layer: Int) throws -> LoadedTranscoder {
        let encoding = try SafetensorsFile(path: folder + "/W_enc_\(layer).safetensors")
        let decoding = try SafetensorsFile(path: folder + "/W_dec_\(layer).safetensors")
        let encoder = "W_enc_\(layer)"
        try encoding.refuseOthers(
            than: [encoder, "b_enc_\(layer)", "b_dec_\(layer)", "threshold_\(layer)", "W_skip_\(layer)"])
        try decoding.refuseOthers(than: ["W_dec_\(layer)"])
        let featureCount = try encoding.featureCount(encoder, isTransposed: false, modelWidth: modelWidth)
        let slotCount = layerCount - layer
        let decoder: WeightMatrix = try decoding.matrix(
            "W_dec_\(layer)", shape: [featureCount, slotCount, modelWidth])
        let transcoder = Transcoder(
            layer: layer, encoder: try encoding.matrix(encoder, shape: [featureCount, modelWidth]),
            encoderBias: try encoding.vector("b_enc_\(layer)", count: featureCount),
            decoder: DecoderRows(decoder, slotCount: slotCount, storedSlotCount: slotCount),
            decoderBias: try encoding.vector("b_dec_\(layer)", count: modelWidth),
            activation: try encoding.activation(
                activation, threshold: "threshold_\(layer)", featureCount: featureCount),
            // Cross-layer sets store the skip the other way round than per-layer ones: y += x W.
            skip: try encoding.skip("W_skip_\(layer)", isTransposed: true, modelWidth: modelWidth),
            origin: TranscoderOrigin(
                encoderFile: encoding.path, encoder: encoder, decoderFile: decoding.path, decoder: "W_dec_\(layer)",
                skip: "W_skip_\(layer)"))
        return (transcoder, [encoding, decoding], encoding.region(of: encoder), decoding.region(of: "W_dec_\(layer)"))
    }

    /// Gemma Scope 2: `w_dec` is `[featureCount, layerCount, modelWidth]`, slots before the layer's own unused.
    private func stacked(_ path: String, layer: Int) throws -> LoadedTranscoder {
        let file = try SafetensorsFile(path: path)
        let names = PerLayerFormat.gemmaScope2
        try file.refuseOthers(than: [names.encoder, names.decoder, "b_enc", "b_dec", names.threshold, names.skip])
        guard file.names.contains(names.threshold) else {
            throw TranscoderError(file: path, "array \(names.threshold) is missing: such a set is JumpReLU")
        }
        let featureCount = try file.featureCount(names.encoder, isTransposed: true, modelWidth: modelWidth)
        let encoder: WeightMatrix = try file.matrix(names.encoder, shape: [modelWidth, featureCount])
        let decoder: WeightMatrix = try file.matrix(names.decoder, shape: [featureCount, layerCount, modelWidth])
        let transcoder = Transcoder(
            layer: layer, encoder: encoder.transposed, encoderBias: try file.vector("b_enc", count: featureCount),
            decoder: DecoderRows(decoder, slotCount: layerCount - layer, storedSlotCount: layerCount),
            decoderBias: try file.vector("b_dec", count: modelWidth),
            activation: try file.activation(activation, threshold: names.threshold, featureCount: featureCount),
            skip: try file.skip(names.skip, isTransposed: true, modelWidth: modelWidth),
            origin: TranscoderOrigin(
                encoderFile: path, encoder: names.encoder, decoderFile: path, decoder: names.decoder, skip: names.skip))
        return (transcoder, [file], file.region(of: names.encoder), file.region(of: names.decoder))
    }
}
