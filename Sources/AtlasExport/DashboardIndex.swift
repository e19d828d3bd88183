import AtlasQuery
import Circuits

/// Gathers the rows of the overview and cuts them into files of bounded size.
struct DashboardIndex {
    /// Rows end up in a new file beyond this size, in bytes; a row is far smaller than what is left to the limit.
    private static let chunkSize = 200_000
    /// The longest label in a row, in characters; the feature's page has it whole.
    private static let labelLimit = 200

    private struct Row {
        let feature: FeatureID
        let label: String?
        let labelIsAutomatic: Bool
        let activeTokens: Int
        let countedTokens: Int
        let activePrompts: Int
        let countedPrompts: Int
        let maximum: Double
    }

    private var chunks: [[Row]] = [[]]
    private var size = 0
    private var count = 0

    /// Adds a feature.
    mutating func append(_ report: FeatureReport) {
        let label = report.label.map { $0.unicodeScalars.count <= Self.labelLimit ? $0 : Self.shortened($0) }
        if size > Self.chunkSize {
            chunks.append([])
            size = 0
        }
        let row = Row(
            feature: report.feature, label: label, labelIsAutomatic: report.labelIsAutomatic,
            activeTokens: report.activeTokens, countedTokens: report.countedTokens,
            activePrompts: report.activePrompts, countedPrompts: report.countedPrompts, maximum: report.maximum)
        chunks[chunks.count - 1].append(row)
        var writer = JSONWriter(escapesMarkup: true)
        Self.write(row, to: &writer)
        size += writer.bytes.count + 1
        count += 1
    }

    /// The files, by path; the one that names the others is the last.
    func scripts(_ description: DashboardExporter.Description) -> [(path: String, bytes: [UInt8])] {
        var files = chunks.enumerated().map { ordinal, rows in
            let bytes = DashboardScript.bytes(key: "index/\(ordinal)") { writer in
                writer.key("rows")
                writer.array { writer in
                    for row in rows { Self.write(row, to: &writer) }
                }
            }
            return (path: "data/index/\(ordinal).js", bytes: bytes)
        }
        let head = DashboardScript.bytes(key: "index") { writer in
            writer.key("title")
            writer.value(description.title)
            writer.key("model")
            writer.value(description.model)
            writer.key("transcoders")
            writer.value(description.transcoders)
            writer.key("promptCount")
            writer.value(description.promptCount)
            writer.key("tokenCount")
            writer.value(description.tokenCount)
            writer.key("featureCount")
            writer.value(count)
            writer.key("chunkCount")
            writer.value(chunks.count)
        }
        files.append((path: "data/index.js", bytes: head))
        return files
    }

    /// A row is an array, in the order that the page's overview knows.
    private static func write(_ row: Row, to writer: inout JSONWriter) {
        writer.array { writer in
            writer.value(row.feature.layer)
            writer.value(row.feature.index)
            writer.value(row.label)
            writer.value(row.labelIsAutomatic)
            writer.value(row.activeTokens)
            writer.value(row.countedTokens)
            writer.value(row.activePrompts)
            writer.value(row.countedPrompts)
            writer.value(Float(row.maximum))
        }
    }

    private static func shortened(_ label: String) -> String {
        var short = ""
        short.unicodeScalars.append(contentsOf: label.unicodeScalars.prefix(labelLimit - 1))
        return short + "…"
    }
}
