import Circuits
import Foundation
import Safetensors

extension TranscoderSet {
    /// Maps a transcoder folder: config.yaml and the weights that it names or that lie beside it, or folders of SAELens
    /// or EleutherAI's sparsify, one a layer.
    ///
    /// Per-layer sets are `layer_<i>.safetensors`, Gemma Scope's `params.npz`, or Gemma Scope 2's safetensors;
    /// cross-layer sets `W_enc_<i>.safetensors` and `W_dec_<i>.safetensors`, or one Gemma Scope 2 file a layer. Files
    /// named `hf://owner/name/path` are taken from the local Hugging Face cache.
    ///
    /// - Parameters:
    ///   - folder: where config.yaml lies, or `hf://owner/name@revision`, a repository in the local Hugging Face cache
    ///   - layerCount: the model's layers, one transcoder each
    ///   - modelWidth: the model's residual width
    /// - Throws: `TranscoderError` or `SafetensorsError`, one line with file, tensor, expected, found.
    public init(folder address: String, layerCount: Int, modelWidth: Int) throws {
        let folder = try HuggingFaceCache.folder(address)
        if !FileManager.default.fileExists(atPath: folder + "/config.yaml"),
            let published = try Self.published(
                folder: folder, name: HuggingFaceCache.name(ofFolder: address), layerCount: layerCount,
                modelWidth: modelWidth)
        {
            self = published
            return
        }
        let configuration = try TranscoderConfiguration(folder: folder)
        let files = TranscoderFiles(folder: folder, configuration: configuration, layerCount: layerCount)
        let loaded: [LoadedTranscoder] =
            switch configuration.kind {
            case .perLayer:
                try files.perLayer().enumerated().map { layer, path in
                    try PerLayerFormat.load(path, layer: layer, modelWidth: modelWidth, configuration.activation)
                }
            case .crossLayer:
                try CrossLayerFormat(
                    layerCount: layerCount, modelWidth: modelWidth, activation: configuration.activation
                )
                .load(files)
            }
        try self.init(
            kind: configuration.kind, inputHook: configuration.inputHook, outputHook: configuration.outputHook,
            loaded: loaded, name: configuration.scan ?? HuggingFaceCache.name(ofFolder: address), format: "config.yaml",
            configurationPaths: [configuration.path])
    }

    /// Puts a set together from its layers.
    ///
    /// - Parameter configurationPaths: the files that describe them, a part of the oldest fingerprint
    init(
        kind: TranscoderKind, inputHook: InputHook, outputHook: OutputHook, loaded: [LoadedTranscoder], name: String,
        format: String, configurationPaths: [String]
    ) throws {
        self.kind = kind
        self.inputHook = inputHook
        self.outputHook = outputHook
        self.format = format
        layers = loaded.map(\.transcoder)
        encoderRegions = loaded.map(\.encoder)
        decoderRegions = loaded.map(\.decoder)
        self.name = name
        let description = TranscoderFingerprint.description(
            of: layers, kind: kind, inputHook: inputHook, outputHook: outputHook)
        let files = loaded.flatMap(\.files)
        fingerprint = try description.fingerprint(of: files.map(\.file), cache: FingerprintCache())
        formerFingerprints = [
            description.sampledFingerprint,
            try TranscoderFingerprint.ofFiles(configurationPaths: configurationPaths, weights: files),
        ]
        for region in decoderRegions { region?.expectScatteredReads() }
    }
}

/// One layer, the files it was read from, and where its encoder and decoder lie in them.
typealias LoadedTranscoder = (
    transcoder: Transcoder, files: [any WeightFile], encoder: MappedRegion?, decoder: MappedRegion?
)

extension WeightFile {
    /// The features of an encoder, whose other dimension is the model's width.
    func featureCount(_ encoder: String, isTransposed: Bool, modelWidth: Int) throws -> Int {
        let shape = try shape(of: encoder)
        let expected = isTransposed ? "[\(modelWidth), features]" : "[features, \(modelWidth)]"
        guard shape.count == 2, shape[isTransposed ? 0 : 1] == modelWidth, shape[isTransposed ? 1 : 0] > 0 else {
            throw TranscoderError(
                file: path, place: encoder, "expected \(expected) (the model's width), found \(shape)")
        }
        return shape[isTransposed ? 1 : 0]
    }

    /// The activation function: thresholds among the weights make it JumpReLU.
    func activation(_ asked: TranscoderConfiguration.Activation, threshold: String, featureCount: Int) throws
        -> ActivationFunction
    {
        guard names.contains(threshold) else {
            guard case .topK(let count) = asked else { return .relu }
            guard count <= featureCount else {
                throw TranscoderError(
                    file: path,
                    "expected at least the \(count) features that config.yaml keeps (k), found \(featureCount)")
            }
            return .topK(count)
        }
        guard asked == .relu else {
            throw TranscoderError(
                file: path, place: threshold,
                "expected no thresholds beside activation: topk in config.yaml, found some")
        }
        // Some sets keep one threshold a layer, as a scalar or a vector of one number.
        let shape = try shape(of: threshold)
        if shape.count < 2, shape.reduce(1, *) == 1 {
            let value = try matrix(threshold, shape: shape).row(0)[0]
            guard value.isFinite else {
                throw TranscoderError(file: path, place: threshold, "expected a finite number, found \(value)")
            }
            return .jumpReLU([Float](repeating: value, count: featureCount))
        }
        return .jumpReLU(try vector(threshold, count: featureCount))
    }

    /// The linear skip, if there is one.
    func skip(_ name: String, isTransposed: Bool, modelWidth: Int) throws -> WeightMatrix? {
        guard names.contains(name) else { return nil }
        let matrix = try matrix(name, shape: [modelWidth, modelWidth])
        return isTransposed ? matrix.transposed : matrix
    }
}
