import Safetensors
import Tensors

/// Transcoders as SAELens saves them: `cfg.json` and `sae_weights.safetensors` with `W_enc` `[d_in, d_sae]`.
///
/// - SeeAlso: `sae_lens.saes.transcoder` of SAELens 6
struct SAELensFormat: PublishedFormat {
    static let name = "SAELens"
    static let weightName = "sae_weights.safetensors"
    static let arrayOfModelWidth = "W_dec"

    private let fields: JSONFields
    private let file: SafetensorsFile
    private let modelWidth: Int

    /// Fields that are read here, or say nothing about the computation though their names might.
    private static let known: Set<String> = [
        "architecture", "activation_fn", "activation_fn_str", "activation_fn_kwargs", "k", "apply_b_dec_to_input",
        "normalize_activations", "reshape_activations", "hook_name", "hook_name_out", "hook_head_index",
        "hook_head_index_out", "metadata", "rescale_acts_by_decoder_norm", "finetuning_scaling_factor",
        "normalize_sae_decoder", "scale_sparsity_penalty_by_decoder_norm", "decoder_heuristic_init_norm",
        "decoder_init_norm", "b_dec_init_method", "jumprelu_bandwidth", "jumprelu_init_threshold",
        "jumprelu_sparsity_loss_mode", "use_ghost_grads", "dead_feature_threshold", "topk_threshold_lr", "decoder_bias",
        "mse_loss_normalization", "noise_scale",
    ]

    init(_ fields: JSONFields, _ file: SafetensorsFile, folder: LayerFolder, modelWidth: Int) {
        self.fields = fields
        self.file = file
        self.modelWidth = modelWidth
    }

    func load() throws -> (LoadedTranscoder, InputHook, OutputHook) {
        let (layer, inputHook, outputHook) = try hooks()
        let isThresholded = try self.isThresholded()
        try refuseOtherSettings()
        try file.refuseOthers(than: ["W_enc", "W_dec", "b_enc", "b_dec", "threshold", "W_skip"])
        let featureCount = try file.featureCount("W_enc", isTransposed: true, modelWidth: modelWidth)
        let encoder: WeightMatrix = try file.matrix("W_enc", shape: [modelWidth, featureCount])
        let decoderBias = try file.vector("b_dec", count: modelWidth)
        var encoderBias = try file.vector("b_enc", count: featureCount)
        if try fields.flag("apply_b_dec_to_input") {
            // (x − b_dec) W_enc + b_enc: what is taken off the input is a constant of each feature.
            let taken = encoder.transposed.applied(
                to: Matrix(rowCount: 1, columnCount: modelWidth, values: decoderBias))
            for index in encoderBias.indices { encoderBias[index] -= taken[0, index] }
        }
        let transcoder = Transcoder(
            layer: layer, encoder: encoder.transposed, encoderBias: encoderBias,
            inputNormalization: try inputNormalization(),
            decoder: DecoderRows(
                try file.matrix("W_dec", shape: [featureCount, modelWidth]), slotCount: 1, storedSlotCount: 1),
            decoderBias: decoderBias,
            activation: try activation(isThresholded: isThresholded, featureCount: featureCount),
            skip: try file.skip("W_skip", isTransposed: false, modelWidth: modelWidth),
            origin: TranscoderOrigin(
                encoderFile: file.path, encoder: "W_enc", decoderFile: file.path, decoder: "W_dec", skip: "W_skip"))
        return ((transcoder, [file], file.region(of: "W_enc"), file.region(of: "W_dec")), inputHook, outputHook)
    }

    /// A field of cfg.json or, as newer versions write it, of its metadata.
    private func described(_ name: String) throws(TranscoderError) -> String? {
        if let text = try fields.text(name) { return text }
        return try fields.object("metadata")?.text(name)
    }

