import AtlasIndexing
import Attribution
import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Expected weights against the literal averages over every token of the corpus.
struct GlobalWeightTests {
    private let fixture: WeightFixture

    init() throws { fixture = try WeightFixture() }

    /// ERA, TWERA and the number of tokens where both are active, token by token.
    private func plain(
        _ source: FeatureID, _ target: FeatureID, _ facts: [PromptFacts]
    ) -> (era: Double, twera: Double, together: Int) {
        var (count, conditional, product, own, together) = (0.0, 0.0, 0.0, 0.0, 0)
        facts.forEachToken(source, target) { a, b in
            count += 1
            conditional += b > 0 ? a : 0
            product += a * b
            own += b
            together += a != 0 && b != 0 ? 1 : 0
        }
        let weight = Double(fixture.weights.weight(from: source, to: target))
        let twera = own == 0 ? 0 : product / count / (own / count) * weight
        return (conditional / count * weight, twera, together)
    }

    private func isClose(_ left: Double, _ right: Double) -> Bool {
        abs(left - right) <= 1e-6 + 1e-4 * max(abs(left), abs(right))
    }

    @Test(arguments: [FeatureID(layer: 2, index: 4), FeatureID(layer: 1, index: 0)], [nil, "even"])
    func `ERA and TWERA are averages over every token, upstream`(feature: FeatureID, family: String?) throws {
        let facts = fixture.facts(where: family == nil ? nil : "family", is: family ?? "")
        let filter = family.map { PromptFilter([.init(name: "family", value: $0)]) } ?? .all
        let report = try fixture.reader.neighbours(
            of: feature, .upstream, by: .twera, where: filter, weights: fixture.weights, limit: 1000)
        #expect(report.neighbours.count > 10 && report.promptCount == facts.count)
        #expect(report.countedTokens == facts.reduce(0) { $0 + $1.countedTokens })
        for neighbour in report.neighbours {
            let weights = try #require(neighbour.weights)
            let expected = plain(try #require(neighbour.node.feature), feature, facts)
            #expect(isClose(weights.era, expected.era) && isClose(weights.twera, expected.twera))
            #expect(weights.coactiveTokens == expected.together)
        }
        let magnitudes = report.neighbours.map { abs($0.weights!.twera) }
        #expect(magnitudes == magnitudes.sorted(by: >))
    }

    @Test(arguments: [FeatureID(layer: 0, index: 4), FeatureID(layer: 1, index: 0)], [nil, "odd"])
    func `ERA and TWERA are averages over every token, downstream`(feature: FeatureID, family: String?) throws {
        let facts = fixture.facts(where: family == nil ? nil : "family", is: family ?? "")
        let filter = family.map { PromptFilter([.init(name: "family", value: $0)]) } ?? .all
        let report = try fixture.reader.neighbours(
            of: feature, .downstream, by: .era, where: filter, weights: fixture.weights, limit: 1000)
        #expect(report.neighbours.count > 10)
        for neighbour in report.neighbours {
            let weights = try #require(neighbour.weights)
            let expected = plain(feature, try #require(neighbour.node.feature), facts)
            #expect(isClose(weights.era, expected.era) && isClose(weights.twera, expected.twera))
            #expect(weights.coactiveTokens == expected.together)
        }
    }

    @Test func `upstream and downstream agree about each pair`() throws {
        let source = FeatureID(layer: 0, index: 2)
        let down = try fixture.reader.neighbours(
            of: source, .downstream, by: .twera, weights: fixture.weights, limit: 1000)
        for neighbour in down.neighbours {
            let up = try fixture.reader.neighbours(
                of: try #require(neighbour.node.feature), .upstream, by: .twera, weights: fixture.weights, limit: 1000)
            let pair = try #require(up.neighbours.first { $0.node.feature == source }?.weights)
            let weights = try #require(neighbour.weights)
            #expect(isClose(pair.era, weights.era) && isClose(pair.twera, weights.twera))
        }
    }

    @Test func `the largest weights come first, whether or not the features ever fire`() throws {
        let feature = FeatureID(layer: 2, index: 4)
        let report = try fixture.reader.neighbours(
            of: feature, .upstream, by: .virtual, weights: fixture.weights, limit: 30)
        let all = try fixture.weights.sources(of: feature).joined().map(\.magnitude).sorted(by: >)
        let found = report.neighbours.compactMap(\.weights)
        #expect(found.map { Float(abs($0.virtualWeight)) } == Array(all.prefix(30)))
        let scale = try #require(report.scale)
        #expect(scale.pairCount == all.count && scale.largeWeight == Double(all[all.count / 100 - 1]))
        #expect(scale.tinyWeight == Double(all.sorted()[(all.count - 1) / 2]))
        for weight in found {
            let isLarge = abs(weight.virtualWeight) >= scale.largeWeight
            #expect((weight.flag == .interference) == (isLarge && weight.coactiveTokens == 0))
        }
        #expect(found.contains { $0.flag == .interference })
    }

    @Test func `a tiny weight with a large TWERA is flagged as co-activation alone`() throws {
        for feature in fixture.oracle.features where feature.layer == 2 {
            let report = try fixture.reader.neighbours(
                of: feature, .upstream, by: .twera, weights: fixture.weights, limit: 1000)
            let scale = try #require(report.scale)
            let large = try #require(scale.largeTargetWeighted)
            let magnitudes = report.neighbours.map { abs($0.weights!.twera) }
            #expect(magnitudes[max(1, report.neighbours.count / 20) - 1] == large)
            for weight in report.neighbours.compactMap(\.weights) {
                let expected = abs(weight.twera) >= large && abs(weight.virtualWeight) <= scale.tinyWeight
                #expect((weight.flag == .coactivationAlone) == expected)
            }
        }
        let scale = WeightScale(weights: [1, 1, 2, 3], targetWeighted: [5, 0.1])
        #expect(scale.flag(weight: 1, twera: 5, coactiveTokens: 9) == .coactivationAlone)
        #expect(scale.flag(weight: 2, twera: 5, coactiveTokens: 9) == nil)
        #expect(scale.flag(weight: 3, twera: 0, coactiveTokens: 0) == .interference)
    }

    @Test func `by stored edges the numbers are those without a model, with weights beside them`() throws {
        let feature = FeatureID(layer: 2, index: 4)
        var report = try fixture.reader.neighbours(
            of: feature, .upstream, weights: fixture.weights, limit: 1000
        ).neighbours
        #expect(report.contains { $0.weights != nil } && report.contains { $0.weights == nil })
        for index in report.indices { report[index].weights = nil }
        #expect(try report == fixture.reader.upstream(of: feature, limit: 1000))
    }

    @Test func `the answers do not depend on order and split of the corpus`() throws {
        let other = try WeightFixture(shuffledBy: 7)
        for feature in [FeatureID(layer: 1, index: 3), FeatureID(layer: 2, index: 5)] {
            for ranking in NeighbourRanking.allCases {
                for filter in [PromptFilter.all, PromptFilter("family=odd")!] {
                    func ask(_ fixture: WeightFixture) throws -> GlobalNeighbours {
                        try fixture.reader.neighbours(
                            of: feature, .upstream, by: ranking, where: filter, weights: fixture.weights)
                    }
                    #expect(try ask(fixture) == ask(other))
                }
            }
            #expect(try fixture.reader.correlated(with: feature) == other.reader.correlated(with: feature))
            let inhibitors = try fixture.reader.inhibitors(of: feature, weights: fixture.weights)
            #expect(try inhibitors == other.reader.inhibitors(of: feature, weights: other.weights))
        }
    }

    @Test func `weights of another model are refused`() throws {
        let other = try QueryFixture(count: 6)
        let feature = FeatureID(layer: 2, index: 4)
        #expect(throws: AtlasError.self) {
            try other.reader.neighbours(of: feature, .upstream, weights: fixture.weights)
        }
        #expect(throws: AtlasError.self) { try other.reader.inhibitors(of: feature, weights: fixture.weights) }
        #expect(throws: QuestionError.needsModel(question: "a ranking by twera")) {
            try other.reader.neighbours(of: feature, .upstream, by: .twera)
        }
    }
}
