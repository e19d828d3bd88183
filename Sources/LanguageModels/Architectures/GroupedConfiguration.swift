/// What the field's library takes for the fields that a published config.json leaves out.
///
/// - SeeAlso: the configuration classes of `transformers` 4.57
struct ConfigurationDefaults {
    var vocabularySize: Int
    var modelWidth: Int
    var hiddenWidth: Int
    var layerCount: Int
    var headCount: Int
    /// As many as there are heads, unless given.
    var keyValueHeadCount: Int?
    /// The model's width over its heads, unless given.
    var headWidth: Int?
    var contextLength: Int
    var epsilon = 1e-6
    var isTied = false
}

/// The configuration fields that Llama and its descendants share.
extension ModelConfiguration {
    /// Reads the dimensions under the names of Llama's config.json.
    ///
    /// - Throws: `ModelError` when heads do not divide.
    init(grouped file: ConfigurationFile, architecture: String, defaults: ConfigurationDefaults) throws(ModelError) {
        let width = try file.integer("hidden_size", default: defaults.modelWidth)
        let headCount = try file.integer("num_attention_heads", default: defaults.headCount)
        let keyValueHeadCount = try file.integer(
            "num_key_value_heads",
            default: file.isNull("num_key_value_heads") ? headCount : defaults.keyValueHeadCount ?? headCount)
        let headWidth = try file.integer("head_dim", default: defaults.headWidth ?? max(1, width / headCount))
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
            layerCount: try file.integer(
                "num_hidden_layers", default: defaults.layerCount, atMost: ConfigurationFile.layerLimit),
            modelWidth: width,
            headCount: headCount, keyValueHeadCount: keyValueHeadCount, headWidth: headWidth,
            vocabularySize: try file.integer("vocab_size", default: defaults.vocabularySize),
            contextLength: try file.integer("max_position_embeddings", default: defaults.contextLength))
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

    /// Each layer's window of Qwen's families: none unless `use_sliding_window` is set, and then in the layers from
    /// `max_window_layers` on.
    func optionalWindows(layerCount: Int) throws(ModelError) -> [Int?] {
        // Without a window, where it would be and how wide says nothing.
        markAsRead("sliding_window", "max_window_layers", "layer_types")
        guard try flag("use_sliding_window", default: false) else { return [Int?](repeating: nil, count: layerCount) }
        guard let window = try windowWidth(default: 4096) else { return [Int?](repeating: nil, count: layerCount) }
        let full = try integer("max_window_layers", default: 28)
        return try slidingLayers(layerCount: layerCount) { $0 >= full }.map { $0 ? window : nil }
    }

    /// `sliding_window`: none where it is null, `fallback` where it is absent.
    func windowWidth(default fallback: Int?) throws(ModelError) -> Int? {
        if isNull("sliding_window") { return nil }
        guard has("sliding_window") else { return fallback }
        return try integer("sliding_window")
    }
}
