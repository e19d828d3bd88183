/// The configuration fields that Llama and its descendants share.
extension ModelConfiguration {
    /// Reads the dimensions under the names of Llama's config.json.
    ///
    /// - Parameter defaultHeadWidth: `head_dim` where it is absent; the model's width over its heads unless given
    /// - Throws: `ModelError` when a field is missing or heads do not divide.
    init(grouped file: ConfigurationFile, architecture: String, defaultHeadWidth: Int? = nil) throws(ModelError) {
        let width = try file.integer("hidden_size")
        let headCount = try file.integer("num_attention_heads")
        let keyValueHeadCount = try file.integer("num_key_value_heads", default: headCount)
        let headWidth = try file.integer("head_dim", default: defaultHeadWidth ?? width / headCount)
        guard headCount % keyValueHeadCount == 0, headWidth > 0, headWidth % 2 == 0,
            headWidth <= ConfigurationFile.headWidthLimit
        else {
            throw ModelError(
                file: file.path, place: "num_key_value_heads",
                "expected a divisor of \(headCount) heads of even width, found \(keyValueHeadCount) of width \(headWidth)"
            )
        }
        self.init(
            architecture: architecture,
            layerCount: try file.integer("num_hidden_layers", atMost: ConfigurationFile.layerLimit), modelWidth: width,
            headCount: headCount, keyValueHeadCount: keyValueHeadCount, headWidth: headWidth,
            vocabularySize: try file.integer("vocab_size"),
            contextLength: try file.integer("max_position_embeddings"))
    }
}

extension ConfigurationFile {
    /// Which layers see only a window of positions.
    ///
    /// - Parameters:
    ///   - layerCount: the model's layers
    ///   - fallback: whether a layer does, where config.json has no `layer_types`
    /// - Throws: `ModelError` for a list of another length or another kind of layer.
    func slidingLayers(layerCount: Int, default fallback: (Int) -> Bool) throws(ModelError) -> [Bool] {
        guard let kinds = try strings("layer_types") else { return (0..<layerCount).map(fallback) }
        guard kinds.count == layerCount else {
            throw ModelError(file: path, place: "layer_types", "expected \(layerCount) entries, found \(kinds.count)")
        }
        var sliding: [Bool] = []
        for kind in kinds {
            guard kind == "sliding_attention" || kind == "full_attention" else {
                throw ModelError(
                    file: path, place: "layer_types", "expected sliding_attention or full_attention, found \(kind)")
            }
            sliding.append(kind == "sliding_attention")
        }
        return sliding
    }

    /// Rotary positions from `rope_theta` and `rope_scaling`, or from the newer `rope_parameters`.
    ///
    /// - Parameters:
    ///   - baseName: the field of the base
    ///   - defaultBase: the base where the field is absent
    ///   - layerKind: the entry of `rope_parameters` where it has one for each kind of layer
    ///   - isScaled: whether `rope_scaling` applies
    /// - Throws: `ModelError` for a scaling that is not supported.
    func rotary(
        headWidth: Int, rotatedWidth: Int? = nil, baseName: String = "rope_theta", defaultBase: Double = 10_000,
        layerKind: String? = nil, isScaled: Bool = true
    ) throws(ModelError) -> RotaryEmbedding {
        let share = try number("partial_rotary_factor", default: 1)
        guard rotatedWidth != nil || share == 1 else {
            throw ModelError(file: path, place: "partial_rotary_factor", "expected 1, found \(share)")
        }
        var base = try number(baseName, default: defaultBase)
        var scaling = isScaled ? try object("rope_scaling")?.rotaryScaling() : nil
        if var parameters = try object("rope_parameters") {
            if let layerKind, let own = try parameters.object(layerKind) { parameters = own }
            base = try parameters.number("rope_theta", default: base)
            scaling = try parameters.rotaryScaling()
        }
        guard base > 0 else {
            throw ModelError(file: path, place: baseName, "expected a positive number, found \(base)")
        }
        return RotaryEmbedding(headWidth: headWidth, rotatedWidth: rotatedWidth, base: base, scaling: scaling)
    }

    /// Reads one object of `rope_scaling` or `rope_parameters`.
    private func rotaryScaling() throws(ModelError) -> RotaryEmbedding.Scaling? {
        switch try choice("rope_type", "type", of: ["default", "linear", "llama3"], default: "default") {
        case "linear": return .linear(factor: try positive("factor"))
        case "llama3":
            return .llama3(
                RotaryEmbedding.Llama3Scaling(
                    factor: try positive("factor"), lowFrequencyFactor: try positive("low_freq_factor"),
                    highFrequencyFactor: try positive("high_freq_factor"),
                    originalContextLength: try positive("original_max_position_embeddings")))
        default: return nil
        }
    }

    /// A number above zero that must be present.
    func positive(_ name: String) throws(ModelError) -> Double {
        let value = try number(name)
        guard value > 0 else { throw ModelError(file: path, place: name, "expected a positive number, found \(value)") }
        return value
    }
}
