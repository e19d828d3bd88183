import Foundation
import Safetensors

/// Which files a transcoder set consists of.
struct TranscoderFiles {
    /// Where config.yaml lies.
    let folder: String
    let configuration: TranscoderConfiguration
    /// The model's layers.
    let layerCount: Int

    /// One file a layer: those that config.yaml names, else `layer_<i>.safetensors`.
    func perLayer() throws(TranscoderError) -> [String] {
        if let files = try named() { return files }
        let beyond = folder + "/layer_\(layerCount).safetensors"
        guard !FileManager.default.fileExists(atPath: beyond) else {
            throw TranscoderError(
                file: beyond, "expected files for the model's \(layerCount) layers only, found one more")
        }
        return (0..<layerCount).map { "\(folder)/layer_\($0).safetensors" }
    }

    /// The files that config.yaml names, one a layer, or nil where it names none.
    func named() throws(TranscoderError) -> [String]? {
        guard let names = configuration.files else { return nil }
        guard names.count == layerCount else {
            throw TranscoderError(
                file: configuration.path, place: "transcoders",
                "expected \(layerCount) files, one a layer of the model, found \(names.count)")
        }
        let cache = HuggingFaceCache()
        var paths: [String] = []
        for name in names { paths.append(try path(of: name, cache: cache)) }
        return paths
    }

    private func path(of name: String, cache: HuggingFaceCache) throws(TranscoderError) -> String {
        if name.hasPrefix(HuggingFaceCache.Address.scheme) {
            guard let address = HuggingFaceCache.Address(name), !address.path.isEmpty else {
                throw TranscoderError(
                    file: configuration.path, place: "transcoders", "expected hf://owner/name/path, found \(name)")
            }
            do throws(SafetensorsError) {
                return try cache.path(of: address)
            } catch {
                throw TranscoderError(error)
            }
        }
        guard !name.contains("://"), !name.contains("\0") else {
            throw TranscoderError(
                file: configuration.path, place: "transcoders",
                "expected files beside config.yaml or hf://owner/name/path, found \(name.debugDescription)")
        }
        return name.hasPrefix("/") ? name : folder + "/" + name
    }
}
