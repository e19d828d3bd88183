import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// What is told about a feature, against the plain way.
struct FeatureQuestionTests {
    private let fixture: QueryFixture
    private let feature = QueryFixture.labelled

    init() throws { fixture = try QueryFixture() }

    @Test func `a feature is told with its density, mean and label`() throws {
        let report = try fixture.reader.feature(feature)
        let active = fixture.oracle.activations(of: feature)
        let values = active.joined().map { Double($0.value) }
        #expect(report.activeTokens == values.count)
        #expect(report.countedTokens == fixture.facts.reduce(0) { $0 + $1.countedTokens })
        #expect(report.activePrompts == active.count { !$0.isEmpty } && report.countedPrompts == 40)
        #expect(report.maximum == values.max() && agree(report.mean, values.reduce(0, +) / Double(values.count)))
        #expect(report.label == "the Dallas feature" && !report.labelIsAutomatic)
        #expect(report.histogram.count == 50 && report.histogram.reduce(0, +) == values.count)
    }

    @Test func `an example shows the feature's activation at every token`() throws {
        let report = try fixture.reader.feature(feature)
        #expect(report.topExamples.count == min(20, report.activePrompts))
        for example in report.topExamples + report.intervals.flatMap(\.examples) {
            let text = try fixture.reader.prompt(example.promptID).text
            let facts = try #require(fixture.oracle.prompts.first { $0.text == text })
            #expect(example.tokens == facts.tokens.map { RandomFacts.identity.vocabulary[$0] })
            #expect(example.answer == facts.answer)
            let expected = facts.tokens.indices.map { position in
                facts.activations.first { $0.feature == feature && $0.position == position }
                    .map { Double($0.activation) } ?? 0
            }
            #expect(example.activations == expected)
            #expect(example.activation == expected.max() && expected[example.position] == example.activation)
        }
    }

    @Test func `an interval holds what its bounds say`() throws {
        let report = try fixture.reader.feature(feature)
        #expect(report.intervals.count == 5 && report.intervals[4].upper == report.maximum)
        #expect(report.intervals.reduce(0) { $0 + $1.promptCount } == report.activePrompts)
        for interval in report.intervals {
            #expect(interval.examples.count == min(5, interval.promptCount))
            #expect(interval.examples.allSatisfy { interval.lower < $0.activation && $0.activation <= interval.upper })
        }
    }

    @Test func `token effects are told in order of rank`() throws {
        let report = try fixture.reader.feature(feature)
        #expect(report.promoted.map(\.token) == [2, 3] && report.promoted.map(\.value) == [3, 1])
        #expect(report.suppressed.map(\.text) == [" w9"] && report.excitedBy.map(\.text) == ["w5"])
    }

    @Test func `suppressed tokens come by the size of their effect, the strongest first`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(4)])
        try AtlasWriter(test.atlas).writeTokenEffects([
            FeatureTokenEffects(
                feature: feature, promoted: [.init(token: 1, value: 5), .init(token: 2, value: 4)],
                suppressed: [.init(token: 7, value: -3), .init(token: 8, value: -2), .init(token: 9, value: -1)],
                excitedBy: [.init(token: 5, value: 2), .init(token: 4, value: 1)])
        ])
        try AtlasDerivation(test.atlas).rebuild()
        let report = try AtlasReader(test.atlas).feature(feature)
        #expect(report.promoted.map(\.token) == [1, 2] && report.suppressed.map(\.token) == [7, 8, 9])
        #expect(report.excitedBy.map(\.token) == [5, 4])
    }

    @Test func `neighbours are the aggregated edges in both directions`() throws {
        let edges = fixture.oracle.edges()
        let key = NodeKey(feature)
        for (neighbours, isUpstream) in [
            (try fixture.reader.upstream(of: feature, limit: 1000), true),
            (try fixture.reader.downstream(of: feature, limit: 1000), false),
        ] {
            let expected = edges.filter { (isUpstream ? $0.key.target : $0.key.source) == key }
            #expect(neighbours.count == expected.count && neighbours.count > 5)
            for neighbour in neighbours {
                let (_, edge) = try #require(
                    expected.first {
                        let other = isUpstream ? $0.key.source : $0.key.target
                        return "\(other.kind)" == neighbour.node.kind && other.feature == neighbour.node.feature
                            && other.token == neighbour.node.token
                            && (other.kind != .error || other.layer == neighbour.node.layer)
                    })
                let support = Double(edge.support)
                #expect(neighbour.support == edge.support && agree(neighbour.mean, edge.weight / support))
                let variance = edge.square / support - (edge.weight / support) * (edge.weight / support)
                #expect(abs(neighbour.spread - max(0, variance).squareRoot()) < 1e-6)
                #expect(agree(neighbour.meanShare, edge.share / support))
                #expect(agree(neighbour.signConsistency, Double(abs(edge.positive - edge.negative)) / support))
                #expect(agree(neighbour.samePositionShare, edge.same / edge.absolute))
            }
            let totals = neighbours.map { $0.meanShare * Double($0.support) }
            #expect(totals == totals.sorted(by: >))
        }
    }

    @Test func `firings are every place where a feature fires`() throws {
        for feature in fixture.oracle.features {
            let found = try fixture.reader.firings(of: feature)
            #expect(found.count == fixture.oracle.activations(of: feature).joined().count)
            #expect(found == found.sorted { ($0.promptID, $0.position) < ($1.promptID, $1.position) })
        }
    }

    @Test func `the answers do not depend on the order of indexing`() throws {
        let other = try QueryFixture(shuffledBy: 31)
        for feature in fixture.oracle.features {
            let (left, right) = (try fixture.reader.feature(feature), try other.reader.feature(feature))
            #expect(left.histogram == right.histogram && left.mean == right.mean)
            #expect(left.upstream == right.upstream && left.downstream == right.downstream)
            #expect(left.label == right.label)
            func content(_ report: FeatureReport) -> [[String]] {
                (report.topExamples + report.intervals.flatMap(\.examples)).map { $0.tokens + ["\($0.activations)"] }
            }
            #expect(content(left) == content(right))
        }
        for token in 0..<20 {
            #expect((try? fixture.reader.drivers(of: token)) == (try? other.reader.drivers(of: token)))
        }
    }
}
