import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// What drives a logit, against the plain way.
struct DriversQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture() }

    @Test func `drivers are told with their mean influence, direct effect and coverage`() throws {
        let expected = fixture.oracle.drivers()
        let report = try fixture.reader.drivers(of: 3, limit: 1000)
        #expect(report.promptCount == 40 && report.text == "w3" && agree(report.meanProbability, Double(Float(0.6))))
        #expect(report.features.count + report.tokensAndErrors.count == expected.keys.count { $0.token == 3 })
        for driver in report.features {
            let key = NodeKey(try #require(driver.node.feature))
            let plain = try #require(expected[.init(token: 3, node: key)])
            #expect(agree(driver.influence, plain.influence / 40))
            #expect(driver.support == plain.prompts && driver.directSupport == plain.directSupport)
            #expect(agree(driver.coverage, Double(plain.covered.count) / 40))
            guard plain.directSupport > 0 else { continue }
            let count = Double(plain.directSupport)
            let mean = plain.direct / count
            #expect(agree(driver.directEffect, mean))
            #expect(abs(driver.directSpread - max(0, plain.directSquare / count - mean * mean).squareRoot()) < 1e-6)
            #expect(agree(driver.signConsistency, Double(abs(plain.positive - plain.negative)) / count))
        }
    }

    @Test func `drivers are ranked by influence and cut at the limit`() throws {
        let all = try fixture.reader.drivers(of: 3, limit: 1000)
        let few = try fixture.reader.drivers(of: 3, limit: 4)
        #expect(all.features.map(\.influence) == all.features.map(\.influence).sorted(by: >))
        #expect(few.features == Array(all.features.prefix(4)))
        #expect(all.features.allSatisfy { $0.node.kind == "feature" })
        #expect(all.tokensAndErrors.allSatisfy { $0.node.kind != "feature" })
        #expect(all.tokensAndErrors.map(\.influence) == all.tokensAndErrors.map(\.influence).sorted(by: >))
        #expect(few.tokensAndErrors == Array(all.tokensAndErrors.prefix(4)))
    }

    @Test func `a cover counts up to every prompt that can be covered`() throws {
        let report = try fixture.reader.drivers(of: 3)
        let coverable = fixture.oracle.drivers().filter { $0.key.token == 3 }
            .reduce(into: Set<Int>()) { $0.formUnion($1.value.covered) }
        #expect(report.cover.last?.covered == coverable.count)
        #expect(report.cover.map(\.newlyCovered).reduce(0, +) == coverable.count)
    }

    @Test func `the ranking by weights does not depend on prompts`() throws {
        let report = try fixture.reader.drivers(of: 4)
        #expect(report.raisedBy.map(\.feature) == [2, 1, 0].map { FeatureID(layer: $0, index: 4) })
        #expect(report.raisedBy.map(\.value) == [4, 3, 2])
        #expect(report.loweredBy == [])
    }

    @Test func `a person's label goes before the automatic one`() throws {
        let report = try fixture.reader.drivers(of: 3, limit: 1000)
        let labelled = try #require(report.features.first { $0.node.feature == QueryFixture.labelled })
        #expect(labelled.label == "the Dallas feature" && !labelled.labelIsAutomatic)
        let other = try #require(report.features.first { $0.node.feature == FeatureID(layer: 0, index: 0) })
        #expect(other.labelIsAutomatic && other.label?.hasPrefix("on \"") == true)
    }

    @Test func `an answer survives JSON`() throws {
        let report = try fixture.reader.drivers(of: 3)
        let decoded = try JSONDecoder().decode(DriversReport.self, from: JSONEncoder().encode(report))
        #expect(decoded == report)
    }
}
