import AtlasExport
import AtlasInterface
import AtlasQuery
import Circuits
import Foundation

/// Writes the pages of an atlas as a folder that opens from disk without a network.
///
///     try DashboardExporter(service, folder: folder).write(content)
///
/// The pages are those that a server gives, and the answers they find are the answers of the same routes.
public struct DashboardExporter: Sendable {
    /// The largest answer that is written, in bytes.
    public static let fileLimit = DashboardFolder.fileLimit
    /// The largest file of the pages themselves, in bytes.
    public static let pageLimit = DashboardFolder.pageLimit
    /// A list goes on in a new file beyond this size, in bytes.
    private static let chunkSize = 150_000
    /// Items of a list that are asked for at once.
    private static let itemsAtOnce = 1_000
    /// Tokens of an example, tried until the file is small enough.
    private static let windows = [160, 80, 40, 20, 8]
    /// Nodes and edges of a graph, tried until the file is small enough.
    private static let graphSizes: [(nodes: Int, edges: Int)] = [
        (nodes: 300, edges: 1_500), (200, 1_000), (100, 500), (50, 250), (20, 100),
    ]

    /// Features and examples of a head, tried until the file is small enough.
    private static let listsOfHead = [20, 10, 5, 1, 0]

    private let service: AtlasService
    private let folder: URL

    /// Will write into `folder`.
    public init(_ service: AtlasService, folder: URL) {
        self.service = service
        self.folder = folder
    }

    /// Writes the pages and the answers.
    ///
    /// Everything is written out of sight first; an earlier export in the folder stays until the new one is whole, and is
    /// replaced by renaming. Only one answer is in memory at a time.
    /// - Parameter progress: called with the number of answers written so far and in all.
    /// - Throws: `ExportError` for a folder that holds something else, something named twice, or an answer that cannot
    ///   be made small enough; `Problem` for a question that the atlas cannot answer; errors of the file system.
    public func write(_ content: DashboardContent, progress: (Int, Int) -> Void = { _, _ in }) throws {
        try Self.requireOnce(content.features.map(\.description), "features")
        try Self.requireOnce(content.prompts.map(String.init), "prompts")
        let output = try DashboardFolder(folder)
        let total = content.features.count + content.prompts.count + content.logits.count
        var done = 0
        func advance() {
            done += 1
            progress(done, total)
        }
        for feature in content.features {
            let path = "features/\(feature)"
            try write(
                path, to: output, as: Self.windows.map { "\(path)?window=\($0)" } + ["\(path)?window=8&neighbours=5"])
            advance()
        }
        for prompt in content.prompts {
            try writeGraph(of: prompt, to: output)
            advance()
        }
        for (rank, token) in content.logits.enumerated() {
            try write("logits/\(token)", to: output, as: ["logits/\(token)", "logits/\(token)?limit=5"])
            if rank < content.circuits { try writeIfAsked("circuits?token=\(token)", to: output) }
            advance()
        }
        for pair in content.comparisons {
            for group in [pair.a, pair.b] { try writeIfAsked("circuits?where=\(Self.encoded(group))", to: output) }
            try writeIfAsked("diff?a=\(Self.encoded(pair.a))&b=\(Self.encoded(pair.b))", to: output)
        }
        try writeLists(content, to: output)
        for path in ["tags", "failures", "families", "supernodes", "heads"] { try writeIfAsked(path, to: output) }
        try writeHeads(to: output)
        try write(DashboardFolder.lastPath, to: output)
        try output.publish()
    }

    private func writeLists(_ content: DashboardContent, to output: DashboardFolder) throws {
        let reader = service.reader
        let features = Set(content.features)
        try writeList("features", to: output) { range in
            let part = try reader.featureList(range: range)
            return (part.items.filter { features.contains($0.feature) }, part.total)
        }
        let prompts = Set(content.prompts)
        try writeList("prompts", to: output) { range in
            let part = try reader.promptList(range: range)
            return (part.items.map { prompts.contains($0.id) ? $0 : $0.withoutGraph }, part.total)
        }
        let labels = try reader.labels()
        try writeList("labels", to: output) { range in (range.offset == 0 ? labels : [], labels.count) }
        let logits = Set(content.logits)
        try writeList("logits", to: output) { range in
            let part = try reader.logitList(range: range)
            return (part.items.filter { logits.contains($0.token) }, part.total)
        }
    }

