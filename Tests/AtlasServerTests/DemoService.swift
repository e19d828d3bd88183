import AtlasIndexing
import AtlasInterface
import AtlasQuery
import AtlasStore
import Attribution
import DemoData
import Foundation

/// A small atlas of the demo's prompts, made once for all tests, and services of copies of it.
enum DemoService {
    /// Every so many of the demo's prompts are in it.
    private static let stride = 100

    private static let made: Result<(path: String, attributor: Attributor), any Error> = Result {
        let data = try DemoData()
        let folder = NSTemporaryDirectory() + "atlas-server-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lines = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
        let chosen = lines.enumerated().filter {
            $0.offset % stride == 0 || $0.element.contains("\"state\": \"Texas\"")
        }
        let corpus = folder + "/corpus.jsonl"
        try chosen.map { $0.element + "\n" }.joined().write(toFile: corpus, atomically: true, encoding: .utf8)
        let attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
        let path = folder + "/small.atlas"
        _ = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus), corpusName: "demo", options: IndexingOptions(heads: true))
        return (path, attributor)
    }

    /// The replacement model.
    static func attributor() throws -> Attributor { try made.get().attributor }

    /// A service that only reads.
    static func reading() throws -> AtlasService {
        AtlasService(AtlasReader(try Atlas.open(made.get().path, mode: .readOnly)))
    }

    /// A service of a copy that may be written; with the model where jobs are given limits.
    static func writing(jobs limits: ModelJobs.Limits? = nil) throws -> AtlasService {
        let atlas = try Atlas.open(copy(), mode: .readWrite)
        return AtlasService(
            AtlasReader(atlas), writer: AtlasWriter(atlas),
            jobs: try limits.map { ModelJobs(try attributor(), limits: $0) })
    }

    /// The path of a new copy.
    static func copy() throws -> String {
        let path = try made.get().path
        let copy = path.replacing("small.atlas", with: UUID().uuidString + ".atlas")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    /// The folder of all copies: a path that no answer may hold.
    static func folder() throws -> String {
        URL(fileURLWithPath: try made.get().path).deletingLastPathComponent().path
    }
}

extension AtlasService {
    /// An answer as a value.
    func value<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: answer(.get, path).bytes)
    }
}
