import Circuits
import GRDB
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// One edge across prompts, and edges of a group of prompts, against the plain way.
struct EdgeQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture(count: 30) }

    private func isPossible(_ pair: PlainOracle.Pair) -> Bool {
        guard pair.source.kind != .logit, pair.target.kind == .feature || pair.target.kind == .logit else {
            return false
        }
        guard let from = pair.source.layer, let to = pair.target.layer else { return true }
        return from < to
    }

    /// Whether a report tells what the plain way does.
    private func agrees(_ found: Neighbour, _ edge: PlainOracle.Edge) -> Bool {
        let support = Double(edge.support)
        let mean = edge.weight / support
        return found.support == edge.support && agree(found.mean, mean) && agree(found.meanShare, edge.share / support)
            && abs(found.spread - max(0, edge.square / support - mean * mean).squareRoot()) < 1e-6
            && agree(found.signConsistency, Double(abs(edge.positive - edge.negative)) / support)
            && agree(found.samePositionShare, edge.same / edge.absolute)
    }

    @Test(arguments: [nil, "even"])
    func `every possible edge is told as its graphs have it`(family: String?) throws {
        let filter = family.map { PromptFilter([.init(name: "family", value: $0)]) } ?? .all
        let facts = fixture.facts.filter { family == nil || $0.tags["family"] == family }
        let edges = PlainOracle(facts).edges().filter { isPossible($0.key) }
        for (pair, edge) in edges.sorted(by: { ($0.key.target, $0.key.source) < ($1.key.target, $1.key.source) })
            .enumerated().filter({ $0.offset % 23 == 0 }).map(\.element)
        {
            let report = try fixture.reader.edge(from: pair.source, to: pair.target, where: filter)
            #expect(report.graphCount == facts.count && agrees(report.target, edge))
        }
    }

    @Test func `examples are the prompts of largest weight, with every link`() throws {
        let edges = fixture.oracle.edges().filter { isPossible($0.key) && $0.value.support > 6 }
        for kind in [NodeKey.Kind.feature, .error, .token] {
            let pair = try #require(
                edges.keys.filter { $0.source.kind == kind }.min { ($0.source, $0.target) < ($1.source, $1.target) })
            let report = try fixture.reader.edge(from: pair.source, to: pair.target, exampleLimit: 4)
            #expect(report.examplesAreStrongest && report.examples.count == 4)
            var expected: [String: Double] = [:]
            for facts in fixture.oracle.prompts {
                guard let graph = facts.graph else { continue }
                for edge in graph.edges
                where fixture.oracle.key(edge.target, of: graph) == pair.target
                    && fixture.oracle.key(edge.source, of: graph) == pair.source
                {
                    expected[facts.text, default: 0] += Double(edge.weight)
                }
            }
            let strongest = expected.sorted { abs($0.value) > abs($1.value) }.prefix(4)
            // Prompts of equal weight may come in any order.
            #expect(report.examples.map { abs($0.weight) } == strongest.map { abs($0.value) })
            #expect(Set(report.examples.map(\.text)).count == 4)
            #expect(report.examples.allSatisfy { expected[$0.text] == $0.weight })
            for example in report.examples {
                #expect(agree(example.links.reduce(0) { $0 + $1.weight }, example.weight))
            }
        }
    }

    @Test func `a logit's edge is found by the prompts that explain it`() throws {
        let pair = try #require(
            fixture.oracle.edges().filter { $0.key.target.kind == .logit && isPossible($0.key) }
                .max { ($0.value.support, $1.key.source) < ($1.value.support, $0.key.source) }?.key)
        let report = try fixture.reader.edge(from: pair.source, to: pair.target)
        #expect(report.examplesAreStrongest && !report.examples.isEmpty)
    }

    @Test func `edges of a group that is everything are the aggregated edges`() throws {
        let everything = try #require(PromptFilter("corpus=toy corpus"))
        for feature in fixture.oracle.features {
            for direction in [NeighbourDirection.upstream, .downstream] {
                let group = try fixture.reader.neighbours(of: feature, direction, where: everything, limit: 1000)
                let stored = try fixture.reader.neighbours(of: feature, direction, limit: 1000)
                #expect(group.neighbours.count == stored.neighbours.count)
                let byNode = Dictionary(uniqueKeysWithValues: stored.neighbours.map { ($0.node, $0) })
                #expect(group.neighbours.allSatisfy { byNode[$0.node] == $0 })
            }
        }
    }

    @Test func `edges of a group are those of its graphs alone`() throws {
        let facts = fixture.facts.filter { $0.tags["family"] == "odd" }
        let edges = PlainOracle(facts).edges()
        for feature in fixture.oracle.features.prefix(12) {
            let report = try fixture.reader.neighbours(
                of: feature, .upstream, where: #require(PromptFilter("family=odd")), limit: 1000)
            let expected = edges.filter { $0.key.target == NodeKey(feature) }
            #expect(report.promptCount == facts.count && report.graphCount == facts.count)
            #expect(report.neighbours.count == expected.count)
            for (pair, edge) in expected {
                let name = NodeName(pair.source, vocabulary: RandomFacts.identity.vocabulary)
                #expect(agrees(try #require(report.neighbours.first { $0.node == name }), edge))
            }
        }
    }

    @Test func `the answers do not depend on the order of indexing`() throws {
        let other = try QueryFixture(count: 30, shuffledBy: 5)
        for pair in fixture.oracle.edges().keys.filter(isPossible).sorted(by: { $0.source < $1.source }).prefix(20) {
            func ask(_ fixture: QueryFixture) throws -> ([String], Neighbour) {
                let report = try fixture.reader.edge(from: pair.source, to: pair.target)
                return (report.examples.map { "\($0.text) \($0.weight) \($0.links)" }, report.target)
            }
            #expect(try ask(fixture) == ask(other))
        }
    }

    @Test func `a node is named as people write it`() throws {
        #expect(try fixture.reader.node("2/7") == NodeKey(FeatureID(layer: 2, index: 7)))
        #expect(try fixture.reader.node("error:1") == NodeKey(errorOfLayer: 1))
        #expect(try fixture.reader.node("token: w3") == NodeKey(token: 13))
        #expect(try fixture.reader.node("logit:w3") == NodeKey(logit: 3))
        for text in ["Dallas", "layer:2", "error:two", "2/"] {
            #expect(throws: QuestionError.malformedNode(text: text)) { try fixture.reader.node(text) }
        }
        #expect(throws: QuestionError.unknownLayer(layer: 3, layerCount: 3)) { try fixture.reader.node("error:3") }
        #expect(
            throws: QuestionError.unknownFeature(
                feature: FeatureID(layer: 9, index: 1), layerCount: 3, featuresPerLayer: 12)
        ) {
            try fixture.reader.node("9/1")
        }
    }

    @Test(arguments: [("2/1", "1/1"), ("1/1", "1/2"), ("logit:w3", "1/1"), ("1/1", "token:w3"), ("error:2", "1/2")])
    func `an edge that no graph can have is refused`(source: String, target: String) throws {
        let error = #expect(throws: QuestionError.self) {
            try fixture.reader.edge(from: fixture.reader.node(source), to: fixture.reader.node(target))
        }
        guard case .impossibleEdge = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        AtlasReader.edgeBetween, AtlasReader.activationsOfPrompt, AtlasReader.firingsOfFeature,
        AtlasReader.promptsExplaining, AtlasReader.hasGraph, AtlasReader.probabilitiesOfToken,
        AtlasReader.textOfPrompt, AtlasReader.canonicalOrder,
    ])
    func `no table is read from end to end`(sql: String) throws {
        let plan = try fixture.test.atlas.read("explaining") { db in
            let marks = [Int](repeating: 1, count: sql.count { $0 == "?" })
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: StatementArguments(marks))
                .map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") || $0.contains("VIRTUAL TABLE") }, "\(plan)")
        #expect(plan.contains { $0.hasPrefix("SEARCH") })
    }
}
