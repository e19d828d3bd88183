import AtlasQuery
import AtlasStore
import Attribution
import Circuits
import DemoData
import Foundation
import Testing

@testable import AtlasIndexing

/// Effects of nodes, stored with graphs or added to them later.
@Suite struct EffectIndexingTests {
    private let attributor: Attributor
    private let corpus: TemporaryCorpus

    init() throws {
        let data = try DemoData()
        attributor = try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
        corpus = try TemporaryCorpus(
            #"""
            {"text": "calc: 36+59=", "answer": "95"}
            {"text": "Fact: the capital of the state containing Dallas is", "answer": " Austin"}
            {"text": "Fact: Houston is a city in the state of"}
            """#, name: "corpus.jsonl")
    }

    private func index(_ name: String, _ options: IndexingOptions) throws -> (
        summary: IndexingSummary, reader: AtlasReader
    ) {
        let path = corpus.folder.appendingPathComponent(name).path
        let summary = try Indexer(attributor: attributor, atlasPath: path).index(
            .file(path: corpus.path), corpusName: "corpus", options: options)
        return (summary, AtlasReader(try Atlas.open(path, mode: .readOnly)))
    }

    @Test func `graphs that were stored without effects get those that a new index stores`() throws {
        let whole = try index("whole.atlas", IndexingOptions(measuredNodes: 5)).reader
        let bare = try index("later.atlas", IndexingOptions(effects: false)).reader
        #expect(try bare.graph(ofPrompt: 1).effects == nil)
        let (summary, later) = try index(
            "later.atlas", IndexingOptions(completesEffects: true, measuredNodes: 5))
        #expect(summary.addedGraphs == 0 && summary.completedGraphs == 3)
        for prompt in try whole.promptList().items {
            let expected = try whole.graph(ofPrompt: whole.promptID(prompt.text))
            let found = try later.graph(ofPrompt: later.promptID(prompt.text))
            #expect(try #require(expected.effects).measured.count == 5)
            #expect(found == expected)
        }
        #expect(try later.verify().problems == [])
        #expect(try index("later.atlas", IndexingOptions(completesEffects: true)).summary.completedGraphs == 0)
    }

    @Test func `the answer is the corpus's, and the rival the likeliest other token`() throws {
        let reader = try index("answers.atlas", IndexingOptions()).reader
        for prompt in try reader.promptList().items {
            let report = try reader.prompt(reader.promptID(prompt.text), featureLimit: 3)
            let gap = try #require(report.graph?.gap)
            #expect(gap.answer.token == report.answerToken ?? report.predicted.token)
            #expect((gap.rival.token == report.predicted.token) == (gap.gap < 0))
            #expect(report.features.allSatisfy { $0.effects != nil && $0.effects?.measured == nil })
        }
    }
}
