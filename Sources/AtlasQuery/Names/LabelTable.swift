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
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        func quoted(_ text: String) -> String {
            guard let bytes = try? encoder.encode(text) else { preconditionFailure("a text is JSON") }
            // Readers that end lines at these would cut one in two.
            return String(decoding: bytes, as: UTF8.self).replacing("\u{2028}", with: "\\u2028")
                .replacing("\u{2029}", with: "\\u2029")
        }
        let lines = labels.map { label in
            [
                ("modelId", modelName), ("layer", "\(label.feature.layer)-\(transcoderName)"),
                ("index", "\(label.feature.index)"), ("description", label.label), ("notes", label.note),
            ].map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",")
        }
        return Data(lines.map { "{\($0)}\n" }.joined().utf8)
    }

    /// The table in a format.
    public func data(as format: LabelFormat) -> Data {
        switch format {
        case .csv: commaSeparated
        case .jsonl: jsonLines
        }
    }
}

/// How names of features are written: comma-separated values, or JSON Lines.
public enum LabelFormat: String, CaseIterable, Codable, Sendable {
    case csv, jsonl
}
