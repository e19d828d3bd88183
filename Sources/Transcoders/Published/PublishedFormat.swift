import Safetensors

/// A format in which others publish per-layer transcoders: a file of fields and the weights of one layer in a folder.
///
/// A new format is a type of its own in a file of its own and its entry in ``PublishedFormats/all``.
protocol PublishedFormat {
    /// Who writes it, as people say it.
    static var name: String { get }
    /// The file of fields, JSON; `cfg.json` unless the format says otherwise.
    static var configurationName: String { get }
    /// The file of weights, by which a folder is told; it may lie in a folder below.
    static var weightName: String { get }
    /// An array of two dimensions, the last of which is the model's width: decoder or encoder.
    static var arrayOfModelWidth: String { get }

    /// - Parameters:
    ///   - fields: of `configurationName`
    ///   - file: the weights
    ///   - folder: where both lie; its name may say which layer it is
    init(_ fields: JSONFields, _ file: SafetensorsFile, folder: LayerFolder, modelWidth: Int)

    /// Reads the layer, and what it reads and writes.
    ///
    /// - Throws: `TranscoderError` or `SafetensorsError` for fields that are not understood, arrays of another shape
    func load() throws -> (LoadedTranscoder, InputHook, OutputHook)
}

extension PublishedFormat {
    static var configurationName: String { "cfg.json" }
}

/// The formats that are known.
enum PublishedFormats {
    static var all: [any PublishedFormat.Type] { [SAELensFormat.self, SparsifyFormat.self] }
}
