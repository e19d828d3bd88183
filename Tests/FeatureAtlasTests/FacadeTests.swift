import DemoData
import FeatureAtlas
import Foundation
import Testing

/// What a user of the package does with one import, on the demo's prompts about Texas.
@Suite struct FacadeTests {
    private static let prompt = "Fact: the capital of the state of Texas is"

    @Test func aModelIsTracedACorpusIndexedAndItsDriverSilenced() throws {
        let data = try DemoData()
        let model = try TracedModel(folder: data.model, transcoders: data.transcoders)
        try TemporaryFolder.use { folder in
            let atlas = try model.index(folder.texas(of: data), into: folder.file("texas.atlas"))
            let answer = try atlas.reader.token(" Austin")
            let graph = try model.graph(of: Self.prompt).graph
            #expect(graph.targets.contains { $0.token == answer })

            let driver = try #require(atlas.reader.drivers(of: answer, limit: 1).features.first?.node.feature)
            let silenced = Intervention(
                feature: driver, positions: PositionRange(first: 0, last: nil), setting: .value(0))
            let told = try atlas.intervene(Self.prompt, [silenced])
            let same = try atlas.reader.intervene(
                Self.prompt, tokens: graph.tokens, interventions: [silenced], mode: .free, attributor: model.attributor)
            #expect(told == same)
            #expect(try atlas.run(Self.prompt).nextTokens.first?.token == answer)
        }
    }

    @Test func anAtlasOpensBesideItsOwnModelAndNoOther() throws {
        let data = try DemoData()
        try TemporaryFolder.use { folder in
            let path = folder.file("texas.atlas")
            let options = NeuronOptions(maximumNeurons: 200, baseline: .group, groupTag: "family")
            let neurons = try TracedModel(folder: data.model, neurons: options)
            let atlas = try neurons.index(folder.texas(of: data), into: path)
            let again = try TracedAtlas(path, modelFolder: data.model, transcoders: nil)
            let (first, second) = (try atlas.run(Self.prompt), try again.run(Self.prompt))
            #expect(first.graph == second.graph)
            #expect(throws: AtlasError.self) {
                try TracedAtlas(path, modelFolder: data.model, transcoders: data.transcoders)
            }
        }
    }
}

/// A folder that is gone after use.
private struct TemporaryFolder {
    let url: URL

    static func use<Answer>(_ body: (TemporaryFolder) throws -> Answer) throws -> Answer {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(TemporaryFolder(url: url))
    }

    func file(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// The demo's records about Texas.
    func texas(of data: DemoData) throws -> String {
        let records = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains("\"state\": \"Texas\"") }
        try records.joined(separator: "\n").write(toFile: file("texas.jsonl"), atomically: true, encoding: .utf8)
        return file("texas.jsonl")
    }
}
