import AtlasIndexing
import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import Foundation
import Safetensors
import Testing

@testable import AtlasImport

/// Two positions, two layers, three active features of which two are selected, two targets.
private let dense = AttributionGraph(
    tokens: [4, 6], layerCount: 2,
    activeFeatures: [
        ActiveFeature(layer: 0, position: 1, index: 3, activation: 2),
        ActiveFeature(layer: 0, position: 1, index: 9, activation: 0.5),
        ActiveFeature(layer: 1, position: 1, index: 5, activation: 1.5),
    ], selectedFeatures: [0, 2],
    targets: [
        LogitTarget(token: 7, probability: 0.75, position: 1), LogitTarget(token: 8, probability: 0.25, position: 1),
    ],
    // Columns: features 0/3 and 1/5, errors of layer 0 and of layer 1 at both positions, tokens.
    weights: [
        0, 0, 0, 0, 0, 0, 1, 3, -4, 0, 0, 0.5, 0, 0, 0, 1, 2, 3, 0, 0.25, 0, 0.5, 0, 1, 0, -1, 0, 0, 0, 0, 0, 0.125,
    ], biasWeights: [1, 0.5, 0, 0], unselectedWeights: [0, 0.25, 0, 0], preActivations: [5, -1.75, 6.75, -0.875])

private func description(_ change: (inout RawGraphDescription) -> Void = { _ in }) -> RawGraphDescription {
    var description = RawGraphDescription()
    description.prompt = "four six"
    description.tokenTexts = ["four", " six"]
    description.targetTexts = [" seven", " eight"]
    description.modelName = "tiny"
    description.transcoderName = "tiny-clt"
    description.transcoderKind = .crossLayer
    description.vocabularySize = 12
    description.featuresPerLayer = 16
    change(&description)
    return description
}

