import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Graphs that explain more than tokens: stored, read back, and left out of what is added up over prompts.
struct CustomTargetTests {
    private static let custom: [AttributionTarget] = [
        .set(tokens: [1, 2, 15], combination: .mean), .difference(token: 13, minus: 4),
        .direction(name: "probes.safetensors:truth", vector: [0.1, -2.5e-8, 3, 0, 1 / 3, .pi, -1, 7], weight: 0.7),
        .feature(id: FeatureID(layer: 2, index: 11)),
    ]

    /// The facts with a custom target put before, between and after the tokens of the first graph.
    private func facts(_ count: Int = 4) throws -> (plain: [PromptFacts], custom: [PromptFacts]) {
        let plain = RandomFacts.prompts(count)
        var changed = plain
        var graph = try #require(plain[0].graph)
        let tokens = graph.targets
        let order: [AttributionTarget?] = [
            Self.custom[0], nil, Self.custom[1], Self.custom[2], nil, nil, Self.custom[3],
        ]
        var places: [Int] = []
        graph.targets = []
        for (ordinal, custom) in order.enumerated() {
            guard let custom else {
                graph.targets.append(tokens[places.count])
                places.append(ordinal)
                continue
            }
            graph.targets.append(
                LogitTarget(
                    custom, virtualToken: RandomFacts.identity.vocabulary.count + ordinal, weight: 0.25,
                    position: ordinal % graph.tokens.count))
        }
        func node(_ node: SparseGraph.Node, _ id: NodeID) -> SparseGraph.Node {
            SparseGraph.Node(
                id: id, activation: node.activation, influence: node.influence,
                cumulativeInfluence: node.cumulativeInfluence, inputSum: node.inputSum, biasInput: node.biasInput)
        }
        let first = graph.nodes.count - tokens.count
        let logits = Array(graph.nodes[first...])
        // Edges name nodes by index: those of the tokens' logits move.
        var moved = Array(graph.nodes.indices)
        for ordinal in tokens.indices { moved[first + ordinal] = first + places[ordinal] }
        graph.nodes =
            Array(graph.nodes[..<first])
            + order.indices.map { ordinal in
                node(places.firstIndex(of: ordinal).map { logits[$0] } ?? logits[0], .logit(ordinal: ordinal))
            }
        graph.edges = graph.edges.map { .init(target: moved[$0.target], source: moved[$0.source], weight: $0.weight) }
        let between = graph.edges
        for ordinal in order.indices where order[ordinal] != nil {
            graph.edges.append(.init(target: first + ordinal, source: 0, weight: 0.5))
        }
        #expect(graph.edges.count > between.count)
        graph.edges.sort { ($0.target, $0.source) < ($1.target, $1.source) }
        let influence = graph.targetInfluence
        graph.targetInfluence = order.indices.map { ordinal in
            var row = [Float](repeating: 0, count: graph.nodes.count)
            let old = places.firstIndex(of: ordinal).map { influence[$0] }
            for index in 0..<first { row[index] = old?[index] ?? 0.5 }
            return row
        }
        changed[0].graph = graph
        return (plain, changed)
    }

    @Test func `what was attributed comes back with the graph, in its place in the list`() throws {
        let facts = try facts().custom
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        for prompt in facts {
            let found = try reader.graph(ofPrompt: reader.promptID(prompt.text))
            #expect(found.targets == prompt.graph?.targets)
            #expect(found.nodes == prompt.graph?.nodes)
        }
    }

    @Test func `a prompt's report describes each target`() throws {
        let facts = try facts().custom
        let test = try TemporaryAtlas([facts])
        let reader = AtlasReader(test.atlas)
        let targets = try #require(reader.prompt(reader.promptID(facts[0].text)).graph).targets
        #expect(targets.map(\.kind) == ["set", "token", "difference", "direction", "token", "token", "feature"])
        #expect(
            [0, 2, 3, 6].map { targets[$0].text } == [
                "mean of \"w1\", \"w2\", \" w5\"", "\" w3\" - \"w4\"", "direction probes.safetensors:truth",
                "feature 2/11",
            ])
    }

    @Test func `what is added up over prompts is what it is without custom targets`() throws {
        let facts = try facts()
        let plain = try TemporaryAtlas([facts.plain])
        let custom = try TemporaryAtlas([facts.custom])
        for test in [plain, custom] { try AtlasDerivation(test.atlas).rebuild() }
        for table in ["aggregated_edges", "logit_statistics", "logit_drivers", "logit_cover"] {
            func rows(_ test: TemporaryAtlas) throws -> [Row] {
                try test.atlas.read("reading") { db in try Row.fetchAll(db, sql: "SELECT * FROM \(table)") }
            }
            #expect(try rows(custom) == rows(plain), "\(table)")
            #expect(try !rows(plain).isEmpty)
        }
    }

    @Test func `an atlas with custom targets is sound`() throws {
        let test = try TemporaryAtlas([try facts().custom])
        try AtlasDerivation(test.atlas).rebuild()
        #expect(try AtlasReader(test.atlas).verify().problems == [])
    }

    @Test func `a definition that cannot be read is told by graph and table`() throws {
        let test = try TemporaryAtlas([try facts(1).custom])
        let reader = AtlasReader(test.atlas)
        for definition in ["{}", #"{"token": {"id": 3}}"#, #"{"difference": {"token": 999, "minus": 1}}"#] {
            try test.atlas.write("breaking") { db in
                try db.execute(
                    sql: "UPDATE custom_targets SET definition = ? WHERE kind = 'difference'", arguments: [definition])
            }
            let error = #expect(throws: AtlasError.self) { try reader.graph(ofPrompt: 1) }
            #expect("\(try #require(error))".hasPrefix("custom_targets, row 1: damaged block"))
        }
    }

    @Test func `a target of another transcoder set or vocabulary is not stored`() throws {
        let wrong: [AttributionTarget] = [
            .feature(id: FeatureID(layer: 3, index: 0)), .set(tokens: [1, 20], combination: .sum),
        ]
        for target in wrong {
            var facts = try facts(1).custom
            facts[0].graph?.targets[0] = LogitTarget(target, virtualToken: 20, weight: 1, position: 0)
            let test = try TemporaryAtlas()
            let writer = AtlasWriter(test.atlas)
            let run = try writer.beginRun(corpus: "a")
            #expect(throws: AtlasError.self) { try writer.commit(facts, run: run) }
        }
    }
}
