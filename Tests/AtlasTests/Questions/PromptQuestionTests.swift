import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// What is told about a prompt, its graph, and the atlas as a whole.
struct PromptQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture() }

    @Test func `a prompt is found by external id, by text and by number`() throws {
        let facts = fixture.facts[7]
        let id = try fixture.reader.promptID("external-7")
        #expect(try fixture.reader.promptID(facts.text) == id)
        #expect(try fixture.reader.promptID("\(id)") == id)
    }

    @Test func `a prompt is told with everything the corpora said`() throws {
        let facts = fixture.facts[7]
        let report = try fixture.reader.prompt(fixture.reader.promptID("external-7"))
        #expect(report.text == facts.text && report.tokens.map(\.token) == facts.tokens)
        #expect(report.corpora == ["toy corpus"] && report.externalIDs == ["external-7"])
        #expect(report.tags == [.init(name: "family", value: "odd"), .init(name: "number", value: "7")])
        #expect(report.answer == "answer" && report.answerToken == facts.answerToken)
        #expect(report.predicted.token == facts.predictedToken && report.isRight == false)
        #expect(report.graph?.scores == facts.graph?.scores)
        #expect(report.graph?.targets.map(\.token) == facts.graph?.targets.map(\.token))
    }

    @Test func `a prompt's strongest features are those of most influence`() throws {
        let graph = fixture.facts[7].graph!
        let report = try fixture.reader.prompt(fixture.reader.promptID("external-7"), featureLimit: 5)
        let expected = graph.nodes.filter { if case .feature = $0.id { true } else { false } }
            .map { Double($0.influence) }.sorted(by: >).prefix(5)
        #expect(report.features.map(\.influence) == Array(expected))
        #expect(report.features.allSatisfy { $0.label != nil && $0.text == report.tokens[$0.position].text })
    }

    @Test func `a prompt without a graph tells the features that fire most strongly`() throws {
        let facts = RandomFacts.prompts(1, graphs: false)
        let test = try TemporaryAtlas([facts])
        let report = try AtlasReader(test.atlas).prompt(1, featureLimit: 3)
        let strongest = facts[0].activations.map { Double(ActivationBlock.rounded($0.activation)) }.sorted(by: >)
        #expect(report.graph == nil && report.features.map(\.activation) == Array(strongest.prefix(3)))
    }

    @Test func `a stored graph comes back within the stated precision`() throws {
        for facts in fixture.oracle.prompts {
            #expect(try fixture.reader.graph(ofPrompt: fixture.reader.promptID(facts.text)) == facts.graph)
        }
    }

    @Test func `information counts what is there`() throws {
        let information = try fixture.reader.information()
        let graphs = fixture.facts.compactMap(\.graph)
        #expect(information.promptCount == 40 && information.graphCount == 40)
        #expect(information.activationCount == fixture.facts.reduce(0) { $0 + $1.activations.count })
        #expect(information.edgeCount == graphs.reduce(0) { $0 + $1.edges.count })
        #expect(
            information.meanReplacementScore.map { agree($0, graphs.reduce(0) { $0 + $1.scores.replacement } / 40) }
                == true)
        #expect(information.tokenCount == fixture.facts.reduce(0) { $0 + $1.tokens.count })
        #expect(information.countedTokens == fixture.facts.reduce(0) { $0 + $1.countedTokens })
        #expect(information.nodeCount == graphs.reduce(0) { $0 + $1.nodes.count })
        #expect(information.largestViolation == graphs.map { Double($0.largestViolation) }.max())
        let answered = fixture.facts.filter { $0.answerToken != nil }
        let right = answered.count { $0.answerToken == $0.predictedToken }
        #expect(information.answeredCount == answered.count)
        #expect(information.shareRight == Double(right) / Double(answered.count))
        #expect(information.corpora == [.init(name: "toy corpus", promptCount: 40)])
        #expect(information.runs.count == 2 && information.runs.allSatisfy { $0.finishedAt != nil })
        #expect(!information.isStale && information.derivedAt != nil)
    }

    @Test func `bytes a number are those of all blocks over all that they hold`() throws {
        let information = try fixture.reader.information()
        func sizes(_ sql: String) throws -> (bytes: Int, count: Int) {
            try fixture.test.atlas.database.read { db in
                try Row.fetchAll(db, sql: sql).reduce((0, 0)) { ($0.0 + ($1[0] as Int), $0.1 + ($1[1] as Int)) }
            }
        }
        let activations = try sizes("SELECT length(activations), activation_count FROM prompts")
        let edges = try sizes("SELECT length(edges), edge_count FROM graphs")
        #expect(information.bytesPerActivation == Double(activations.bytes) / Double(activations.count))
        #expect(information.bytesPerEdge == Double(edges.bytes) / Double(edges.count))
    }

    @Test func `tags are told by name, their values by how many prompts have them, then by value`() throws {
        let writer = AtlasWriter(fixture.test.atlas)
        for corpus in ["a second corpus", "another"] {
            let run = try writer.beginRun(corpus: corpus)
            try writer.commit(Array(fixture.facts.prefix(3)), run: run)
            try writer.finishRun(run)
        }
        let tags = try fixture.reader.tags().items
        #expect(tags.map(\.name) == ["corpus", "right", "family", "number"])
        #expect(tags[0].values.map(\.value) == ["toy corpus", "a second corpus", "another"])
        #expect(tags[0].values.map(\.promptCount) == [40, 3, 3])
        #expect(tags[2].values.map(\.value) == ["even", "odd"] && tags[3].valueCount == 40)
        #expect(tags[3].values.map(\.value) == (0..<40).map { "\($0)" }.sorted())
    }

    @Test func `an empty atlas has information`() throws {
        let test = try TemporaryAtlas()
        let information = try AtlasReader(test.atlas).information()
        #expect(information.promptCount == 0 && information.bytesPerEdge == nil && information.shareRight == nil)
    }

    @Test func `a sound atlas verifies`() throws {
        let report = try fixture.reader.verify()
        #expect(report.problems == [] && report.blockCount > 200)
    }

    @Test func `verifying finds a damaged block, a wrong hash and a wrong derived row`() throws {
        try fixture.test.atlas.write("damaging") { db in
            try db.execute(sql: "UPDATE prompts SET activations = x'00112233' WHERE id = 3")
            try db.execute(sql: "UPDATE prompts SET text = 'other' WHERE id = 4")
            try db.execute(sql: "UPDATE graphs SET edges = substr(edges, 1, 50) WHERE id = 5")
            try db.execute(sql: "DELETE FROM aggregated_edges WHERE support > 3")
            try db.execute(sql: "UPDATE feature_examples SET prompt_id = 999 WHERE rank = 1")
        }
        let problems = try fixture.reader.verify().problems
        for line in [
            "prompt 3: its text, tokens or activations: not what was stored",
            "prompt 3: prompts.activations, row 3: damaged block", "prompt 4: its content hash",
            "graphs.edges, row 5: damaged block", "derivation: examples without their prompt",
            "derivation: aggregated edges count edges", "feature_examples: its rows are not those that were stored",
            "aggregated_edges: expected ", "prompt_search: it does not find what it must",
        ] {
            #expect(problems.contains { $0.contains(line) }, "\(line)")
        }
    }
}
