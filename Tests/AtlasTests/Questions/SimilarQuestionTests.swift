import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Similar prompts and families, against the plain way.
struct SimilarQuestionTests {
    private let fixture: QueryFixture

    init() throws { fixture = try QueryFixture() }

    private func plainVector(_ facts: PromptFacts, _ measure: SimilarityMeasure) -> [FeatureID: Double] {
        var vector: [FeatureID: Double] = [:]
        switch measure {
        case .activation:
            for active in facts.activations { vector[active.feature, default: 0] += Double(active.activation) }
        case .influence:
            for node in facts.graph!.nodes {
                guard case .feature(let layer, _, let index) = node.id else { continue }
                vector[FeatureID(layer: layer, index: index), default: 0] += Double(node.influence)
            }
        }
        return vector
    }

    private func cosine(_ left: [FeatureID: Double], _ right: [FeatureID: Double]) -> Double {
        func dot(_ one: [FeatureID: Double], _ other: [FeatureID: Double]) -> Double {
            one.keys.sorted().reduce(0) { $0 + one[$1]! * (other[$1] ?? 0) }
        }
        let scale = (dot(left, left) * dot(right, right)).squareRoot()
        return scale > 0 ? dot(left, right) / scale : 0
    }

    @Test(arguments: SimilarityMeasure.allCases)
    func `similar prompts are those of the largest cosine among all`(measure: SimilarityMeasure) throws {
        let prompts = fixture.oracle.prompts
        let id = try fixture.reader.promptID(prompts[4].text)
        let report = try fixture.reader.similar(to: id, by: measure, limit: 100)
        #expect(report.isExact && report.candidateCount == 39)
        let own = plainVector(prompts[4], measure)
        let expected = prompts.indices.filter { $0 != 4 }.map {
            (prompts[$0].text, cosine(own, plainVector(prompts[$0], measure)))
        }
        .filter { $0.1 > 0 }.sorted { $0.1 > $1.1 }
        #expect(report.prompts.map(\.text) == expected.map(\.0))
        for (row, plain) in zip(report.prompts, expected) {
            #expect(agree(row.similarity, plain.1))
            #expect(row.shared.map(\.part).reduce(0, +) <= row.similarity + 1e-12)
            #expect(row.shared.map(\.part) == row.shared.map(\.part).sorted(by: >))
        }
    }

    @Test func `candidates that cover the nearest prompts give the exact answer`() throws {
        let id = try fixture.reader.promptID(fixture.facts[0].text)
        let exact = try fixture.reader.similar(to: id, by: .activation, limit: 5)
        let narrowed = try fixture.reader.similar(to: id, by: .activation, limit: 5, candidateLimit: 38)
        #expect(!narrowed.isExact && narrowed.candidateCount <= 38)
        #expect(narrowed.prompts == exact.prompts)
        let few = try fixture.reader.similar(to: id, by: .activation, limit: 5, candidateLimit: 10)
        #expect(
            few.candidateCount == 10
                && few.prompts.allSatisfy { row in
                    row.similarity <= exact.prompts[0].similarity + 1e-12
                })
    }

    @Test func `only prompts of the group are answered`() throws {
        let id = try fixture.reader.promptID(fixture.facts[0].text)
        let report = try fixture.reader.similar(to: id, where: PromptFilter("family=odd")!, limit: 100)
        #expect(report.measure == .influence && report.candidateCount == 20)
    }

    @Test func `similarity does not depend on the order of indexing`() throws {
        let other = try QueryFixture(shuffledBy: 77)
        for facts in fixture.facts.prefix(5) {
            let left = try fixture.reader.similar(to: fixture.reader.promptID(facts.text))
            let right = try other.reader.similar(to: other.reader.promptID(facts.text))
            #expect(left.prompts.map(\.text) == right.prompts.map(\.text))
            #expect(left.prompts.map(\.shared) == right.prompts.map(\.shared))
        }
        let left = try fixture.reader.families(threshold: 0.8)
        let right = try other.reader.families(threshold: 0.8)
        #expect(left.families.map(\.text) == right.families.map(\.text))
        #expect(left.families.map(\.shared) == right.families.map(\.shared))
        #expect(left.families.map(\.tags) == right.families.map(\.tags))
        withExtendedLifetime(other) {}
    }

    @Test(arguments: [0.0, 0.5, 0.8, 0.9, 1.0])
    func `families gather around leaders that are no more alike than the threshold`(threshold: Double) throws {
        let vectors = fixture.oracle.prompts.map { plainVector($0, .influence) }
        var leaders: [Int] = []
        for place in vectors.indices
        where !leaders.contains(where: {
            cosine(vectors[$0], vectors[place]) >= threshold && cosine(vectors[$0], vectors[place]) > 0
        }) {
            leaders.append(place)
        }
        let report = try fixture.reader.families(threshold: threshold, limit: 100)
        #expect(Set(report.families.map(\.text)) == Set(leaders.map { fixture.oracle.prompts[$0].text }))
        #expect(report.familyCount == leaders.count)
        var sizes: [Int: Int] = [:]
        var likeness: [Int: Double] = [:]
        for place in vectors.indices {
            let nearest = leaders.max { cosine(vectors[$0], vectors[place]) < cosine(vectors[$1], vectors[place]) }!
            sizes[leaders.contains(place) ? place : nearest, default: 0] += 1
            if !leaders.contains(place) { likeness[nearest, default: 0] += cosine(vectors[nearest], vectors[place]) }
        }
        for family in report.families {
            let leader = try #require(leaders.first { fixture.oracle.prompts[$0].text == family.text })
            #expect(family.size == sizes[leader])
            // The mean over the others, who may be none.
            let mean = likeness[leader].map { $0 / Double(family.size - 1) } ?? 1
            #expect(abs(family.meanSimilarity - mean) < 1e-6)
        }
        #expect(report.families.map(\.size).reduce(0, +) == 40)
    }

    @Test func `a prompt without a graph has no influence to compare by`() throws {
        let test = try TemporaryAtlas([RandomFacts.prompts(5, graphs: false)])
        let reader = AtlasReader(test.atlas)
        #expect(try reader.similar(to: 1).measure == .activation)
        #expect(throws: QuestionError.notAttributed(prompt: 1)) { try reader.similar(to: 1, by: .influence) }
        #expect(throws: QuestionError.emptyGroup(filter: "all prompts", needsGraphs: true)) { try reader.families() }
        withExtendedLifetime(test) {}
    }
}
