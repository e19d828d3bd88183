import AtlasQuery
import AtlasStore
import Circuits
import Compression
import Files
import Foundation
import Tensors
import Texts

/// Features as Neuronpedia imports them: for each layer a folder `MODEL/LAYER-SET` with `release.jsonl`, `model.jsonl`,
/// `sourceset.jsonl`, `source.jsonl`, and in batches `features/batch-N.jsonl.gz`, `activations/batch-N.jsonl.gz` and
/// `explanations/batch-N.jsonl.gz`, the last of names that people gave.
///
/// Every line of a kind has the same fields, since the import takes the columns from the first one. Ids are digests of what
/// a line is about, so that a bundle is the same bytes each time and is imported once. Histograms of logits need the
/// model and are empty; times are left to the import.
public struct FeatureBundle {
    /// What the bundle is called where it is imported.
    public struct Names: Sendable, Equatable {
        /// The model's id; `nil`: the end of the model's name.
        public var model: String?
        /// The source set's id, without the layer; `nil`: the transcoder set's name.
        public var sourceSet: String?
        /// Whose work it is.
        public var creator: String
        /// The id of the user that rows belong to, who must exist there.
        public var creatorID: String

        /// Describes the names.
        public init(model: String? = nil, sourceSet: String? = nil, creator: String, creatorID: String) {
            self.model = model
            self.sourceSet = sourceSet
            self.creator = creator
            self.creatorID = creatorID
        }
    }

    /// The user that a fresh installation of Neuronpedia has.
    public static let firstUser = "clkht01d40000jv08hvalcvly"

    private static let batchSize = 512

    private let reader: AtlasReader
    private let features: [FeatureID]
    private let rows: FeatureBundleRows
    private let explanations: [FeatureID: FeatureLabel]
    private let information: AtlasInformation

    /// Bundles features of an atlas; all that fire unless some are named.
    ///
    /// - Throws: `ExportError` for a name that cannot be part of an address; `QuestionError` for features that there are not
    public init(_ reader: AtlasReader, features: [FeatureID]? = nil, names: Names) throws {
        self.reader = reader
        self.features = try FeatureFolder.chosen(features, of: reader)
        let identity = reader.atlas.identity
        rows = FeatureBundleRows(
            modelID: try Self.id(names.model ?? Self.ending(identity.modelName), "model"),
            sourceSet: try Self.id(names.sourceSet ?? Self.ending(identity.transcoderName), "source set"),
            creator: names.creator, creatorID: names.creatorID)
        explanations = Dictionary(
            try reader.labels().map { ($0.feature, $0) }, uniquingKeysWith: { first, _ in first })
        information = try reader.information()
    }

    /// How many features there are.
    public var count: Int { features.count }

    /// Writes the bundle, each file whole or not at all, the descriptions of a layer last.
    ///
    /// - Parameter progress: told how many features are done
    /// - Throws: `ExportError` where it cannot be written; `QuestionError`; `Cancelled`
    public func write(to folder: URL, progress: (_ done: Int) -> Void = { _ in }) throws {
        var done = 0
        for layer in Set(features.map(\.layer)).sorted() {
            let place = folder.appendingPathComponent(rows.modelID)
                .appendingPathComponent(rows.sourceID(ofLayer: layer))
            let own = features.filter { $0.layer == layer }
            for (batch, start) in stride(from: 0, to: own.count, by: Self.batchSize).enumerated() {
                var (described, activations, explained) = (Data(), Data(), Data())
                for feature in own[start..<min(start + Self.batchSize, own.count)] {
                    try Cancellation.check()
                    let report = try reader.feature(feature, neighbourLimit: 1)
                    described += rows.feature(report)
                    activations += rows.activations(report)
                    if let label = explanations[feature] { explained += rows.explanation(label) }
                    done += 1
                    progress(done)
                }
                for (kind, lines) in [
                    ("features", described), ("activations", activations), ("explanations", explained),
                ] where !lines.isEmpty {
                    try write(lines, to: place.appendingPathComponent(kind), "batch-\(batch).jsonl.gz", packed: true)
                }
            }
            for (name, line) in rows.descriptions(ofLayer: layer, information) {
                try write(line, to: place, name, packed: false)
            }
        }
    }

    private func write(_ lines: Data, to folder: URL, _ name: String, packed: Bool) throws {
        guard let data = packed ? Deflation.compress(lines, as: .gzip) : lines else {
            throw ExportError(
                place: folder.path, expected: "lines that can be compressed", found: "\(lines.count) bytes")
        }
        try writing(to: folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try AtomicFile.write(data, to: folder.appendingPathComponent(name).path)
        }
    }

    /// What stands behind the last slash of a name as hubs give it.
    private static func ending(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }

    /// A name that is a folder and part of an address.
    private static func id(_ name: String, _ what: String) throws(ExportError) -> String {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, !name.isEmpty, name.utf8.count <= 100, name.utf8.first != UInt8(ascii: ".") else {
            throw ExportError(
                place: "\(what) id", expected: "letters, digits, hyphens, dots and underscores",
                found: name.quotedInOneLine, advice: "give one with --model-id or --source-set")
        }
        return name
    }
}
