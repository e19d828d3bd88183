import Safetensors

/// What the arrays of a per-layer file are called, and which way round they lie.
struct PerLayerFormat {
    let encoder: String
    let decoder: String
    let threshold: String
    let skip: String
    /// Whether the encoder is stored `[modelWidth, featureCount]` and the skip as `y += x A`.
    let isTransposed: Bool
    let needsThreshold: Bool

    /// `layer_<i>.safetensors`.
    static let native = PerLayerFormat(
        encoder: "W_enc", decoder: "W_dec", threshold: "activation_function.threshold", skip: "W_skip",
        isTransposed: false, needsThreshold: false)
    /// Gemma Scope's `params.npz`.
    static let gemmaScope = PerLayerFormat(
        encoder: "W_enc", decoder: "W_dec", threshold: "threshold", skip: "W_skip", isTransposed: true,
        needsThreshold: true)
    /// Gemma Scope 2's safetensors.
    static let gemmaScope2 = PerLayerFormat(
        encoder: "w_enc", decoder: "w_dec", threshold: "threshold", skip: "affine_skip_connection", isTransposed: true,
        needsThreshold: true)

    /// Reads one layer's file, in the format that its suffix or its arrays' names tell.
    static func load(
        _ path: String, layer: Int, modelWidth: Int, _ activation: TranscoderConfiguration.Activation
    ) throws -> LoadedTranscoder {
        if path.hasSuffix(".npz") {
            return try gemmaScope.load(NumpyArchive(path: path), layer: layer, modelWidth: modelWidth, activation)
        }
        let file = try SafetensorsFile(path: path)
        let format = file.names.contains(gemmaScope2.encoder) ? gemmaScope2 : native
        return try format.load(file, layer: layer, modelWidth: modelWidth, activation)
    }

    private func load(
        _ file: any WeightFile, layer: Int, modelWidth: Int, _ activation: TranscoderConfiguration.Activation
    ) throws -> LoadedTranscoder {
        try file.refuseOthers(than: [encoder, decoder, "b_enc", "b_dec", threshold, skip])
        if needsThreshold, !file.names.contains(threshold) {
            throw TranscoderError(file: file.path, "array \(threshold) is missing: such a set is JumpReLU")
        }
        let featureCount = try file.featureCount(encoder, isTransposed: isTransposed, modelWidth: modelWidth)
        let shape = isTransposed ? [modelWidth, featureCount] : [featureCount, modelWidth]
        let stored = try file.matrix(encoder, shape: shape)
        let transcoder = Transcoder(
            layer: layer, encoder: isTransposed ? stored.transposed : stored,
            encoderBias: try file.vector("b_enc", count: featureCount),
            decoder: DecoderRows(
                try file.matrix(decoder, shape: [featureCount, modelWidth]), slotCount: 1, storedSlotCount: 1),
            decoderBias: try file.vector("b_dec", count: modelWidth),
            activation: try file.activation(activation, threshold: threshold, featureCount: featureCount),
            skip: try file.skip(skip, isTransposed: isTransposed, modelWidth: modelWidth),
            origin: TranscoderOrigin(
                encoderFile: file.path, encoder: encoder, decoderFile: file.path, decoder: decoder, skip: skip))
        return (transcoder, [file], file.region(of: encoder), file.region(of: decoder))
    }
}
