import Foundation
import LanguageModels
import Safetensors
import Transcoders

/// What a transcoder folder holds.
struct TranscoderDescription: Encodable {
    let name, kind, format, inputHook, outputHook, fingerprint: String
    let layerCount, modelWidth: Int
    /// `[layerCount]`.
    let featureCounts: [Int]
    /// The activation functions of all layers, each once.
    let activations: [String]
    let hasSkip: Bool
    /// What encoders do to their input first.
    let inputNormalization: String
    /// Numbers in the folder's safetensors files, by type; empty where the weights lie in other files.
    let parameters: [StoredNumbers]
    let fileCount: Int
    let byteCount: Int

    /// True where every weight was read.
    let isFinite: Bool?

    /// - Parameters:
    ///   - modelFolder: where the number of layers is taken from, if not from the weights
    ///   - scan: read every weight, and throw for the first that is NaN or infinite
    init(folder: String, modelFolder: String?, scan: Bool) throws {
        let address = folder
        let folder = try HuggingFaceCache.folder(address)
        let files = try Self.files(in: folder)
        let weights = try files.filter { $0.path.hasSuffix(".safetensors") }.map { try SafetensorsFile(path: $0.path) }
        let shape = try Self.shape(weights, folder: folder, modelFolder: modelFolder)
        let set = try TranscoderSet(folder: address, layerCount: shape.layerCount, modelWidth: shape.modelWidth)
        if scan, let fault = set.layers.lazy.compactMap({ $0.firstFault() }).first { throw fault }
        isFinite = scan ? true : nil
        name = set.name
        kind = set.kind.rawValue
        format = set.format
        inputHook = set.inputHook.rawValue
        outputHook = set.outputHook.rawValue
        fingerprint = set.fingerprint
        layerCount = set.layers.count
        modelWidth = set.modelWidth
        featureCounts = set.layers.map(\.featureCount)
        activations = Set(set.layers.map { Self.name($0.activation) }).sorted()
        inputNormalization = set.layers.first?.inputNormalization.rawValue ?? InputNormalization.none.rawValue
        hasSkip = set.layers.contains { $0.skip != nil }
        parameters = StoredNumbers.inFiles(weights)
        fileCount = files.count
        byteCount = files.map(\.byteCount).reduce(0, +)
    }

    /// Layers and width, from the model or else from the native files' encoders.
    private static func shape(_ weights: [SafetensorsFile], folder: String, modelFolder: String?) throws
        -> (layerCount: Int, modelWidth: Int)
    {
        if let modelFolder {
            let configuration = try LanguageModel(folder: modelFolder).configuration
            return (configuration.layerCount, configuration.modelWidth)
        }
        if let shape = try PublishedShape(folder: folder) { return (shape.layerCount, shape.modelWidth) }
        let encoders = weights.compactMap { file in
            file.tensors.first { $0.key == "W_enc" || $0.key.hasPrefix("W_enc_") }?.value.shape
        }
        guard let encoder = encoders.first, encoder.count == 2 else {
            throw InspectionError(
                path: folder,
                "expected encoders (W_enc) in .safetensors files beside config.yaml, found none; give --model")
        }
        return (encoders.count, encoder[1])
    }

    private static func name(_ activation: ActivationFunction) -> String {
        return switch activation {
        case .relu: "ReLU"
        case .jumpReLU: "JumpReLU"
        case .topK(let count): "TopK(\(count))"
        case .positiveTopK(let count): "ReLU, then TopK(\(count))"
        case .groupMaximum(let count): "ReLU, then the largest of each of \(count) groups"
        }
    }

    /// Every regular file below the folder, links followed, in order of path.
    private static func files(in folder: String) throws -> [(path: String, byteCount: Int)] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().compactMap { name in
            let path = folder + "/" + name
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
            return (path, (attributes[.size] as? NSNumber)?.intValue ?? 0)
        }
    }
}
