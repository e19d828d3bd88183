import Circuits
import Foundation
import Testing
import Texts

@testable import AtlasQuery
@testable import AtlasStore

/// Pairs, invariants and failures, against the plain way.
struct GroupQuestionTests {
    private let fixture: QueryFixture
    private let even = PromptFilter("family=even")!
    private let odd = PromptFilter("family=odd")!

    init() throws { fixture = try QueryFixture() }

    /// Facts whose prompts 2k and 2k + 1 share a tag.
    private func pairedFacts() -> [PromptFacts] {
        RandomFacts.prompts(24, seed: 7, graphs: false).enumerated().map { number, facts in
            var facts = facts
            facts.tags["pair"] = "\(number / 2)"
            return facts
        }
    }

    private func reader(_ batches: [[PromptFacts]]) throws -> (TemporaryAtlas, AtlasReader) {
        let test = try TemporaryAtlas(batches)
        try AtlasDerivation(test.atlas).rebuild()
        return (test, AtlasReader(test.atlas))
    }

    @Test func `a contrast counts the pairs that a feature tells apart`() throws {
        let facts = pairedFacts()
        let (test, reader) = try reader([facts])
        let report = try reader.contrast(even, odd, pairedBy: "pair", limit: 1000)
        withExtendedLifetime(test) {}
        #expect(report.pairCount == 12 && report.unpairedPrompts == 0 && report.ambiguousValues == 0)
        let features = Set(facts.flatMap(\.activations).map(\.feature))
        var tested = 0
        for feature in features {
            let has = facts.map { facts in facts.activations.contains { $0.feature == feature } }
            let onlyFirst = (0..<12).count { has[2 * $0] && !has[2 * $0 + 1] }
            let onlySecond = (0..<12).count { !has[2 * $0] && has[2 * $0 + 1] }
            guard onlyFirst + onlySecond > 0 else { continue }
            tested += 1
            let row = try #require(report.features.first { $0.feature == feature })
            #expect(row.onlyFirst == onlyFirst && row.onlySecond == onlySecond)
            #expect(row.both == (0..<12).count { has[2 * $0] && has[2 * $0 + 1] })
            #expect(row.onlyFirst + row.onlySecond + row.both + row.neither == 12)
            #expect(row.pValue == SignTest.pValue(onlyFirst, onlySecond))
            #expect(row.examples.count == min(3, onlyFirst + onlySecond))
        }
        #expect(report.testedFeatures == tested)
        #expect(report.features.map(\.qValue) == report.features.map(\.qValue).sorted())
    }

    @Test func `given pairs answer as pairs by a tag do, in any order`() throws {
        let facts = pairedFacts()
        let (test, reader) = try reader([Array(facts.shuffled().prefix(10)), facts])
        let byTag = try reader.contrast(even, odd, pairedBy: "pair", limit: 1000)
        let pairs = try (0..<12).map {
            PromptPair(
                first: try reader.promptID(facts[2 * $0].text), second: try reader.promptID(facts[2 * $0 + 1].text))
        }
        let given = try reader.contrast(pairs.shuffled(), limit: 1000)
        withExtendedLifetime(test) {}
        #expect(given.features == byTag.features)
    }

    @Test func `a value that several prompts of a group have makes no pair`() throws {
        var facts = pairedFacts()
        facts[2].tags["pair"] = "0"
        let (test, reader) = try reader([facts])
        let report = try reader.contrast(even, odd, pairedBy: "pair")
        withExtendedLifetime(test) {}
        #expect(report.pairCount == 10 && report.ambiguousValues == 1 && report.unpairedPrompts == 4)
    }