    /// Writes a list in files of bounded size: `path`, then `path?after=N` for what follows its first N items.
    private func writeList<Item: Encodable>(
        _ path: String, to output: DashboardFolder, _ part: (ListRange) throws -> (items: [Item], total: Int)
    ) throws {
        var chunks: [[Data]] = [[]]
        var size = 0
        var offset = 0
        while true {
            let (items, total) = try part(ListRange(limit: Self.itemsAtOnce, offset: offset))
            for item in items {
                let json = try AtlasService.json(item)
                if size + json.count > Self.chunkSize, !chunks[chunks.count - 1].isEmpty {
                    chunks.append([])
                    size = 0
                }
                chunks[chunks.count - 1].append(json)
                size += json.count
            }
            offset += Self.itemsAtOnce
            if offset >= total { break }
        }
        let count = chunks.reduce(0) { $0 + $1.count }
        var first = 0
        for chunk in chunks {
            let next = first + chunk.count
            var json = Data("{\"items\":[".utf8)
            json.append(contentsOf: chunk.joined(separator: Data(",".utf8)))
            json.append(contentsOf: "],".utf8)
            if next < count { json.append(contentsOf: "\"next\":\"\(next)\",".utf8) }
            json.append(contentsOf: "\"total\":\(count)}".utf8)
            let name = first == 0 ? path : "\(path)?after=\(first)"
            guard try output.write(json, at: name) else { throw Self.tooLarge(name) }
            first = next
        }
    }

    private func writeGraph(of prompt: Int, to output: DashboardFolder) throws {
        try write("prompts/\(prompt)", to: output, as: ["prompts/\(prompt)", "prompts/\(prompt)?features=0"])
        let graph = "prompts/\(prompt)/graph"
        do {
            try write(
                graph, to: output, as: Self.graphSizes.map { "\(graph)?limit=\($0.nodes)&edgeLimit=\($0.edges)" })
            try write(
                "\(graph)/heads", to: output,
                as: Self.graphSizes.map { "\(graph)/heads?limit=\($0.nodes)&edgeLimit=\($0.edges)" })
        } catch let problem as Problem where problem.status == 404 {
            // Indexed without a graph: its page says so.
        }
    }

    /// Writes what every head carries, in one reading of all graphs; nothing where the atlas has no heads.
    private func writeHeads(to output: DashboardFolder) throws {
        guard try service.reader.information().headedGraphCount > 0 else { return }
        for report in try service.reader.allHeads(limit: Self.listsOfHead[0]) {
            let path = "heads/\(report.head.layer)/\(report.head.head)"
            guard
                try Self.listsOfHead.contains(where: {
                    try output.write(AtlasService.json(report.keeping($0)), at: path)
                })
            else { throw Self.tooLarge(path) }
        }
    }

    /// Writes the first of some answers that is small enough, under the path that the page asks for.
    private func write(_ path: String, to output: DashboardFolder, as questions: [String]? = nil) throws {
        for question in questions ?? [path] {
            if try output.write(service.answer(.get, question).bytes, at: path) { return }
        }
        throw Self.tooLarge(path)
    }

    /// Writes an answer that not every atlas has, and that not every page needs.
    private func writeIfAsked(_ path: String, to output: DashboardFolder) throws {
        do {
            try write(path, to: output)
        } catch let problem as Problem where (400..<500).contains(problem.status) {}
    }

    private static func encoded(_ text: String) -> String {
        // What encodeURIComponent leaves as it is.
        text.addingPercentEncoding(
            withAllowedCharacters: CharacterSet(
                charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()")) ?? text
    }

    private static func requireOnce(_ names: [String], _ what: String) throws(ExportError) {
        let repeated = names.count - Set(names).count
        guard repeated == 0 else {
            throw ExportError(place: "\(what) to export", expected: "each once", found: "\(repeated) repeated")
        }
    }

    private static func tooLarge(_ path: String) -> ExportError {
        ExportError(
            place: path, expected: "an answer of at most \(fileLimit) bytes", found: "a larger one",
            advice: "leave it out of the export")
    }
}
