import Safetensors
import Tensors

/// Transcoders of Llama Scope, as OpenMOSS saves them: `hyperparams.json` and `checkpoints/final.safetensors`.
///
/// Inputs and outputs are scaled so that their mean norms over a data set are √d, and a feature's pre-activation times its
/// decoder's norm is compared with one threshold. Both are folded in: with i = √d / in and o = √d / out the stored arrays W, b,
/// D, c give activations `i/o · W x + b/o`, passing where they exceed `threshold / ‖D_f‖`, and outputs `D a + c/o`.
///
/// - SeeAlso: He et al. 2024, "Llama Scope"; `lm_saes.sae` of OpenMOSS
struct LlamaScopeFormat: PublishedFormat {
    static let name = "Llama Scope"
    static let configurationName = "hyperparams.json"
    static let weightName = "checkpoints/final.safetensors"
    static let arrayOfModelWidth = "encoder.weight"

    private let fields: JSONFields
    private let file: SafetensorsFile
    private let modelWidth: Int

    private static let known: Set<String> = [
        "act_fn", "jump_relu_threshold", "norm_activation", "dataset_average_activation_norm", "use_decoder_bias",
        "apply_decoder_bias_to_pre_encoder", "sparsity_include_decoder_norm", "use_glu_encoder", "bias_init_method",
        "decoder_exactly_fixed_norm", "init_decoder_norm", "init_encoder_norm", "init_encoder_with_decoder_transpose",
        "top_k", "use_batch_norm_mse", "use_ghost_grads",
    ]

    init(_ fields: JSONFields, _ file: SafetensorsFile, folder: LayerFolder, modelWidth: Int) {
        self.fields = fields
        self.file = file
        self.modelWidth = modelWidth
    }

    func load() throws -> (LoadedTranscoder, InputHook, OutputHook) {
        let (layer, inputHook, outputHook) = try hooks()
        try refuseOtherSettings()
        try file.refuseOthers(than: ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"])
        let featureCount = try file.featureCount("encoder.weight", isTransposed: false, modelWidth: modelWidth)
        let (inputScale, outputScale) = try scales()
        let stored: StoredMatrix = try file.matrix("encoder.weight", shape: [featureCount, modelWidth])
        var encoder = stored.matrix()
        for index in encoder.values.indices { encoder.values[index] *= inputScale / outputScale }
        let storedDecoder: WeightMatrix = try file.matrix("decoder.weight", shape: [modelWidth, featureCount])
        let decoder = storedDecoder.transposed
        let threshold = try number("jump_relu_threshold", fields)
        let thresholds = (0..<featureCount).map { feature in
            let norm = decoder.row(feature).reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            return norm > 0 ? threshold / norm : .greatestFiniteMagnitude
        }
        let transcoder = Transcoder(
            layer: layer, encoder: WeightMatrix(StoredMatrix(encoder)),
            encoderBias: try file.vector("encoder.bias", count: featureCount).map { $0 / outputScale },
            decoder: DecoderRows(decoder, slotCount: 1, storedSlotCount: 1),
            decoderBias: try file.vector("decoder.bias", count: modelWidth).map { $0 / outputScale },
            activation: .jumpReLU(thresholds), skip: nil,
            origin: TranscoderOrigin(
                encoderFile: file.path, encoder: "encoder.weight", decoderFile: file.path, decoder: "decoder.weight",
                skip: "none"))
        return ((transcoder, [file], nil, file.region(of: "decoder.weight")), inputHook, outputHook)
    }

    private func hooks() throws(TranscoderError) -> (layer: Int, input: InputHook, output: OutputHook) {
        guard let reading = try fields.text("hook_point_in").flatMap(PublishedHook.init), let input = reading.input
        else { throw fields.unexpected("hook_point_in", "blocks.<layer>.ln2.hook_normalized or another MLP's input") }
        guard let writing = try fields.text("hook_point_out").flatMap(PublishedHook.init), let output = writing.output,
            reading.layer == writing.layer
        else {
            throw fields.unexpected("hook_point_out", "blocks.\(reading.layer).hook_mlp_out: others are no transcoder")
        }
        return (reading.layer, input, output)
    }

    /// What inputs and outputs are multiplied with.
    private func scales() throws(TranscoderError) -> (input: Float, output: Float) {
        guard try fields.text("norm_activation") == "dataset-wise",
            let norms = try fields.object("dataset_average_activation_norm")
        else { throw fields.unexpected("norm_activation", "dataset-wise, with dataset_average_activation_norm") }
        let root = Float(modelWidth).squareRoot()
        return (root / (try number("in", norms)), root / (try number("out", norms)))
    }

    private func number(_ name: String, _ fields: JSONFields) throws(TranscoderError) -> Float {
        guard let value = try fields.number(name), value > 0 else { throw fields.unexpected(name, "a number above 0") }
        return Float(value)
    }

    private func refuseOtherSettings() throws(TranscoderError) {
        try fields.refuseUnknown(besides: Self.known)
        guard try fields.text("act_fn") == "jumprelu" else { throw fields.unexpected("act_fn", "jumprelu") }
        for name in ["use_decoder_bias", "sparsity_include_decoder_norm"] where try !fields.flag(name) {
            throw fields.unexpected(name, "true")
        }
        for name in ["use_glu_encoder", "apply_decoder_bias_to_pre_encoder"] where try fields.flag(name) {
            throw fields.unexpected(name, "false")
        }
    }
}
