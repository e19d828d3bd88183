import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// Effects added up by token and node, against the plain way.
struct EffectDerivationTests {
    private static let facts = RandomFacts.withEffects(RandomFacts.prompts(30, signed: true))
    private let test: TemporaryAtlas
    private let reader: AtlasReader

    init() throws {
        test = try TemporaryAtlas([Self.facts])
        try AtlasDerivation(test.atlas).rebuild()
        reader = AtlasReader(test.atlas)
    }

    /// What each node does to a token's lead in each prompt that it is the answer of, positions together, and what was
    /// measured.
    private func effects(on token: Int, _ facts: [PromptFacts]) -> [(
        byNode: [NodeKey: Double], measured: [NodeKey: Double]
    )] {
        facts.compactMap { facts in
            guard let graph = facts.graph, let effects = graph.effects, effects.answer == token else { return nil }
            var sums: [NodeKey: Double] = [:]
            var measured: [NodeKey: Double] = [:]
            for (node, own) in graph.nodes.enumerated() {
                if case .logit = own.id { continue }
                let key = NodeKey(own.id, tokens: graph.tokens, targets: graph.targets)!
                let value = MagnitudeColumn.weights.rounded(effects.gradient.gap[node])
                if value != 0 { sums[key, default: 0] += Double(value) }
            }
            for own in effects.measured {
                let key = NodeKey(graph.nodes[own.node].id, tokens: graph.tokens, targets: graph.targets)!
                if key.kind != .logit {
                    measured[key, default: 0] += Double(MagnitudeColumn.weights.rounded(own.gap))
                }
            }
            return (sums, measured)
        }
    }

    private var explained: [Int] { Array(Set(Self.facts.flatMap { $0.graph!.targets.map(\.token) })).sorted() }

    @Test func `drivers tell the mean, spread and sign of effects, and rank by their size`() throws {
        let tokens = Array(0..<20)
        let everything = tokens.map { effects(on: $0, Self.facts) }
        let occurrences = everything.reduce(0) { $0 + $1.count }
        #expect(occurrences == Self.facts.count)
        for token in explained {
            let (place, own) = (token, everything[token])
            let report = try reader.drivers(of: token, limit: 1000)
            #expect(report.effectPromptCount == report.promptCount && report.answerPromptCount == own.count)
            #expect(report.rankedBy == (own.isEmpty ? .influence : .effect))
            guard !own.isEmpty else { continue }
            let all = report.features + report.tokensAndErrors
            for drivers in [report.features, report.tokensAndErrors] {
                let sizes = drivers.map { abs($0.effect ?? -1) }
                #expect(sizes == sizes.sorted(by: >))
            }
            #expect(all.count { $0.effectSupport > 0 } == Set(own.flatMap(\.byNode.keys)).count)
            for driver in all {
                let key = key(driver.node)
                let values = own.map { $0.byNode[key] ?? 0 }
                let present = own.compactMap { $0.byNode[key] }
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
                #expect(driver.effectSupport == present.count)
                #expect(abs(try #require(driver.effect) - mean) < 1e-6)
                #expect(abs(try #require(driver.effectSpread) - max(0, squares - mean * mean).squareRoot()) < 1e-4)
                guard !present.isEmpty else { continue }
                let positive = present.count { $0 > 0 }
                #expect(
                    driver.effectConsistency
                        == Double(max(positive, present.count - positive)) / Double(present.count))
                let measured = own.compactMap { $0.measured[key] }
                #expect(driver.measuredSupport == measured.count)
                if let found = driver.measuredEffect {
                    #expect(abs(found - measured.reduce(0, +) / Double(measured.count)) < 1e-6)
                }
                let others = everything.indices.filter { $0 != place }.flatMap { everything[$0] }
                    .reduce(0) { $0 + ($1.byNode[key] ?? 0) }
                #expect(
                    abs(try #require(driver.specificity) - (mean - others / Double(occurrences - own.count))) < 1e-6)
            }
        }
    }

    @Test func `the covering set is made of features that speak for the token`() throws {
        for token in explained {
            let own = effects(on: token, Self.facts)
            guard !own.isEmpty else { continue }
            func covers(_ feature: FeatureID, _ prompt: [NodeKey: Double]) -> Bool {
                let speaking = prompt.filter { $0.key.kind == .feature && $0.value > 0 }.values.reduce(0, +)
                let value = prompt[NodeKey(feature)] ?? 0
                return value > 0 && value >= 0.05 * speaking * (1 - 1e-9)
            }
            let report = try reader.drivers(of: token, limit: 1000)
            var left = Set(own.indices)
            for step in report.cover {
                let newly = left.filter { covers(step.feature, own[$0].byNode) }
                #expect(newly.count == step.newlyCovered)
                let best = report.features.compactMap(\.node.feature).map { feature in
                    left.count { covers(feature, own[$0].byNode) }
                }.max()
                #expect(newly.count == best)
                left.subtract(newly)
            }
            for driver in report.features {
                let feature = try #require(driver.node.feature)
                let covered = own.count { covers(feature, $0.byNode) }
                #expect(abs(driver.coverage - Double(covered) / Double(own.count)) < 1e-9)
                #expect(!left.contains { covers(feature, own[$0].byNode) })
            }
        }
    }

    @Test func `where some graphs have no effects influence ranks, as where none has, until they are added`() throws {
        let bare = RandomFacts.prompts(30, signed: true)
        let mixed = try TemporaryAtlas([Array(Self.facts[..<12]), Array(bare[12...])])
        let plain = try TemporaryAtlas([bare])
        for atlas in [mixed.atlas, plain.atlas] { try AtlasDerivation(atlas).rebuild() }
        let (some, none) = (AtlasReader(mixed.atlas), AtlasReader(plain.atlas))
        let (report, expected) = (try some.drivers(of: 3), try none.drivers(of: 3))
        #expect(report.rankedBy == .influence && report.effectPromptCount > 0)
        #expect(report.effectPromptCount < report.promptCount)
        #expect(expected.rankedBy == .influence && expected.effectPromptCount == 0)
        #expect(report.features.map(\.node) == expected.features.map(\.node))
        #expect(report.cover == expected.cover)
        #expect(expected.features.allSatisfy { $0.effect == nil && $0.specificity == nil })
        try AtlasWriter(mixed.atlas).writeEffects(
            try Self.facts.map { (try some.promptID($0.text), try #require($0.graph)) })
        #expect(try AtlasDerivation(mixed.atlas).isStale())
        try AtlasDerivation(mixed.atlas).rebuild()
        #expect(try !AtlasDerivation(mixed.atlas).isStale())
        for token in explained { #expect(try some.drivers(of: token) == reader.drivers(of: token)) }
        #expect(try some.verify().problems == [])
    }

    private func key(_ node: NodeName) -> NodeKey {
        if let feature = node.feature { return NodeKey(feature) }
        if let layer = node.layer { return NodeKey(errorOfLayer: layer) }
        return NodeKey(token: node.token!)
    }
}
