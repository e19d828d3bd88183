import AtlasQuery
import Files
import Foundation
import Texts

/// Names of features as a table that other tools read.
public struct LabelTable: Sendable {
    private let labels: [FeatureLabel]
    private let modelName: String
    private let transcoderName: String

    /// Describes the names in an atlas of this model and transcoder set.
    public init(_ labels: [FeatureLabel], modelName: String, transcoderName: String) {
        self.labels = labels
        self.modelName = modelName
        self.transcoderName = transcoderName
    }

    /// Comma-separated values as in RFC 4180: `layer,index,label,note`.
    public var commaSeparated: Data {
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        let rows = labels.map {
            "\($0.feature.layer),\($0.feature.index),\(quoted($0.label)),\(quoted($0.note))\r\n"
        }
        return Data(("layer,index,label,note\r\n" + rows.joined()).utf8)
    }

    /// One explanation a line as Neuronpedia gives them: `modelId`, `layer` (its source: layer and transcoder set), `index`
    /// (a text), `description`, `notes`.
    public var jsonLines: Data {
        var bytes: [UInt8] = []
        for label in labels {
            var writer = JSONWriter()
            writer.object { writer in
                writer.key("modelId")
                writer.value(modelName)
                writer.key("layer")
                writer.value("\(label.feature.layer)-\(transcoderName)")
                writer.key("index")
                writer.value("\(label.feature.index)")
                writer.key("description")
                writer.value(label.label)
                writer.key("notes")
                writer.value(label.note)
            }
            bytes += writer.bytes + [UInt8(ascii: "\n")]
        }
        return Data(bytes)
    }

    /// Writes a file in one step, its form told by its ending.
    ///
    /// - Throws: `ExportError` for another ending than `.csv` or `.jsonl`, or where the file cannot be written
    public func write(to file: URL) throws {
        let data: Data
        switch file.pathExtension {
        case "csv": data = commaSeparated
        case "jsonl": data = jsonLines
        default:
            throw ExportError(
                place: file.path, expected: "a name ending in .csv or .jsonl",
                found: file.lastPathComponent.quotedInOneLine)
        }
        try writing(to: file) { try AtomicFile.write(data, to: file.path) }
    }
}
