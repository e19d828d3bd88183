import Safetensors

/// Transcoders as EleutherAI's sparsify saves them: a folder named after the module, `cfg.json` and `sae.safetensors`.
///
/// ReLU, then the `k` largest of a position or the largest of each of `k` groups; an optional skip `y += x W_skipᵀ`.
///
/// - SeeAlso: `sparsify.sparse_coder` of sparsify 1.3
struct SparsifyFormat: PublishedFormat {
    static let name = "EleutherAI sparsify"
    static let weightName = "sae.safetensors"
    static let arrayOfModelWidth = "W_dec"

    private let fields: JSONFields
    private let file: SafetensorsFile
    /// Its name says which module is read and written.
    private let folder: LayerFolder
    private let modelWidth: Int

    private static let known: Set<String> = [
        "activation", "expansion_factor", "normalize_decoder", "num_latents", "k", "multi_topk", "skip_connection",
        "transcode", "d_in", "signed",
    ]

    init(_ fields: JSONFields, _ file: SafetensorsFile, folder: LayerFolder, modelWidth: Int) {
        self.fields = fields
        self.file = file
        self.folder = folder
        self.modelWidth = modelWidth
    }

    func load() throws -> (LoadedTranscoder, InputHook, OutputHook) {
        let name = folder.path.split(separator: "/").last.map(String.init) ?? ""
        guard let hook = PublishedHook(name), let inputHook = hook.input, let outputHook = hook.output else {
            throw TranscoderError(file: folder.path, "expected a folder named layers.<layer>.mlp, found \(name)")
        }
        try fields.refuseUnknown(besides: Self.known)
        guard try fields.flag("transcode") else {
            throw fields.unexpected("transcode", "true: this is an autoencoder, no transcoder")
        }
        guard try !fields.flag("signed") else { throw fields.unexpected("signed", "false") }
        try file.refuseOthers(than: ["encoder.weight", "encoder.bias", "W_dec", "b_dec", "W_skip"])
        guard try fields.flag("skip_connection") == file.names.contains("W_skip") else {
            throw fields.unexpected("skip_connection", "true where there is W_skip, and false where there is none")
        }
        let featureCount = try file.featureCount("encoder.weight", isTransposed: false, modelWidth: modelWidth)
        let transcoder = Transcoder(
            layer: hook.layer, encoder: try file.matrix("encoder.weight", shape: [featureCount, modelWidth]),
            encoderBias: try file.vector("encoder.bias", count: featureCount),
            decoder: DecoderRows(
                try file.matrix("W_dec", shape: [featureCount, modelWidth]), slotCount: 1, storedSlotCount: 1),
            decoderBias: try file.vector("b_dec", count: modelWidth),
            activation: try activation(featureCount),
            skip: try file.skip("W_skip", isTransposed: false, modelWidth: modelWidth),
            origin: TranscoderOrigin(
                encoderFile: file.path, encoder: "encoder.weight", decoderFile: file.path, decoder: "W_dec",
                skip: "W_skip"))
        return (
            (transcoder, [file], file.region(of: "encoder.weight"), file.region(of: "W_dec")), inputHook, outputHook
        )
    }

    private func activation(_ featureCount: Int) throws(TranscoderError) -> ActivationFunction {
        guard let count = try fields.integer("k"), count <= featureCount else {
            throw fields.unexpected("k", "how many of \(featureCount) features are kept")
        }
        switch try fields.text("activation") ?? "topk" {
        case "topk": return .positiveTopK(count)
        case "groupmax":
            guard featureCount % count == 0 else {
                throw fields.unexpected(
                    "k", "a divisor of the \(featureCount) features, as many groups as features are kept")
            }
            return .groupMaximum(count)
        default: throw fields.unexpected("activation", "topk or groupmax")
        }
    }
}
