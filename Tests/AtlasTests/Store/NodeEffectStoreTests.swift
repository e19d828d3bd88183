import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Effects of nodes beside their graphs.
struct NodeEffectStoreTests {
    private let facts = RandomFacts.withEffects(RandomFacts.prompts(8))

    /// Effects as they come back: rounded.
    private func rounded(_ effects: NodeEffects) -> NodeEffects {
        func round(_ row: [Float]) -> [Float] { row.map(MagnitudeColumn.weights.rounded) }
        func round(_ readouts: NodeEffects.Readouts) -> NodeEffects.Readouts {
            .init(gap: round(readouts.gap), answer: round(readouts.answer), targets: readouts.targets.map(round))
        }
        var result = effects
        result.total = round(effects.total)
        result.gradient = round(effects.gradient)
        for place in result.measured.indices {
            result.measured[place].gap = MagnitudeColumn.weights.rounded(result.measured[place].gap)
        }
        return result
    }

    @Test func `effects come back, whether or not the answer is a target, and a report tells them`() throws {
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        #expect(try reader.verify().problems == [])
        var answersAmongTargets = Set<Bool>()
        for own in facts {
            let graph = try #require(own.graph)
            let effects = try #require(graph.effects)
            answersAmongTargets.insert(graph.target(ofNextToken: effects.answer) != nil)
            let prompt = try reader.promptID(own.text)
            let found = try #require(try reader.graph(ofPrompt: prompt).effects)
            #expect(found == rounded(effects))
            let report = try reader.graphReport(
                ofPrompt: prompt, view: GraphView(nodeThreshold: 1, edgeThreshold: 1, nodeLimit: 1000))
            #expect(report.gap?.answer.token == effects.answer && report.gap?.rival.token == effects.rival)
            let token = try #require(report.nodes.first { $0.kind == "token" })
            let place = try #require(graph.nodes.firstIndex { $0.id == .token(position: token.position) })
            #expect(token.effects?.gradientOnGap == Double(found.gradient.gap[place]))
            #expect(report.nodes.allSatisfy { ($0.effects == nil) == ($0.kind == "logit") })
        }
        #expect(answersAmongTargets == [true, false])
    }

    @Test func `a graph pruned anew keeps the effects of its nodes`() throws {
        let graph = try #require(facts[0].graph)
        let pruned = graph.pruned(nodeThreshold: 0.4, edgeThreshold: 0.5)
        #expect(pruned.nodes.count < graph.nodes.count)
        let effects = try #require(pruned.effects)
        for (place, node) in pruned.nodes.enumerated() {
            let before = try #require(graph.nodes.firstIndex { $0.id == node.id })
            #expect(effects.gradient.gap[place] == graph.effects?.gradient.gap[before])
            #expect(
                effects.measured.first { $0.node == place }?.gap
                    == graph.effects?.measured.first { $0.node == before }?.gap)
        }
    }

    @Test func `without effects a report says so, and they can be added once`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(8)])
        let (reader, writer) = (AtlasReader(test.atlas), AtlasWriter(test.atlas))
        let first = try reader.promptID(facts[0].text)
        #expect(try reader.graphReport(ofPrompt: first).gap == nil)
        #expect(try reader.prompt(first).graph?.gap == nil)
        let lacking = try writer.graphsLackingEffects()
        #expect(lacking.map(\.text) == facts.map(\.text) && lacking.map(\.answerToken) == facts.map(\.answerToken))
        try writer.writeEffects([(first, try #require(facts[0].graph))])
        #expect(try writer.graphsLackingEffects().count == 7)
        var other = try #require(facts[0].graph)
        other.effects?.gap = 99
        try writer.writeEffects([(first, other)])
        #expect(try reader.graph(ofPrompt: first).effects?.gap == 1.5)
        #expect(try reader.verify().problems == [])
    }

    @Test func `a graph whose nodes were not measured lacks effects only where measurements are asked for`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(8)])
        let writer = AtlasWriter(test.atlas)
        let first = try AtlasReader(test.atlas).promptID(facts[0].text)
        var graph = try #require(facts[0].graph)
        graph.effects?.measured = []
        try writer.writeEffects([(first, graph)])
        #expect(try writer.graphsLackingEffects().map(\.text) == facts.dropFirst().map(\.text))
        #expect(try writer.graphsLackingEffects(measured: 1).map(\.text) == facts.map(\.text))
        let stored = try AtlasReader(test.atlas).graph(ofPrompt: first).effects
        #expect(stored == rounded(try #require(graph.effects)))
    }

    @Test func `a merge brings effects along, also to graphs that are there without`() throws {
        let part = try TemporaryAtlas([facts])
        let whole = try TemporaryAtlas([Array(RandomFacts.prompts(8)[..<4])])
        try AtlasMerge(into: whole.atlas).merge(part.atlas)
        let (expected, found) = (AtlasReader(part.atlas), AtlasReader(whole.atlas))
        for own in facts {
            #expect(
                try found.graph(ofPrompt: found.promptID(own.text)).effects
                    == expected.graph(ofPrompt: expected.promptID(own.text)).effects)
        }
        #expect(try found.verify().problems == [])
    }

    @Test func `effects of another graph are refused, and damage is told with its place`() throws {
        let test = try TemporaryAtlas()
        let writer = AtlasWriter(test.atlas)
        var odd = facts[0]
        odd.graph?.effects = facts[1].graph?.effects
        let run = try writer.beginRun(corpus: "odd")
        let error = #expect(throws: AtlasError.self) { try writer.commit([odd], run: run) }
        #expect("\(try #require(error))".contains("effects of"))
        try writer.commit([facts[0]], run: run)
        try test.atlas.database.write { db in try db.execute(sql: "UPDATE node_effects SET gradient = x'00'") }
        let problems = try AtlasReader(test.atlas).verify().problems
        #expect(problems.count == 2 && problems[1].contains("node_effects.gradient"))
    }
}
