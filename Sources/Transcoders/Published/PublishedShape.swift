import Safetensors

/// What a folder of published transcoders tells of its model without one: for looking at a set alone.
public struct PublishedShape: Sendable {
    /// Folders of layers.
    public let layerCount: Int
    /// The residual stream's width: that of the decoder rows.
    public let modelWidth: Int

    /// Looks at `folder`.
    ///
    /// - Returns: `nil` where it holds no published transcoders
    /// - Throws: `SafetensorsError` for weights that cannot be read.
    public init?(folder: String) throws {
        let folders = LayerFolder.all(in: folder)
        guard let first = folders.first else { return nil }
        let array = first.format.arrayOfModelWidth
        let shape = try SafetensorsFile(path: first.weightPath).shape(of: array)
        guard shape.count == 2 else {
            throw TranscoderError(file: first.weightPath, place: array, "expected [features, width], found \(shape)")
        }
        layerCount = folders.count
        modelWidth = shape[1]
    }

    /// The files by which a layer's folder is known, in words.
    public static var expected: String {
        PublishedFormats.all.map { "\($0.configurationName) beside \($0.weightName) (\($0.name))" }
            .joined(separator: " or ")
    }

    /// Whether `folder` holds published transcoders.
    public static func isThere(_ folder: String) -> Bool { !LayerFolder.all(in: folder).isEmpty }
}
