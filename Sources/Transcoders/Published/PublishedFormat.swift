import Safetensors

/// A format in which others publish per-layer transcoders: `cfg.json` and the weights of one layer in a folder.
///
/// A new format is a type of its own in a file of its own and its entry in ``PublishedFormats/all``.
protocol PublishedFormat {
    /// Who writes it, as people say it.
    static var name: String { get }
    /// The file of weights beside `cfg.json`, by which a folder is told.
    static var weightName: String { get }
    /// The decoder's array, `[features, modelWidth]`.
    static var decoder: String { get }

    /// - Parameters:
    ///   - fields: of `cfg.json`
    ///   - file: the weights
    ///   - folder: where both lie; its name may say which layer it is
    init(_ fields: JSONFields, _ file: SafetensorsFile, folder: LayerFolder, modelWidth: Int)

    /// Reads the layer, and what it reads and writes.
    ///
    /// - Throws: `TranscoderError` or `SafetensorsError` for fields that are not understood, arrays of another shape
    func load() throws -> (LoadedTranscoder, InputHook, OutputHook)
}

/// The formats that are known.
enum PublishedFormats {
    static var all: [any PublishedFormat.Type] { [SAELensFormat.self, SparsifyFormat.self] }
}
