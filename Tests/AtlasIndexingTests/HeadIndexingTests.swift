import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import Testing

@testable import AtlasIndexing

/// Heads of edges, stored with graphs or added to them later.
@Suite struct HeadIndexingTests {
    private let data: DemoData
    private let attributor: Attributor
    private let corpus: TemporaryCorpus

    init() throws {
        data = try DemoData()
        attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
        corpus = try TemporaryCorpus(
            #"""
            {"text": "calc: 36+59=", "answer": "95"}
            {"text": "Fact: the capital of the state containing Dallas is", "answer": " Austin"}
            """#, name: "corpus.jsonl")
    }

    private func index(
        _ name: String, _ options: IndexingOptions, _ attributor: Attributor
    ) throws -> (summary: IndexingSummary, reader: AtlasReader) {
        let path = corpus.folder.appendingPathComponent(name).path
        let summary = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus.path), corpusName: "corpus", options: options)
        return (summary, AtlasReader(try Atlas.open(path, mode: .readOnly)))
    }

    @Test func `graphs that were stored without heads get those that a new index stores, and stay as they are`()
        throws
    {
        let whole = try index("whole.atlas", IndexingOptions(heads: true), attributor).reader
        let bare = try index("later.atlas", IndexingOptions(), attributor).reader
        #expect(try bare.graph(ofPrompt: 1).heads == nil && bare.information().headedGraphCount == 0)
        let (summary, later) = try index("later.atlas", IndexingOptions(heads: true), attributor)
        #expect(summary.addedGraphs == 0 && summary.graphsGivenHeads == 2)
        for prompt in try whole.promptList().items {
            let expected = try whole.graph(ofPrompt: whole.promptID(prompt.text))
            let found = try later.graph(ofPrompt: later.promptID(prompt.text))
            let heads = try #require(found.heads)
            #expect(heads.edgeCount == found.edges.count && heads.loadings.count > 100)
            #expect(found == expected)
        }
        #expect(try later.verify().problems == [])
        #expect(
            try index("later.atlas", IndexingOptions(heads: true), attributor).summary.graphsGivenHeads == 0)
    }

    @Test func `over neurons heads are added too`() throws {
        let neurons = try Attributor(
            model: attributor.model, neurons: NeuronOptions(maximumNeurons: 100, baseline: .zero))
        _ = try index("neurons.atlas", IndexingOptions(), neurons)
        let (summary, reader) = try index("neurons.atlas", IndexingOptions(heads: true), neurons)
        #expect(summary.graphsGivenHeads == 2)
        let graph = try reader.graph(ofPrompt: 1)
        let heads = try #require(graph.heads)
        #expect(heads.edgeCount == graph.edges.count && !heads.loadings.isEmpty)
        #expect(heads.patterns.allSatisfy { 0...1.01 ~= $0.first && 0...1.01 ~= $0.previous })
        #expect(try reader.verify().problems == [])
    }
}