    @Test func `groups without a common value of the tag cannot be paired`() throws {
        let reader = fixture.reader
        #expect(throws: QuestionError.self) { try reader.contrast(even, odd, pairedBy: "number") }
        #expect(throws: QuestionError.unknownTag(name: "numbr", value: nil, nearest: ["number"])) {
            try reader.contrast(even, odd, pairedBy: "numbr")
        }
    }

    @Test func `where nothing is like an unknown tag or value, the first few in order are offered`() throws {
        var facts = RandomFacts.prompts(3, graphs: false)
        facts[0].tags = ["delta": "1", "bravo": "1", "foxtrot": "1", "alpha": "2"]
        facts[1].tags = ["charlie": "1", "echo": "1", "alpha": "3"]
        facts[2].tags = ["alpha": "1"]
        let (test, reader) = try reader([facts])
        let names = ["alpha", "bravo", "charlie", "delta", "echo"]
        #expect(throws: QuestionError.unknownTag(name: "unheard", value: nil, nearest: names)) {
            try reader.prompts(where: PromptFilter("unheard=x")!)
        }
        let values = ["alpha=1", "alpha=2", "alpha=3"]
        #expect(throws: QuestionError.unknownTag(name: "alpha", value: "unheard", nearest: values)) {
            try reader.prompts(where: PromptFilter("alpha=unheard")!)
        }
        withExtendedLifetime(test) {}
    }

    @Test func `invariant features are told with their share inside and outside`() throws {
        let report = try fixture.reader.invariant(even, share: 0.6, limit: 1000)
        let inside = fixture.oracle.prompts.filter { $0.tags["family"] == "even" }
        let outside = fixture.oracle.prompts.filter { $0.tags["family"] == "odd" }
        #expect(report.promptCount == inside.count && report.outsideCount == outside.count)
        var expected = Set<FeatureID>()
        for feature in fixture.oracle.features {
            func count(_ group: [PromptFacts]) -> Int {
                group.count { $0.activations.contains { $0.feature == feature } }
            }
            guard Double(count(inside)) >= 0.6 * Double(inside.count) else { continue }
            expected.insert(feature)
            let row = try #require(report.features.first { $0.feature == feature })
            #expect(row.insideCount == count(inside) && row.outsideCount == count(outside))
            let lift = Double(count(inside)) / Double(inside.count) / (Double(count(outside)) / Double(outside.count))
            #expect(agree(try #require(row.lift), lift))
        }
        #expect(Set(report.features.map(\.feature)) == expected && report.invariantCount == expected.count)
        let shuffled = try QueryFixture(shuffledBy: 8)
        #expect(try report == shuffled.reader.invariant(even, share: 0.6, limit: 1000))
        withExtendedLifetime(shuffled) {}
    }

    @Test func `what fires only outside a group is told as absent`() throws {
        let report = try fixture.reader.invariant(PromptFilter("number=3")!, limit: 1000)
        let here = Set(fixture.facts[3].activations.map(\.feature))
        #expect(Set(report.absent.map(\.feature)) == Set(fixture.oracle.features).subtracting(here))
        #expect(report.absent.map(\.outsideCount) == report.absent.map(\.outsideCount).sorted(by: >))
    }

    @Test func `statistics older than the facts are refused where both are needed`() throws {
        let writer = AtlasWriter(fixture.test.atlas)
        let run = try writer.beginRun(corpus: "more")
        try writer.commit(RandomFacts.prompts(1, seed: 99), run: run)
        #expect(throws: QuestionError.staleStatistics(path: fixture.test.path)) { try fixture.reader.invariant(even) }
    }

    @Test func `failures rank prompts by their stored scores`() throws {
        let report = try fixture.reader.failures(limit: 1000)
        let errors = fixture.oracle.prompts.map { 1 - $0.graph!.scores.replacement }
        #expect(report.byErrorInfluence.compactMap(\.errorInfluence) == errors.sorted(by: >))
        #expect(agree(try #require(report.meanErrorInfluence), errors.reduce(0, +) / 40))
        let answered = fixture.facts.filter { $0.answerToken != nil }
        #expect(report.answeredCount == answered.count)
        #expect(report.wrongCount == answered.count { $0.answerToken != $0.predictedToken })
        #expect(
            report.wrongAnswers.count == report.wrongCount && report.wrongAnswers.allSatisfy { $0.isRight == false })
        for row in report.tags {
            let members = fixture.oracle.prompts.filter { $0.tags[ExactText(row.name)] == row.value }
            #expect(row.name == "family" && row.promptCount == members.count)
            let scores = members.map(\.graph!.scores)
            #expect(agree(try #require(row.meanReplacement), scores.map(\.replacement).reduce(0, +) / 20))
            #expect(agree(try #require(row.meanCompleteness), scores.map(\.completeness).reduce(0, +) / 20))
            let known = members.filter { $0.answerToken != nil }
            #expect(
                agree(
                    try #require(row.rightShare),
                    Double(known.count { $0.answerToken == $0.predictedToken }) / Double(known.count)))
        }
    }
}
