import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Correlations of activations against the plain way, token by token.
struct CorrelatedTests {
    private let fixture: QueryFixture
    private let feature = FeatureID(layer: 1, index: 2)

    init() throws { fixture = try QueryFixture(count: 24) }

    @Test(arguments: [nil, "even"])
    func `Pearson and Jaccard are over every counted token`(family: String?) throws {
        let filter = family.map { PromptFilter([.init(name: "family", value: $0)]) } ?? .all
        let facts = fixture.oracle.prompts.filter { family == nil || $0.tags["family"] == family }
        let report = try fixture.reader.correlated(with: feature, where: filter, limit: 1000)
        #expect(report.correlated.count == report.partnerCount && report.partnerCount > 10)
        for entry in report.correlated {
            var pairs: [(Double, Double)] = []
            facts.forEachToken(feature, entry.feature) { pairs.append(($0, $1)) }
            let count = Double(pairs.count)
            let means = pairs.reduce((0, 0)) { ($0.0 + $1.0 / count, $0.1 + $1.1 / count) }
            let moments = pairs.reduce((0, 0, 0)) { sum, pair in
                let (x, y) = (pair.0 - means.0, pair.1 - means.1)
                return (sum.0 + x * x, sum.1 + y * y, sum.2 + x * y)
            }
            #expect(abs(entry.pearson - moments.2 / (moments.0 * moments.1).squareRoot()) < 1e-9)
            let both = pairs.count { $0.0 != 0 && $0.1 != 0 }
            let either = pairs.count { $0.0 != 0 || $0.1 != 0 }
            #expect(entry.coactiveTokens == both && entry.jaccard == Double(both) / Double(either))
            #expect(entry.activeTokens == pairs.count { $0.1 != 0 })
            #expect(report.countedTokens == pairs.count)
        }
        #expect(report.correlated.map(\.pearson) == report.correlated.map(\.pearson).sorted(by: >))
    }

    @Test func `ranked by Jaccard, the largest overlap comes first`() throws {
        let report = try fixture.reader.correlated(with: feature, by: .jaccard, limit: 5)
        let all = try fixture.reader.correlated(with: feature, limit: 1000).correlated.map(\.jaccard)
        #expect(report.correlated.map(\.jaccard) == Array(all.sorted(by: >).prefix(5)))
    }

    @Test func `a feature that is never active at the same token is no partner`() throws {
        var facts = RandomFacts.prompts(1, graphs: false)
        facts[0].activations = [
            ActiveFeature(layer: 0, position: 1, index: 4, activation: 1),
            ActiveFeature(layer: 0, position: 2, index: 5, activation: 1),
        ]
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        let reader = AtlasReader(test.atlas)
        #expect(try reader.correlated(with: FeatureID(layer: 0, index: 4)).correlated.isEmpty)
    }

    @Test func `a count of tokens that no prompt has does not decide how much memory is taken`() throws {
        let before = try fixture.reader.correlated(with: feature, limit: 5).correlated
        try fixture.reader.atlas.write("changing what a stranger could") { db in
            try db.execute(sql: "UPDATE prompts SET token_count = 1 << 40")
        }
        #expect(try fixture.reader.correlated(with: feature, limit: 5).correlated == before)
    }
}
