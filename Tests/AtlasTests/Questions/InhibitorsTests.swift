import Circuits
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// What may inhibit a feature, against the definition followed token by token.
struct InhibitorsTests {
    private let fixture: WeightFixture

    init() throws { fixture = try WeightFixture() }

    @Test(arguments: [FeatureID(layer: 2, index: 4), FeatureID(layer: 2, index: 9), FeatureID(layer: 1, index: 1)])
    func `inhibitors are more active where the feature is expected and silent`(feature: FeatureID) throws {
        let report = try fixture.reader.inhibitors(of: feature, weights: fixture.weights, limit: 1000)
        let up = try fixture.reader.neighbours(
            of: feature, .upstream, by: .twera, weights: fixture.weights, limit: 10_000)
        let drivers = up.neighbours.filter { $0.weights!.twera > 0 }.prefix(10)
        #expect(report.sources.map(\.feature) == drivers.map { $0.node.feature! })
        let total = report.sources.reduce(0) { $0 + $1.twera }

        var silent: [[ActiveFeature]] = []
        var firing: [[ActiveFeature]] = []
        var expected = 0
        for facts in fixture.oracle.prompts {
            for position in 1..<facts.tokens.count {
                let active = facts.activations.filter { $0.position == position }
                let isActive = active.contains { $0.feature == feature }
                if isActive { firing.append(active) }
                let held = report.sources.reduce(0) { sum, source in
                    sum + (active.contains { $0.feature == source.feature } ? source.twera : 0)
                }
                guard held >= total / 2 else { continue }
                expected += 1
                if !isActive { silent.append(active) }
            }
        }
        #expect(report.expectedTokens == expected && report.silentTokens == silent.count)
        #expect(report.activeTokens == firing.count)

        let magnitudes = try fixture.weights.sources(of: feature).joined().map { Double($0.magnitude) }.sorted(by: >)
        let large = magnitudes[magnitudes.count / 10 - 1]
        let edges = fixture.oracle.edges()
        var found: [FeatureID] = []
        for other in fixture.oracle.features where other.layer < feature.layer {
            func share(_ tokens: [[ActiveFeature]]) -> Double {
                Double(tokens.count { $0.contains { $0.feature == other } }) / Double(tokens.count)
            }
            let weight = Double(fixture.weights.weight(from: other, to: feature))
            let edge = edges[.init(target: NodeKey(feature), source: NodeKey(other))]
            let isNegative = (edge?.weight ?? 0) < 0 || weight <= -large
            guard isNegative, share(silent) > share(firing) else { continue }
            found.append(other)
            let entry = try #require(report.inhibitors.first { $0.feature == other })
            #expect(agree(entry.silentShare, share(silent)) && agree(entry.activeShare, share(firing)))
            #expect(abs(entry.virtualWeight - weight) < 1e-4 && entry.edgeSupport == edge?.support ?? 0)
            let mean = silent.joined().reduce(0) { $1.feature == other ? $0 + Double($1.activation) : $0 }
            #expect(abs(entry.meanInhibition - mean / Double(silent.count) * weight) < 1e-4)
        }
        #expect(Set(report.inhibitors.map(\.feature)) == Set(found) && report.inhibitors.count == found.count)
    }
}
