import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Two groups of prompts compared, against the plain way.
struct DiffQuestionTests {
    private let fixture: QueryFixture
    private let even = PromptFilter("family=even")!
    private let odd = PromptFilter("family=odd")!

    init() throws { fixture = try QueryFixture() }

    private var everything: DiffOptions {
        var options = DiffOptions()
        options.minimumSupport = 1
        options.coreShare = 0.5
        options.limit = 100_000
        return options
    }

    private func groups(_ fixture: QueryFixture) -> [[PromptFacts]] {
        ["even", "odd"].map { family in fixture.oracle.prompts.filter { $0.tags["family"] == family } }
    }

    @Test func `a feature's shares and means are those of the facts`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        let groups = groups(fixture)
        #expect(report.first.promptCount == 20 && report.second.promptCount == 20 && report.first.graphCount == 20)
        #expect(
            report.testedFeatures == fixture.oracle.features.count && report.features.count == report.testedFeatures)
        for row in report.features {
            func maxima(_ group: [PromptFacts]) -> [Double] {
                group.compactMap { facts in
                    facts.activations.filter { $0.feature == row.feature }.map { Double($0.activation) }.max()
                }
            }
            func influence(_ group: [PromptFacts]) -> [Double] {
                group.map { facts in
                    facts.graph!.nodes.filter {
                        guard case .feature(let layer, _, let index) = $0.id else { return false }
                        return FeatureID(layer: layer, index: index) == row.feature
                    }.reduce(0) { $0 + Double($1.influence) }
                }
            }
            func mean(_ values: [Double]) -> Double {
                values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
            }
            let (first, second) = (maxima(groups[0]), maxima(groups[1]))
            #expect(
                agree(row.firstShare, Double(first.count) / 20) && agree(row.secondShare, Double(second.count) / 20))
            #expect(agree(row.difference, row.firstShare - row.secondShare))
            #expect(agree(row.firstMaximum, mean(first)) && agree(row.secondMaximum, mean(second)))
            #expect(agree(try #require(row.firstInfluence), mean(influence(groups[0]))))
            #expect(agree(try #require(row.secondGraphShare), Double(influence(groups[1]).count { $0 > 0 }) / 20))
        }
    }

    @Test func `an edge's shares and means are those of the graphs`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        var weights: [[EdgeKey: [Double]]] = []
        for group in groups(fixture) {
            var found: [EdgeKey: [Double]] = [:]
            for graph in group.compactMap(\.graph) {
                let byKey = Dictionary(grouping: graph.edges) {
                    EdgeKey(
                        source: fixture.oracle.key($0.source, of: graph),
                        target: fixture.oracle.key($0.target, of: graph))
                }
                for (key, edges) in byKey { found[key, default: []].append(edges.reduce(0) { $0 + Double($1.weight) }) }
            }
            weights.append(found)
        }
        let keys = Set(weights[0].keys).union(weights[1].keys).sorted()
        #expect(report.testedEdges == keys.count && report.edges.count == keys.count)
        let vocabulary = RandomFacts.identity.vocabulary
        let byName = Dictionary(
            uniqueKeysWithValues: keys.map { key in
                ([NodeName(key.source, vocabulary: vocabulary), NodeName(key.target, vocabulary: vocabulary)], key)
            })
        for row in report.edges {
            let key = try #require(byName[[row.source, row.target]])
            for (found, share, mean) in [
                (weights[0][key] ?? [], row.firstShare, row.firstMean),
                (weights[1][key] ?? [], row.secondShare, row.secondMean),
            ] {
                #expect(agree(share, Double(found.count) / 20))
                #expect(agree(mean, found.isEmpty ? 0 : found.reduce(0, +) / Double(found.count)))
            }
        }
    }

    @Test func `the shared core is what both groups have often enough`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        let expected = report.features.filter { $0.firstShare >= 0.5 && $0.secondShare >= 0.5 }.map(\.feature)
        #expect(Set(report.core.map(\.feature)) == Set(expected) && report.coreFeatureCount == expected.count)
        let edges = report.edges.filter { $0.firstShare >= 0.5 && $0.secondShare >= 0.5 }
        #expect(report.coreEdgeCount == edges.count)
    }

    @Test func `rows come by the smaller q-value and then by the size of the difference`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        let order = report.features.map { [min($0.qValue, $0.strength?.qValue ?? 1), -$0.difference.magnitude] }
        #expect(order == order.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(report.features.allSatisfy { 0 < $0.pValue && $0.pValue <= $0.qValue && $0.qValue <= 1 })
    }

    @Test func `rows that differ alike come by how much the groups' means differ, in either direction`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        let features = report.features.map { row in
            (
                alike: [min(row.qValue, row.strength?.qValue ?? 1), row.difference.magnitude],
                change: row.firstInfluence! - row.secondInfluence!
            )
        }
        let edges = report.edges.map { row in
            (
                alike: [min(row.qValue, row.strength?.qValue ?? 1), row.difference.magnitude],
                change: row.firstMean * row.firstShare - row.secondMean * row.secondShare
            )
        }
        for rows in [features, edges] {
            let pairs = zip(rows, rows.dropFirst()).filter { $0.alike == $1.alike }.map { ($0.change, $1.change) }
            #expect(pairs.allSatisfy { $0.magnitude >= $1.magnitude - 1e-12 })
            // Orders by the signed difference or by the sum would not do.
            #expect(pairs.contains { $0 < $1 - 1e-6 } && pairs.contains { $0 > $1 + 1e-6 })
        }
    }

    @Test func `presence and strength are those of the plain tests`() throws {
        let report = try fixture.reader.diff(even, odd, options: everything)
        let groups = groups(fixture)
        let presence = HypergeometricTest(firstCount: 20, of: 40)
        for row in report.features {
            let values = groups.map { group in
                group.compactMap { facts in
                    facts.activations.filter { $0.feature == row.feature }.map { Double($0.activation) }.max()
                }
            }
            #expect(agree(row.pValue, presence.pValue(values[0].count, of: values[0].count + values[1].count)))
            guard RankSumTest.smallestPValue(values[0].count, values[1].count) <= 0.05 else {
                #expect(row.strength == nil)
                continue
            }
            let strength = try #require(row.strength)
            #expect(agree(strength.pValue, RankSumTest(values[0], values[1]).pValue))
            var larger = 0.0
            for one in values[0] { for other in values[1] { larger += one > other ? 1 : one == other ? 0.5 : 0 } }
            #expect(agree(strength.firstLarger, larger / Double(values[0].count * values[1].count)))
        }
        let strengths = report.features.compactMap(\.strength)
        #expect(strengths.count == report.strengthTestedFeatures && strengths.count > 10)
        let qValues = FalseDiscovery.qValues(strengths.map(\.pValue))
        #expect(zip(strengths, qValues).allSatisfy { agree($0.qValue, $1) })
    }

    @Test func `groups too small for their test say what would be enough`() throws {
        var options = everything
        let few = try fixture.reader.diff(PromptFilter("number=1")!, PromptFilter("number=2")!, options: options)
        #expect(
            few.limitations.first
                == "features: none can be found to differ: 1 and 1 prompts allow no p below 1, and q of at most 0.05 is "
                + "asked for; 4 and 4 prompts would be enough")
        #expect(
            few.limitations.count == 2 && few.limitations[1].hasPrefix("edges: none") && few.significantFeatures == 0)
        options.minimumSupport = 5
        let untested = try fixture.reader.diff(PromptFilter("number=1")!, PromptFilter("number=2")!, options: options)
        #expect(untested.testedFeatures == 0 && untested.limitations == few.limitations)
        options.minimumSupport = 1
        options.falseDiscoveryRate = 1
        #expect(try fixture.reader.diff(PromptFilter("number=1")!, nil, options: options).limitations.isEmpty == false)
        #expect(try fixture.reader.diff(even, odd, options: everything).limitations == [])
    }

    @Test func `a diff does not depend on the order and split of the corpus`() throws {
        let shuffled = try QueryFixture(shuffledBy: 5)
        let report = try fixture.reader.diff(even, odd, options: everything)
        let other = try shuffled.reader.diff(even, odd, options: everything)
        withExtendedLifetime(shuffled) {}
        #expect(report == other)
    }

    @Test func `the second group is by default every prompt outside the first`() throws {
        let (named, rest) = (
            try fixture.reader.diff(even, odd, options: everything),
            try fixture.reader.diff(even, nil, options: everything)
        )
        #expect(named.features == rest.features && named.edges == rest.edges)
    }

    @Test func `groups that share prompts are refused`() throws {
        #expect(throws: QuestionError.overlappingGroups(first: "family=even", second: "number=2", count: 1)) {
            try fixture.reader.diff(even, PromptFilter("number=2")!)
        }
    }
}
