import AtlasIndexing
import Attribution
import DemoData
import Foundation

@testable import AtlasQuery
@testable import AtlasStore

/// The demo's prompts about Texas, indexed with graphs.
final class TexasAtlas {
    let attributor: Attributor
    let reader: AtlasReader
    private let folder: URL

    /// - Parameters:
    ///   - isReversed: whether the last prompt is indexed first
    ///   - options: what is stored besides graphs
    init(isReversed: Bool = false, options: IndexingOptions = IndexingOptions()) throws {
        let data = try DemoData()
        attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let lines = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains("\"state\": \"Texas\"") }
        let corpus = folder.appendingPathComponent("texas.jsonl")
        try (isReversed ? lines.reversed() : lines).map { $0 + "\n" }.joined()
            .write(to: corpus, atomically: true, encoding: .utf8)
        let path = folder.appendingPathComponent("texas.atlas").path
        _ = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus.path), corpusName: "texas", options: options)
        reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
