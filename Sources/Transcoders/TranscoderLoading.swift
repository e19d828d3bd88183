import Foundation
import Safetensors
import Tensors

extension TranscoderSet {
    /// Maps a native folder: config.yaml with `layer_<i>.safetensors` (per-layer) or `W_enc_<i>.safetensors` and
    /// `W_dec_<i>.safetensors` (cross-layer).
    ///
    /// - Parameters:
    ///   - folder: where config.yaml lies
    ///   - layerCount: the model's layers, one transcoder each
    ///   - modelWidth: the model's residual width
    /// - Throws: `TranscoderError` or `SafetensorsError`, one line with file, tensor, expected, found.
    public init(folder: String, layerCount: Int, modelWidth: Int) throws {
        let configuration = try TranscoderConfiguration(folder: folder)
        let loader = TranscoderLoader(folder: folder, layerCount: layerCount, modelWidth: modelWidth)
        let loaded =
            switch configuration.kind {
            case .perLayer: try loader.perLayer(files: configuration.files, configurationPath: configuration.path)
            case .crossLayer: try loader.crossLayer()
            }
        kind = configuration.kind
        inputHook = configuration.inputHook
        outputHook = configuration.outputHook
        layers = loaded.map(\.transcoder)
        name = configuration.scan ?? URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
        fingerprint = try WeightFingerprint.of(
            smallFiles: [configuration.path], weights: loaded.flatMap(\.files))
    }
}

/// Finds and checks the tensors of each layer.
private struct TranscoderLoader {
    typealias Loaded = (transcoder: Transcoder, files: [SafetensorsFile])

    let folder: String
    let layerCount: Int
    let modelWidth: Int

    func perLayer(files: [String]?, configurationPath: String) throws -> [Loaded] {
        let names = files ?? (0..<layerCount).map { "layer_\($0).safetensors" }
        guard names.count == layerCount else {
            throw TranscoderError(
                file: configurationPath, place: "transcoders",
                "expected \(layerCount) files, one a layer of the model, found \(names.count)")
        }
        if let name = names.first(where: { $0.contains("://") }) {
            throw TranscoderError(
                file: configurationPath, place: "transcoders", "expected files beside config.yaml, found \(name)")
        }
        return try names.enumerated().map { layer, name in
            let file = try SafetensorsFile(path: folder + "/" + name)
            let featureCount = try featureCount(file, "W_enc")
            let decoder = try file.matrix("W_dec", shape: [featureCount, modelWidth])
            let transcoder = Transcoder(
                layer: layer, encoder: try file.matrix("W_enc", shape: [featureCount, modelWidth]),
                encoderBias: try file.vector("b_enc", count: featureCount), decoder: decoder,
                decoderBias: try file.vector("b_dec", count: modelWidth), slotCount: 1,
                activation: try activation(file, "activation_function.threshold", featureCount),
                skip: try skip(file, "W_skip"))
            return (transcoder, [file])
        }
    }

    func crossLayer() throws -> [Loaded] {
        try (0..<layerCount).map { layer in
            let encoding = try SafetensorsFile(path: folder + "/W_enc_\(layer).safetensors")
            let decoding = try SafetensorsFile(path: folder + "/W_dec_\(layer).safetensors")
            let featureCount = try featureCount(encoding, "W_enc_\(layer)")
            let slotCount = layerCount - layer
            let transcoder = Transcoder(
                layer: layer, encoder: try encoding.matrix("W_enc_\(layer)", shape: [featureCount, modelWidth]),
                encoderBias: try encoding.vector("b_enc_\(layer)", count: featureCount),
                decoder: try decoding.matrix("W_dec_\(layer)", shape: [featureCount, slotCount, modelWidth]),
                decoderBias: try encoding.vector("b_dec_\(layer)", count: modelWidth), slotCount: slotCount,
                activation: try activation(encoding, "threshold_\(layer)", featureCount),
                skip: try transposedSkip(encoding, "W_skip_\(layer)"))
            return (transcoder, [encoding, decoding])
        }
    }

    private func featureCount(_ file: SafetensorsFile, _ encoder: String) throws(SafetensorsError) -> Int {
        let shape = try file.tensor(encoder).shape
        guard shape.count == 2, shape[0] > 0, shape[1] == modelWidth else {
            throw SafetensorsError(
                file: file.path, place: encoder, "expected [features, \(modelWidth)] (the model's width), found \(shape)")
        }
        return shape[0]
    }

    private func activation(_ file: SafetensorsFile, _ threshold: String, _ featureCount: Int)
        throws(SafetensorsError) -> ActivationFunction
    {
        guard let tensor = file.tensors[threshold] else { return .relu }
        // Some sets keep one threshold a layer, as a scalar or a vector of one number.
        if tensor.shape.reduce(1, *) == 1 {
            let value = try file.matrix(threshold, shape: tensor.shape).matrix().values
            return .jumpReLU([Float](repeating: value[0], count: featureCount))
        }
        return .jumpReLU(try file.vector(threshold, count: featureCount))
    }

    /// Cross-layer sets store the skip the other way round: `y += x W`.
    private func transposedSkip(_ file: SafetensorsFile, _ name: String) throws(SafetensorsError) -> StoredMatrix? {
        guard let stored = try skip(file, name)?.matrix() else { return nil }
        var transposed = stored
        for row in 0..<modelWidth {
            for column in 0..<modelWidth { transposed[column, row] = stored[row, column] }
        }
        return StoredMatrix(transposed)
    }

    private func skip(_ file: SafetensorsFile, _ name: String) throws(SafetensorsError) -> StoredMatrix? {
        file.tensors[name] == nil ? nil : try file.matrix(name, shape: [modelWidth, modelWidth])
    }
}
