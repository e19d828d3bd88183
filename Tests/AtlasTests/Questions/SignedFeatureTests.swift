import Circuits
import Foundation
import Testing

@testable import AtlasQuery
@testable import AtlasStore

/// Answers about features whose activations have two signs.
struct SignedFeatureTests {
    private let fixture: QueryFixture
    /// A feature that is now positive, now negative, and one that is never negative.
    private let signed = FeatureID(layer: 1, index: 7)
    private let oneSided = FeatureID(layer: 1, index: 3)

    init() throws { fixture = try QueryFixture(signed: true) }

    @Test func `a feature is told with both of its sides`() throws {
        let report = try fixture.reader.feature(signed)
        let negative = try #require(report.negative)
        let active = fixture.oracle.activations(of: signed)
        let below = active.map { $0.map { Double($0.value) }.filter { $0 < 0 } }
        #expect(report.activeTokens == active.joined().count && negative.activeTokens == below.joined().count)
        #expect(negative.activePrompts == below.count { !$0.isEmpty })
        #expect(negative.minimum == below.joined().min())
        #expect(negative.histogram.reduce(0, +) == negative.activeTokens)
        #expect(report.histogram.reduce(0, +) == report.activeTokens - negative.activeTokens)
        #expect(report.topExamples.allSatisfy { $0.activation > 0 })
        #expect(negative.topExamples.map(\.activation) == below.compactMap { $0.min() }.sorted().prefix(20).map { $0 })
        #expect(report.label?.hasSuffix("; negative \(negative.label)") == true)
        for example in negative.topExamples {
            #expect(example.activations.min() == example.activation)
            #expect(example.activations[example.position] == example.activation)
        }
    }

    @Test func `an interval of the negative side holds what its bounds say`() throws {
        let negative = try #require(try fixture.reader.feature(signed).negative)
        #expect(negative.intervals.count == 5 && negative.intervals[4].upper == negative.minimum)
        #expect(negative.intervals.reduce(0) { $0 + $1.promptCount } == negative.activePrompts)
        for interval in negative.intervals {
            #expect(interval.examples.count == min(5, interval.promptCount))
            #expect(interval.examples.allSatisfy { interval.lower > $0.activation && $0.activation >= interval.upper })
        }
    }

    @Test func `a feature that is never negative is told as ever, and one that always is without positive examples`()
        throws
    {
        let report = try fixture.reader.feature(oneSided)
        #expect(report.negative == nil && report.countsStoredOnly == nil)
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
        #expect(try #require(json).keys.filter { ["negative", "countsStoredOnly"].contains($0) } == [])
        let always = try fixture.reader.feature(FeatureID(layer: 1, index: 11))
        #expect(always.topExamples.isEmpty && always.maximum < 0 && always.histogram.allSatisfy { $0 == 0 })
        #expect(always.intervals.allSatisfy { $0.lower == 0 && $0.upper == 0 && $0.promptCount == 0 })
        #expect(always.label == "negative \(try #require(always.negative).label)")
    }

