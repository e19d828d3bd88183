import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Features whose activations have two signs.
struct NegativeTailTests {
    private let facts = RandomFacts.prompts(60, signed: true)
    private let oracle: PlainOracle
    private let test: TemporaryAtlas

    init() throws {
        oracle = PlainOracle(facts)
        test = try Self.derived(facts)
    }

    /// An atlas with token effects of two signs.
    private static func derived(_ facts: [PromptFacts], mirrored: Bool = false) throws -> TemporaryAtlas {
        let test = try TemporaryAtlas([facts])
        let features = (0..<36).map { FeatureID(layer: $0 / 12, index: $0 % 12) }
        try AtlasWriter(test.atlas).writeTokenEffects(
            features.map { feature in
                let up = (0..<8).map { TokenEffect(token: ($0 + feature.index) % 20, value: 9 - Double($0)) }
                let down = (0..<6).map { TokenEffect(token: ($0 + 9 + feature.index) % 20, value: 8 - Double($0)) }
                let (promoted, suppressed) = mirrored ? (down, up) : (up, down)
                return FeatureTokenEffects(
                    feature: feature, promoted: promoted.map { .init(token: $0.token, value: $0.value) },
                    suppressed: suppressed.map { .init(token: $0.token, value: -$0.value) }, excitedBy: [])
            })
        try AtlasDerivation(test.atlas).rebuild()
        return test
    }

    private struct TokenEffect {
        var token: Int
        var value: Double
    }

    private func rows(
        _ sql: String, _ arguments: StatementArguments = [], in test: TemporaryAtlas? = nil
    ) throws -> [Row] {
        try (test ?? self.test).atlas.read("testing") { db in try Row.fetchAll(db, sql: sql, arguments: arguments) }
    }

    /// The negative activations of a feature, prompt by prompt.
    private func negatives(of feature: FeatureID) -> [[(position: Int, value: Float)]] {
        oracle.activations(of: feature).map { $0.filter { $0.value < 0 } }
    }

    private var twoSided: [FeatureID] { oracle.features.filter { !negatives(of: $0).joined().isEmpty } }

    @Test func `the negative side of a feature has exact statistics, and only a feature that has one`() throws {
        let found = try rows("SELECT * FROM feature_negative_tails ORDER BY layer, feature_index")
        #expect(found.map { FeatureID(layer: $0["layer"], index: $0["feature_index"]) } == twoSided)
        #expect(found.count == 24 && oracle.features.count == 36)
        for row in found {
            let negative = negatives(of: FeatureID(layer: row["layer"], index: row["feature_index"]))
            let minimum = negative.joined().map(\.value).min()!
            #expect(row["negative_tokens"] == negative.joined().count)
            #expect(row["negative_prompts"] == negative.count { !$0.isEmpty })
            #expect(row["minimum"] == Double(minimum))
            let counts = (0..<50).map { bin in
                negative.joined().count {
                    let place = Double($0.value) / Double(minimum) * 50
                    return Double(bin) < place && place <= Double(bin + 1)
                }
            }
            #expect(try HistogramBlock.decode(row["histogram"]) == counts)
        }
    }

    @Test func `a feature's own statistics count both sides`() throws {
        for row in try rows("SELECT * FROM feature_statistics") {
            let active = oracle.activations(of: FeatureID(layer: row["layer"], index: row["feature_index"]))
            let values = active.flatMap { $0.map { Double($0.value) } }
            #expect(row["active_tokens"] == values.count && row["active_prompts"] == active.count { !$0.isEmpty })
            #expect(row["maximum"] == values.max()! && row["activation_sum"] == values.reduce(0, +))
            #expect(try HistogramBlock.decode(row["histogram"]).reduce(0, +) == values.count { $0 > 0 })
        }
    }

    @Test func `negative examples are the most negative prompts, each once, ties by content hash`() throws {
        for feature in twoSided {
            let strongest = negatives(of: feature).enumerated().compactMap { ordinal, entries in
                entries.min { ($0.value, $0.position) < ($1.value, $1.position) }
                    .map { (ordinal: ordinal, position: $0.position, value: $0.value) }
            }.sorted { ($0.value, $0.ordinal) < ($1.value, $1.ordinal) }.prefix(20)
            let found = try rows(
                """
                SELECT p.text, e.position, e.activation FROM feature_negative_examples e
                JOIN prompts p ON p.id = e.prompt_id
                WHERE layer = ? AND feature_index = ? AND band = 0 ORDER BY rank
                """, [feature.layer, feature.index])
            #expect(found.map { $0["text"] as String } == strongest.map { oracle.prompts[$0.ordinal].text })
            #expect(found.map { $0["position"] as Int } == strongest.map(\.position))
            #expect(found.map { $0["activation"] as Double } == strongest.map { Double($0.value) })
        }
    }

    @Test func `positive examples of a feature with two sides are its positive prompts`() throws {
        for feature in twoSided {
            let positive = oracle.activations(of: feature).compactMap { $0.map(\.value).filter { $0 > 0 }.max() }
            let found = try rows(
                """
                SELECT activation FROM feature_examples WHERE layer = ? AND feature_index = ? AND band = 0 ORDER BY rank
                """, [feature.layer, feature.index])
            #expect(found.map { $0["activation"] as Double } == positive.sorted(by: >).prefix(20).map(Double.init))
            #expect((feature.index == 11) == found.isEmpty)
        }
    }

