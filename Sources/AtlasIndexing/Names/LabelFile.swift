import AtlasQuery
import AtlasStore
import Circuits
import Texts

/// Names of features from a file: comma- or tab-separated with the columns `layer`, `index`, `label` and perhaps `note`, or
/// JSON Lines as Neuronpedia gives explanations: `layer` (a number, or a source that begins with one), `index` and
/// `description`, perhaps `notes`. A name that ends in `.gz` is decompressed.
public struct LabelFile: Sendable {
    /// The names, the first of each feature.
    public let labels: [FeatureLabel]
    /// How many names were of features that had one before in the file.
    public let repeatedCount: Int

    /// Reads a file.
    ///
    /// - Throws: `CorpusError` that names file and line
    public init(path: String) throws(CorpusError) {
        let format = try CorpusFormat(path: path, textColumn: "label")
        try self.init(.file(path: path, format: format == .jsonLines ? .plainText : format), as: format)
    }

    /// Reads what a file would hold.
    ///
    /// - Parameter name: what messages call it; its ending tells the format
    /// - Throws: `CorpusError` that names the place
    public init(content: String, named name: String) throws(CorpusError) {
        let format = try CorpusFormat(path: name, textColumn: "label")
        try self.init(
            .text(content, name: name, format: format == .jsonLines ? .plainText : format), as: format)
    }

    private init(_ source: CorpusSource, as format: CorpusFormat) throws(CorpusError) {
        let records = try source.records(onMalformed: .fail)
        var labels: [FeatureLabel] = []
        var seen = Set<FeatureID>()
        var repeated = 0
        while let record = try records.next() {
            let label = try format == .jsonLines ? Self.explanation(record) : Self.row(record)
            if seen.insert(label.feature).inserted { labels.append(label) } else { repeated += 1 }
        }
        self.labels = labels
        repeatedCount = repeated
    }

    private static func row(_ record: CorpusRecord) throws(CorpusError) -> FeatureLabel {
        try label(
            record.text, note: record.tags["note"] ?? "", layer: record.tags["layer"], index: record.tags["index"],
            place: record.place)
    }

    /// A line of Neuronpedia's explanations; what else it says is left.
    private struct Explanation: Decodable {
        /// A number, or a text that begins with one.
        struct Number: Decodable {
            let text: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                text =
                    if let number = try? container.decode(Int.self) { "\(number)" } else {
                        try container.decode(String.self)
                    }
            }
        }
        let layer: Number
        let index: Number
        let description: String
        let notes: String?
    }

    private static func explanation(_ record: CorpusRecord) throws(CorpusError) -> FeatureLabel {
        guard let line = try? JSONDecoding.decode(Explanation.self, from: Array(record.text.utf8)) else {
            throw CorpusError(
                file: record.place, expected: "an object with layer, index and description",
                found: record.text.prefix(60).description.quotedInOneLine)
        }
        return try label(
            line.description, note: line.notes ?? "",
            layer: String(line.layer.text.prefix { $0.isASCII && $0.isNumber }),
            index: line.index.text, place: record.place)
    }

    private static func label(
        _ text: String, note: String, layer: String?, index: String?, place: String
    ) throws(CorpusError) -> FeatureLabel {
        guard let layer = layer.flatMap({ Int($0) }), let index = index.flatMap({ Int($0) }),
            0..<1 << 16 ~= layer, 0..<1 << 24 ~= index
        else {
            throw CorpusError(
                file: place, expected: "numbers for layer and index",
                found: "\((layer ?? "nothing").quotedInOneLine) and \((index ?? "nothing").quotedInOneLine)")
        }
        let (name, whole) = NameRule.fitted(text)
        guard let name else { throw CorpusError(file: place, expected: "a label", found: "an empty one") }
        return FeatureLabel(
            feature: FeatureID(layer: layer, index: index), label: name, note: note.isEmpty ? whole : note)
    }
}