    private func hooks() throws(TranscoderError) -> (layer: Int, input: InputHook, output: OutputHook) {
        guard let input = try described("hook_name"), let reading = PublishedHook(input), let inputHook = reading.input
        else {
            throw TranscoderError(
                file: fields.path, place: "hook_name",
                "expected blocks.<layer>.hook_resid_mid, .hook_mlp_in, .ln2.hook_normalized or .mlp.hook_in, found \(try described("hook_name") ?? "nothing")"
            )
        }
        guard let output = try described("hook_name_out"), let writing = PublishedHook(output),
            let outputHook = writing.output
        else {
            let found = try described("hook_name_out")
            throw TranscoderError(
                file: fields.path, place: "hook_name_out",
                "expected blocks.<layer>.mlp.hook_out or .hook_mlp_out, found \(found ?? "nothing: this is an autoencoder, no transcoder")"
            )
        }
        guard reading.layer == writing.layer else {
            throw TranscoderError(
                file: fields.path, place: "hook_name_out",
                "expected layer \(reading.layer), which is read, found \(writing.layer)")
        }
        return (reading.layer, inputHook, outputHook)
    }

    /// Whether the architecture compares pre-activations with thresholds.
    private func isThresholded() throws(TranscoderError) -> Bool {
        switch try fields.text("architecture") ?? "transcoder" {
        case "transcoder", "skip_transcoder", "standard", "topk", "standard_transcoder", "topk_transcoder": return false
        case "jumprelu_transcoder", "jumprelu_skip_transcoder", "jumprelu": return true
        default:
            throw fields.unexpected(
                "architecture", "transcoder, skip_transcoder, jumprelu_transcoder or jumprelu_skip_transcoder")
        }
    }

    private func activation(isThresholded: Bool, featureCount: Int) throws -> ActivationFunction {
        let given = try fields.text("activation_fn") ?? fields.text("activation_fn_str")
        let keeps = try fields.integer("k") ?? fields.object("activation_fn_kwargs")?.integer("k")
        if isThresholded {
            guard given == nil || given == "relu" else {
                throw fields.unexpected(fields.has("activation_fn") ? "activation_fn" : "activation_fn_str", "relu")
            }
            guard file.names.contains("threshold") else {
                throw TranscoderError(file: file.path, "array threshold is missing: such a transcoder is JumpReLU")
            }
            // ReLU comes first there: a threshold below zero lets nothing negative through.
            return .jumpReLU(try file.vector("threshold", count: featureCount).map { max($0, 0) })
        }
        if file.names.contains("threshold") {
            throw TranscoderError(
                file: file.path, place: "threshold", "expected no thresholds of this architecture, found some")
        }
        let isTopK = try given == "topk" || fields.text("architecture")?.hasPrefix("topk") == true
        guard isTopK || given == nil || given == "relu" else {
            throw fields.unexpected(fields.has("activation_fn") ? "activation_fn" : "activation_fn_str", "relu or topk")
        }
        guard isTopK else { return .relu }
        guard let keeps, keeps <= featureCount else {
            throw fields.unexpected("k", "how many of \(featureCount) features topk keeps")
        }
        return .positiveTopK(keeps)
    }

    private func inputNormalization() throws(TranscoderError) -> InputNormalization {
        let name = try fields.text("normalize_activations") ?? "none"
        // A factor over the whole of training, which is folded into the weights.
        if name == "expected_average_only_in" { return .none }
        guard let normalization = InputNormalization(rawValue: name) else {
            throw TranscoderError(
                file: fields.path, place: "normalize_activations",
                "expected none, expected_average_only_in, layer_norm or constant_norm_rescale, found \(name)")
        }
        return normalization
    }

    /// Refuses settings that would compute something else.
    private func refuseOtherSettings() throws(TranscoderError) {
        for setting in [fields] + (try fields.object("metadata").map { [$0] } ?? []) {
            try setting.refuseUnknown(besides: Self.known)
            for name in ["hook_head_index", "hook_head_index_out"] where setting.has(name) {
                throw setting.unexpected(name, "none: transcoders read whole tensors")
            }
        }
        guard try fields.text("reshape_activations") ?? "none" == "none" else {
            throw fields.unexpected("reshape_activations", "none")
        }
        for name in ["rescale_acts_by_decoder_norm", "finetuning_scaling_factor"] where try fields.flag(name) {
            throw fields.unexpected(name, "false, or a set that has it folded into its weights")
        }
    }
}
