import AtlasDashboards
import AtlasExport
import AtlasInterface
import AtlasQuery
import Circuits
import Foundation

/// The pages of an atlas as a folder, as `export dashboards` and `demo` write them.
struct DashboardExport {
    /// Prompts whose graphs are exported unless told otherwise: enough for a look, and some 20 MB.
    static let usualPrompts = 300
    /// Logits with a page, those of most prompts first.
    private static let logitLimit = 500

    private let reader: AtlasReader
    private let content: DashboardContent

    /// Exports `features`, or all that fire, and the first of the prompts that have graphs.
    ///
    /// - Parameters:
    ///   - promptLimit: prompts at most
    ///   - circuits: logits whose global circuit is exported
    ///   - comparisons: the tag whose values are compared with each other
    init(
        _ reader: AtlasReader, features: [FeatureID]?, promptLimit: Int = usualPrompts, circuits: Int = 20,
        comparing tag: String? = nil
    ) throws {
        self.reader = reader
        let logits = try reader.logitList(range: ListRange(limit: Self.logitLimit)).items.map(\.token)
        var comparisons: [(a: String, b: String)] = []
        if let tag {
            let values = try reader.tags().items.first { $0.name == tag }?.values.map(\.value) ?? []
            let groups = values.prefix(6).map { "\(PromptFilter([.init(name: tag, value: $0)]))" }
            for (index, a) in groups.enumerated() { comparisons += groups.dropFirst(index + 1).map { (a, $0) } }
        }
        content = DashboardContent(
            features: try features ?? reader.firedFeatures(),
            prompts: promptLimit == 0 ? [] : try Self.prompts(reader, limit: promptLimit), logits: logits,
            circuits: circuits, comparisons: comparisons)
    }

    /// Prompts with graphs, spread evenly over all of them.
    private static func prompts(_ reader: AtlasReader, limit: Int) throws -> [Int] {
        let all: [Int]
        do {
            all = try reader.prompts(where: .all, needGraphs: true).sorted()
        } catch QuestionError.emptyGroup {
            return []
        }
        guard all.count > limit else { return all }
        return (0..<limit).map { all[$0 * all.count / limit] }
    }

    /// Writes pages and answers, and says that an earlier export was replaced.
    ///
    /// - Parameter progress: called with answers done and in all
    func write(to folder: String, progress: (Int, Int) -> Void) throws {
        let exporter = DashboardExporter(
            AtlasService(reader), folder: URL(fileURLWithPath: folder, isDirectory: true))
        let replaced = ReplacedFile(folder + "/index.html", knownAs: folder)
        do {
            try exporter.write(content, progress: progress)
            replaced.report()
        } catch let problem as Problem {
            throw ExportError(place: folder, expected: "an answer to every question", found: problem.detail)
        }
    }
}