    @Test func `a report shortened for a page keeps the negative side`() throws {
        let whole = try fixture.reader.feature(signed)
        let short = whole.shortened(window: 2)
        let (negative, kept) = (try #require(whole.negative), try #require(short.negative))
        #expect(kept.label == negative.label && kept.histogram == negative.histogram)
        #expect(kept.topExamples.map(\.activation) == negative.topExamples.map(\.activation))
        #expect(kept.topExamples.allSatisfy { $0.tokens.count == 2 && $0.activations.contains($0.activation) })
        #expect(kept.intervals.map(\.promptCount) == negative.intervals.map(\.promptCount))
    }

    @Test func `lists tell how far below zero a feature goes, and are ordered by it`() throws {
        let list = try fixture.reader.featureList(order: FeatureOrder(.minimum), range: ListRange(limit: 100)).items
        let minima = list.map(\.minimum)
        #expect(minima.compactMap { $0 } == minima.compactMap { $0 }.sorted() && minima.count == 36)
        #expect(minima.prefix(24).allSatisfy { $0 != nil } && minima.suffix(12).allSatisfy { $0 == nil })
        let item = try #require(list.first { $0.feature == signed })
        #expect(item.negativeTokens == fixture.oracle.activations(of: signed).joined().count { $0.value < 0 })
    }

    @Test func `prompts where a feature fires come by the size of its activation, which keeps its sign`() throws {
        let found = try fixture.reader.firingPrompts(of: signed, range: ListRange(limit: 100)).items
        let expected = fixture.oracle.activations(of: signed).compactMap { entries in
            entries.max { abs($0.value) < abs($1.value) }.map { Double($0.value) }
        }
        #expect(found.map(\.activation) == expected.sorted { abs($0) > abs($1) })
        #expect(found.contains { $0.activation < 0 } && found.contains { $0.activation > 0 })
    }

    @Test func `prompts where a feature fires come in the order asked for, and equals by strength`() throws {
        func found(_ order: String) throws -> [FiringPrompt] {
            let order = try #require(FiringOrder(order))
            return try fixture.reader.firingPrompts(of: signed, order: order, range: ListRange(limit: 100)).items
        }
        let strongest = try found("strength")
        func expected(_ rank: (FiringPrompt) -> Int) -> [Int] {
            let places = Dictionary(uniqueKeysWithValues: strongest.enumerated().map { ($1.promptID, $0) })
            return strongest.map(\.promptID).sorted {
                (rank(strongest[places[$0]!]), places[$0]!) < (rank(strongest[places[$1]!]), places[$1]!)
            }
        }
        #expect(try found("position").map(\.promptID) == expected { $0.position })
        #expect(try found("-position").map(\.promptID) == expected { -$0.position })
        #expect(try found("tokens").map(\.promptID) == expected { -$0.positionCount })
        #expect(try found("-strength").map(\.activation.magnitude) == strongest.map(\.activation.magnitude).reversed())
        #expect(Set(strongest.map(\.position)).count > 1 && FiringOrder("text") == nil)
    }

    @Test func `a driver's negative part is told, and none of a feature that is never negative`() throws {
        let drivers = try fixture.reader.drivers(of: 3, limit: 1000)
        for driver in drivers.features {
            let feature = try #require(driver.node.feature)
            if RandomFacts.oneSidedIndices.contains(feature.index) { #expect(driver.negative == nil) }
            guard feature.index == 11 else { continue }
            let negative = try #require(driver.negative)
            #expect(agree(negative.influence, driver.influence) && negative.support == driver.support)
            #expect(agree(negative.directEffect, driver.directEffect))
            #expect(negative.directSupport == driver.directSupport)
        }
        #expect(drivers.features.contains { ($0.negative?.support ?? 0) > 0 && $0.negative!.support < $0.support })
        #expect(drivers.tokensAndErrors.allSatisfy { $0.negative == nil })
    }
}

/// What adds up over prompts where a feature's activation has now one sign, now the other.
struct SignedSumTests {
    private let feature = FeatureID(layer: 0, index: 1)

    /// One feature and one logit; the edge is half of the activation, whatever its sign.
    private func facts(_ number: Int, activation: Float) -> PromptFacts {
        let tokens = [0, 1 + number]
        func node(_ id: NodeID, activation: Float = 0) -> SparseGraph.Node {
            .init(id: id, activation: activation, influence: 0.5, cumulativeInfluence: 0.5, inputSum: 2, biasInput: 0)
        }
        return PromptFacts(
            text: "prompt \(number)", tokens: tokens, countedTokens: 1, predictedToken: 3, predictedProbability: 0.5,
            activations: [.init(layer: 0, position: 1, index: 1, activation: activation)],
            graph: SparseGraph(
                tokens: tokens, targets: [LogitTarget(token: 3, probability: 0.5, position: 1)],
                nodes: [
                    node(.feature(layer: 0, position: 1, index: 1), activation: activation), node(.token(position: 0)),
                    node(.token(position: 1)), node(.logit(ordinal: 0)),
                ],
                targetInfluence: [[0.5, 0, 0, 0]], edges: [.init(target: 3, source: 0, weight: activation / 2)],
                scores: GraphScores(replacement: 1, completeness: 1), activeFeatureCount: 1, selectedFeatureCount: 1,
                largestViolation: 0, nodeThreshold: 1, edgeThreshold: 1))
    }

    @Test func `what a unit of activation does is the same from both sides, also where the activations cancel`() throws
    {
        let test = try TemporaryAtlas([[facts(0, activation: 2), facts(1, activation: -2), facts(2, activation: 1)]])
        try AtlasDerivation(test.atlas).rebuild()
        let reader = AtlasReader(test.atlas)
        for prompts in [[1], [2], [1, 2], [1, 2, 3]] {
            let effect = try test.atlas.read("testing") { db in
                let basis = try CircuitBasis(
                    seed: .token(3), groupSize: prompts.count, prompts: prompts, reader, db)
                return CircuitEffects(try GrownCircuit(basis, options: CircuitOptions(size: 4), db))
                    .perActivation(of: feature)
            }
            #expect(effect == 0.5, "\(prompts)")
        }
    }

    @Test func `prompts that share a feature with opposite signs are not alike by activation`() throws {
        let test = try TemporaryAtlas([[facts(0, activation: 2), facts(1, activation: -2), facts(2, activation: 1)]])
        try AtlasDerivation(test.atlas).rebuild()
        let similar = try AtlasReader(test.atlas).similar(to: 1, by: .activation)
        #expect(similar.prompts.map(\.prompt) == [3] && similar.prompts.first?.similarity == 1)
    }

    @Test func `a driver of cancelling effects is told with the part from below zero`() throws {
        let test = try TemporaryAtlas([[facts(0, activation: 2), facts(1, activation: -2)]])
        try AtlasDerivation(test.atlas).rebuild()
        let driver = try #require(try AtlasReader(test.atlas).drivers(of: 3).features.first)
        #expect(driver.directEffect == 0 && driver.signConsistency == 0)
        let negative = try #require(driver.negative)
        #expect(negative.directEffect == -1 && negative.directSupport == 1 && negative.support == 1)
        #expect(negative.influence == driver.influence / 2)
    }
}

/// Operand grids of features whose activations are negative.
struct SignedOperandTests {
    private static let plain = FeatureID(layer: 0, index: 0)
    private static let turned = FeatureID(layer: 0, index: 1)
    private static let mixed = FeatureID(layer: 0, index: 2)

    /// Additions; the second feature is the first with its sign turned, the third has both signs.
    private func reader() throws -> (TemporaryAtlas, AtlasReader) {
        let facts = (0..<400).map { number in
            let (a, b) = (number / 20, number % 20)
            var active: [ActiveFeature] = []
            if abs(a + b - 17) < 3 {
                active.append(.init(layer: 0, position: 2, index: 0, activation: 2))
                active.append(.init(layer: 0, position: 2, index: 1, activation: -2))
            }
            active.append(.init(layer: 0, position: 1, index: 2, activation: -5))
            active.append(.init(layer: 0, position: 2, index: 2, activation: (a + b) % 10 == 5 ? -3 : 1))
            return PromptFacts(
                text: "\(a)+\(b)=", tokens: [0, 1, 2], countedTokens: 2, tags: ["a": "\(a)", "b": "\(b)"],
                predictedToken: 1, predictedProbability: 0.5, activations: active.sorted())
        }
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        return (test, AtlasReader(test.atlas))
    }

    @Test func `a grid below zero has the class and the fits of its mirror image`() throws {
        let (test, reader) = try reader()
        let plain = try reader.operands(of: Self.plain)
        let turned = try reader.operands(of: Self.turned)
        withExtendedLifetime(test) {}
        #expect(turned.values.joined().map { -($0 ?? 9) } == plain.values.joined().map { $0 ?? 9 })
        #expect(turned.shape.kind == .diagonal && turned.shape.fit == plain.shape.fit)
        #expect(turned.shape.fits == plain.shape.fits && turned.shape.sumDefect == plain.shape.sumDefect)
        #expect(turned.shape.peaks.map(\.name) == plain.shape.peaks.map(\.name))
        #expect(turned.shape.peaks.map(\.mean) == plain.shape.peaks.map { -$0.mean })
        #expect(turned.shape.minimum == -2 && turned.shape.maximum == 0 && plain.shape.minimum == nil)
    }

    @Test func `a grid of two signs is told with both, and read where the size is largest`() throws {
        let (test, reader) = try reader()
        var options = OperandsOptions()
        let last = try reader.operands(of: Self.mixed, options: options).shape
        options.position = .largest
        let largest = try reader.operands(of: Self.mixed, options: options)
        withExtendedLifetime(test) {}
        #expect(last.kind == .diagonal && last.fit == "(a+b) mod 10" && last.maximum == 1 && last.minimum == -3)
        #expect(last.peaks.first?.name == "(a+b) mod 10 = 5")
        #expect(largest.values.joined().allSatisfy { $0 == -5 } && largest.shape.kind == .constant)
    }
}