    @Test func `facts with every sign turned derive to the same with the sides exchanged`() throws {
        let turned = try Self.derived(
            facts.map { facts in
                var facts = facts
                facts.activations = facts.activations.map {
                    ActiveFeature(
                        layer: $0.layer, position: $0.position, index: $0.index, activation: -$0.activation)
                }
                facts.graph = facts.graph.map { graph in
                    var graph = graph
                    graph.nodes = graph.nodes.map { node in
                        SparseGraph.Node(
                            id: node.id, activation: -node.activation, influence: node.influence,
                            cumulativeInfluence: node.cumulativeInfluence, inputSum: node.inputSum,
                            biasInput: node.biasInput)
                    }
                    return graph
                }
                return facts
            }, mirrored: true)
        func sides(_ test: TemporaryAtlas, _ infix: String, sign: Double) throws -> [String] {
            let examples = try rows(
                """
                SELECT e.layer, e.feature_index, e.band, e.rank, p.text, e.position, e.activation * \(sign) AS activation
                FROM feature_\(infix)examples e JOIN prompts p ON p.id = e.prompt_id
                """, in: test)
            let bands = try rows("SELECT * FROM feature_\(infix)bands", in: test)
            return (examples + bands).map { "\($0.databaseValues)" }
        }
        for (own, other) in [("", "negative_"), ("negative_", "")] {
            let expected = Set(try sides(test, own, sign: 1))
            let found = Set(try sides(turned, other, sign: -1))
            let different = expected.symmetricDifference(found).sorted().prefix(4)
            #expect(different.isEmpty && expected.count > 200, "\(different)")
        }
        // Histograms and names, each against the other side's.
        let both = """
            SELECT s.histogram, n.histogram AS negative, a.label, n.label AS negative_label FROM feature_statistics s
            JOIN automatic_labels a USING (layer, feature_index)
            LEFT JOIN feature_negative_tails n USING (layer, feature_index) ORDER BY s.layer, s.feature_index
            """
        var compared = 0
        for (here, there) in zip(try rows(both), try rows(both, in: turned)) {
            let negative: Data? = here["negative"]
            if let negative { #expect(there["histogram"] == negative) }
            if let turned: Data = there["negative"] { #expect(turned == here["histogram"]) }
            guard let name: String = here["negative_label"], let turned: String = there["negative_label"] else {
                continue
            }
            compared += 1
            #expect(here["label"] == "\(turned); negative \(name)" && there["label"] == "\(name); negative \(turned)")
        }
        #expect(compared > 15)
    }

    @Test func `a feature without negative activations has what it has beside features without any`() throws {
        let oneSided = facts.map { facts in
            var facts = facts
            facts.activations = facts.activations.filter { RandomFacts.oneSidedIndices.contains($0.index) }
            facts.graph = nil
            return facts
        }
        let alone = try Self.derived(oneSided)
        let index = "feature_index < \(RandomFacts.oneSidedIndices.upperBound)"
        for table in ["feature_statistics", "feature_examples", "feature_bands", "automatic_labels"] {
            let sql = "SELECT * FROM \(table) WHERE \(index)"
            let expected = try rows(sql, in: alone)
            #expect(try rows(sql) == expected && expected.count >= 12)
        }
        for table in ["feature_negative_tails", "feature_negative_examples", "feature_negative_bands"] {
            #expect(try rows("SELECT * FROM \(table) WHERE \(index)").isEmpty)
            #expect(try rows("SELECT * FROM \(table)", in: alone).isEmpty)
        }
        let labels = try rows("SELECT label FROM automatic_labels WHERE \(index)")
        #expect(labels.allSatisfy { !($0["label"] as String).contains("negative") })
    }

    @Test func `the negative part of a driver comes from places where its activation is negative`() throws {
        struct Part: Equatable {
            var prompts = 0
            var influence = 0.0
            var direct = 0.0
            var support = 0
        }
        var expected: [PlainOracle.DriverKey: Part] = [:]
        for graph in oracle.prompts.compactMap(\.graph) {
            for token in Set(graph.targets.map(\.token)) {
                var influence: [NodeKey: Double] = [:]
                var direct: [NodeKey: Double] = [:]
                func isNegative(_ node: Int) -> Bool {
                    if case .feature = graph.nodes[node].id { return graph.nodes[node].activation < 0 }
                    return false
                }
                for (ordinal, target) in graph.targets.enumerated() where target.token == token {
                    for node in graph.nodes.indices where isNegative(node) && graph.targetInfluence[ordinal][node] != 0
                    {
                        influence[oracle.key(node, of: graph), default: 0] +=
                            Double(target.probability) * Double(graph.targetInfluence[ordinal][node])
                    }
                    for edge in graph.edges where isNegative(edge.source) {
                        guard graph.nodes[edge.target].id == .logit(ordinal: ordinal) else { continue }
                        direct[oracle.key(edge.source, of: graph), default: 0] += Double(edge.weight)
                    }
                }
                for node in Set(influence.keys).union(direct.keys) {
                    var part = expected[.init(token: token, node: node)] ?? Part()
                    part.prompts += influence[node] != nil ? 1 : 0
                    part.influence += influence[node] ?? 0
                    part.direct += direct[node] ?? 0
                    part.support += direct[node] != nil ? 1 : 0
                    expected[.init(token: token, node: node)] = part
                }
            }
        }
        let found = try rows("SELECT * FROM logit_driver_negative_tails")
        #expect(found.count == expected.count && found.count > 100)
        for row in found {
            let part = try #require(expected[.init(token: row["token"], node: NodeKey(rawValue: row["node"]))])
            #expect(row["prompt_count"] == part.prompts && row["direct_support"] == part.support)
            #expect(agree(row["influence_sum"], part.influence) && agree(row["direct_sum"], part.direct))
        }
    }
}
