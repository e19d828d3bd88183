import AtlasQuery
import Circuits
import Compression
import Files
import Foundation
import Tensors

/// What circuit-tracer's viewer shows in its feature panel, as a folder.
///
/// For a scan that begins `./` the viewer reads `FOLDER/<number>.json`, one plain file a feature; for one that begins `/`,
/// and for a set that is hosted, `FOLDER/features/index.json.gz` and by ranges of bytes `FOLDER/features/layer_<k>.bin`.
public struct FeatureFolder {
    private let reader: AtlasReader
    private let features: [FeatureID]

    /// Writes features of an atlas; all that fire unless some are named.
    public init(_ reader: AtlasReader, features: [FeatureID]? = nil) throws {
        self.reader = reader
        self.features = try Self.chosen(features, of: reader)
    }

    /// The named features, or all that fire, ascending.
    ///
    /// - Throws: `QuestionError.unknownFeature`
    static func chosen(_ features: [FeatureID]?, of reader: AtlasReader) throws -> [FeatureID] {
        let identity = reader.atlas.identity
        if let unknown = features?.first(where: { !identity.contains($0) }) {
            throw QuestionError.unknownFeature(
                feature: unknown, layerCount: identity.layerCount, featuresPerLayer: identity.featuresPerLayer)
        }
        return try features.map { Set($0).sorted() } ?? all(reader)
    }

    /// How many there are.
    public var count: Int { features.count }

    /// Writes the folder, each file whole or not at all, the index last.
    ///
    /// - Parameter progress: told how many features are done
    /// - Throws: `ExportError` where it cannot be written; `QuestionError` for features that do not fire; `Cancelled`
    public func write(to folder: URL, progress: (_ done: Int) -> Void = { _ in }) throws {
        let identity = reader.atlas.identity
        let packed = folder.appendingPathComponent("features")
        try writing(to: folder) {
            try FileManager.default.createDirectory(at: packed, withIntermediateDirectories: true)
        }
        var index = JSONWriter()
        var done = 0
        var place = features.startIndex
        var failure: (any Error)?
        index.array { index in
            for layer in 0..<identity.layerCount where failure == nil {
                do {
                    var bytes = Data()
                    var offsets = [0]
                    offsets.reserveCapacity(identity.featuresPerLayer + 1)
                    while place < features.endIndex, features[place].layer == layer {
                        let feature = features[place]
                        while offsets.count <= feature.index { offsets.append(bytes.count) }
                        let json = try write(feature, to: folder)
                        bytes += try Self.packed(json, feature)
                        offsets.append(bytes.count)
                        place += 1
                        done += 1
                        progress(done)
                    }
                    while offsets.count <= identity.featuresPerLayer { offsets.append(bytes.count) }
                    let name = "layer_\(layer).bin"
                    try writing(to: packed) {
                        try AtomicFile.write(bytes, to: packed.appendingPathComponent(name).path)
                    }
                    index.object { index in
                        index.key("filename")
                        index.value(name)
                        index.key("offsets")
                        index.array { index in
                            for offset in offsets { index.value(offset) }
                        }
                    }
                } catch { failure = error }
            }
        }
        if let failure { throw failure }
        guard let compressed = Deflation.compress(Data(index.bytes), as: .gzip) else {
            throw ExportError(place: packed.path, expected: "an index that can be compressed", found: "none")
        }
        try writing(to: packed) {
            try AtomicFile.write(compressed, to: packed.appendingPathComponent("index.json.gz").path)
        }
    }

    /// Writes the plain file of one feature.
    private func write(_ feature: FeatureID, to folder: URL) throws -> Data {
        try Cancellation.check()
        let file = FeatureFile(
            try reader.feature(feature, neighbourLimit: 1), transcoderName: reader.atlas.identity.transcoderName)
        let json = file.json
        let path = folder.appendingPathComponent("\(FeatureFile.number(feature.layer, feature.index)).json")
        // Renamed when it is whole; thousands of files are not brought to the disk one by one.
        try writing(to: folder) { try json.write(to: path, options: .atomic) }
        return json
    }

    /// A little-endian length of 32 bits, then zlib's bytes.
    private static func packed(_ json: Data, _ feature: FeatureID) throws(ExportError) -> Data {
        guard let compressed = Deflation.compress(json, as: .zlib), let length = UInt32(exactly: compressed.count)
        else {
            throw ExportError(place: "feature \(feature)", expected: "less than 4 GiB", found: "\(json.count) bytes")
        }
        return withUnsafeBytes(of: length.littleEndian) { Data($0) } + compressed
    }

    /// Every feature that fires, ascending.
    private static func all(_ reader: AtlasReader) throws -> [FeatureID] {
        var features: [FeatureID] = []
        while true {
            let page = try reader.featureList(range: ListRange(limit: 10_000, offset: features.count))
            features += page.items.map(\.feature)
            if page.items.isEmpty { return features }
        }
    }
}
