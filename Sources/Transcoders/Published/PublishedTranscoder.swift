import Safetensors

/// One layer of a published set, read.
struct PublishedTranscoder {
    let loaded: LoadedTranscoder
    let inputHook: InputHook
    let outputHook: OutputHook
    let folder: LayerFolder

    init(_ folder: LayerFolder, modelWidth: Int) throws {
        let fields = try JSONFields(path: folder.configurationPath)
        let file = try SafetensorsFile(path: folder.weightPath)
        self.folder = folder
        (loaded, inputHook, outputHook) = try folder.format.init(fields, file, folder: folder, modelWidth: modelWidth)
            .load()
    }
}

extension TranscoderSet {
    /// Maps a folder of published transcoders, a folder a layer.
    ///
    /// - Returns: `nil` where `folder` holds none
    static func published(folder: String, name: String, layerCount: Int, modelWidth: Int) throws -> TranscoderSet? {
        let folders = LayerFolder.all(in: folder)
        guard let first = folders.first else { return nil }
        if let other = folders.first(where: { $0.format != first.format }) {
            throw TranscoderError(
                file: folder,
                "expected layers of one kind, found \(first.format.name) (\(first.path)) and \(other.format.name) (\(other.path))"
            )
        }
        let read = try folders.map { try PublishedTranscoder($0, modelWidth: modelWidth) }
        var byLayer: [Int: PublishedTranscoder] = [:]
        for one in read {
            let layer = one.loaded.transcoder.layer
            if let other = byLayer.updateValue(one, forKey: layer) {
                throw TranscoderError(
                    file: folder,
                    "expected one transcoder a layer, found two of layer \(layer): \(other.folder.path) and \(one.folder.path); name the folder of one choice"
                )
            }
        }
        if let beyond = byLayer.keys.filter({ $0 >= layerCount }).min() {
            throw TranscoderError(
                file: folder,
                "expected transcoders of the model's \(layerCount) layers only, found one of layer \(beyond)")
        }
        let missing = (0..<layerCount).filter { byLayer[$0] == nil }
        guard missing.isEmpty else {
            throw TranscoderError(
                file: folder,
                "expected a transcoder for each of the model's \(layerCount) layers, found none of \(missing.map(String.init).joined(separator: ", "))"
            )
        }
        let ordered = (0..<layerCount).compactMap { byLayer[$0] }
        if let other = ordered.first(where: {
            $0.inputHook != ordered[0].inputHook || $0.outputHook != ordered[0].outputHook
        }) {
            throw TranscoderError(
                file: other.folder.configurationPath,
                "expected the hooks of the other layers, \(ordered[0].inputHook.rawValue) and \(ordered[0].outputHook.rawValue), found \(other.inputHook.rawValue) and \(other.outputHook.rawValue)"
            )
        }
        return try TranscoderSet(
            kind: .perLayer, inputHook: ordered[0].inputHook, outputHook: ordered[0].outputHook,
            loaded: ordered.map(\.loaded), name: name, format: first.format.name,
            configurationPaths: ordered.map(\.folder.configurationPath))
    }
}