@Suite struct `raw graphs into an atlas` {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.url.path + "/new.atlas"
    }

    private func add(_ files: URL...) throws -> ImportSummary {
        try RawImport(atlasPath: path, corpus: "raw", nodeThreshold: 0.95, edgeThreshold: 0.99).run(files)
    }

    private func file(_ graph: AttributionGraph = dense, _ description: RawGraphDescription = description()) throws
        -> URL
    {
        let file = folder.url.appendingPathComponent("raw.safetensors")
        try RawGraphFile(graph, description: description).write(to: file.path)
        return file
    }

    @Test func `a raw graph comes back as it was written`() throws {
        let read = try RawGraphReading(path: file().path)
        #expect(read.graph.weights == dense.weights && read.graph.biasWeights == dense.biasWeights)
        #expect(read.graph.activeFeatures == dense.activeFeatures && read.graph.targets == dense.targets)
        #expect(read.graph.preActivations == dense.preActivations)
        #expect(read.description == description())
    }

    @Test func `it is pruned and scored as indexing does`() throws {
        let summary = try add(file())
        #expect(summary.refused.isEmpty && summary.addedGraphs == 1, "\(summary.refused)")
        let reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
        let stored = try reader.graph(ofPrompt: 1)
        let pruned = SparseGraph(dense, nodeThreshold: 0.95, edgeThreshold: 0.99)
        #expect(stored.nodes.map(\.id) == pruned.nodes.map(\.id) && stored.edges == pruned.edges)
        #expect(stored.scores == pruned.scores && stored.targets == pruned.targets)
        #expect(stored.activeFeatureCount == 3 && stored.selectedFeatureCount == 2)
        #expect(reader.atlas.identity.transcoderKind == .crossLayer && reader.atlas.identity.vocabulary[7] == " seven")
        #expect(try reader.information().activationCount == 3)
    }

    @Test func `questions about silent features are answered, as every activation is there`() throws {
        _ = try add(file())
        let reader = AtlasReader(try Atlas.open(path, mode: .readOnly))
        let report = try reader.correlated(with: FeatureID(layer: 0, index: 3))
        #expect(report.correlated.map(\.feature).contains(FeatureID(layer: 0, index: 9)))
    }

    @Test func `the same file again changes nothing`() throws {
        let first = try add(file())
        let again = try add(file())
        #expect(first.addedGraphs == 1 && again.knownGraphs == 1 && again.addedPrompts == 0)
    }

    @Test func `a target behind the vocabulary is a custom target`() throws {
        var graph = dense
        graph.targets[1] = LogitTarget(token: 13, probability: 0.25, position: 1)
        let said = description { $0.targetTexts = [" seven", "\" seven\" - \" eight\""] }
        let summary = try add(file(graph, said))
        #expect(summary.refused.isEmpty, "\(summary.refused)")
        let stored = try AtlasReader(try Atlas.open(path, mode: .readOnly)).graph(ofPrompt: 1)
        #expect(stored.targets[1].custom?.kind == "direction")
    }

    @Test func `features in another order are put into the atlas's`() throws {
        var writer = SafetensorsWriter()
        writer.add("input_ids", shape: [1], integers: [3])
        writer.add("active_features", shape: [2, 3], integers: [1, 0, 5, 0, 0, 2])
        writer.add("activation_values", shape: [2], floats: [1, 2])
        writer.add("selected_features", shape: [2], integers: [0, 1])
        writer.add("logit_tokens", shape: [1], integers: [4])
        writer.add("logit_probabilities", shape: [1], floats: [0.5])
        var adjacency = [Float](repeating: 0, count: 36)
        adjacency[0 * 6 + 1] = 7  // of feature 0/2 on feature 1/5
        adjacency[5 * 6 + 0] = 3  // of feature 1/5 on the logit
        writer.add("adjacency", shape: [6, 6], floats: adjacency)
        let path = folder.url.path + "/other.safetensors"
        try writer.write(to: path)
        let graph = try RawGraphReading(path: path).graph
        #expect(graph.activeFeatures.map(\.layer) == [0, 1] && graph.selectedFeatures == [0, 1])
        #expect(graph[target: 1, source: 0] == 7 && graph[target: 2, source: 1] == 3)
        #expect(graph.violations() == [0, 0, 0])
    }

    @Test func `what is wrong with a file is told in one line`() throws {
        func told(_ graph: AttributionGraph, _ said: RawGraphDescription = description()) throws -> String {
            let refused = try add(file(graph, said)).refused
            return try #require(refused.first?.reason)
        }
        var backward = dense
        backward.weights[1] = 2
        var infinite = dense
        infinite.weights[6] = .infinity
        var twice = dense
        twice.selectedFeatures = [2, 2]
        var far = dense
        far.tokens = [4, 1 << 30]
        for (found, said) in [
            (try told(backward), "expected effects on later layers only"), (try told(infinite), "expected numbers"),
            (try told(twice), "expected each place once"), (try told(far), "expected token ids below"),
            (try told(dense, description { $0.layerCount = 3 }), "expected 3 layers"),
            (try told(dense, description { $0.modelName = nil }), "expected model_name and transcoder_name"),
            (try told(dense, description { $0.prompt = nil }), "expected the prompt's text"),
            (try told(dense, description { $0.tokenTexts = ["one"] }), "expected a JSON list of 2 texts"),
        ] {
            #expect(found.contains("raw.safetensors") && found.contains(said) && !found.contains("\n"), "\(found)")
        }
        let cut = folder.url.appendingPathComponent("cut.safetensors")
        try Data(contentsOf: file()).prefix(900).write(to: cut)
        #expect(try add(cut).refused.count == 1)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}

@Suite struct `files of names` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a table and Neuronpedia's explanations say the same`() throws {
        let table = try folder.file(
            "names.csv", "layer,index,note,label\r\n2,15,,\"says \"\"Austin\"\"\"\r\n0,3,long,x\r\n")
        let lines = try folder.file(
            "names.jsonl",
            #"{"modelId":"m","layer":"2-clt-hp","index":"15","description":"says \"Austin\"","typeName":"t"}"# + "\n"
                + #"{"layer":0,"index":3,"description":"x","notes":"long"}"# + "\n"
                + #"{"layer":0,"index":3,"description":"another"}"# + "\n")
        let (first, second) = (try LabelFile(path: table.path), try LabelFile(path: lines.path))
        #expect(first.labels == second.labels && first.labels.map(\.label) == [#"says "Austin""#, "x"])
        #expect(first.repeatedCount == 0 && second.repeatedCount == 1)
    }

    @Test func `a description longer than a name is kept as a note`() throws {
        let long = String(repeating: "word ", count: 200)
        let file = try folder.file("names.csv", "layer,index,label\n1,2,\(long)\n")
        let label = try #require(LabelFile(path: file.path).labels.first)
        #expect(
            label.label.hasSuffix("…") && label.label.unicodeScalars.count <= 500 && label.note.hasPrefix("word word"))
    }

    @Test(arguments: [
        ("a.csv", "layer,label\n1,x\n"), ("a.csv", "layer,index,label\none,2,x\n"), ("a.jsonl", "{\"layer\":1}\n"),
        ("a.jsonl", "[]\n"), ("a.csv", "layer,index,label\n1,-2,x\n"), ("a.parquet", "x"),
    ]) func `what is none gets one line that names it`(_ name: String, _ text: String) throws {
        let file = try folder.file(name, text)
        let error = try #require(#expect(throws: (any Error).self) { try LabelFile(path: file.path) })
        let line = "\(error)"
        #expect(line.contains(name) && !line.contains("\n"))
    }
}
