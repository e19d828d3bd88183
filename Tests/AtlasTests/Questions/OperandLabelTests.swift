import AtlasStore
import Circuits
import Testing

@testable import AtlasQuery

/// What features are called by their activations over an operand grid.
struct OperandLabelTests {
    private static let features: [(FeatureID, String?, @Sendable (Int, Int) -> Float)] = [
        (FeatureID(layer: 0, index: 0), "a ≈ 7", { a, _ in a == 7 ? 3 : a == 8 ? 2 : 0 }),
        (FeatureID(layer: 0, index: 1), "b in 10–19", { _, b in b / 10 == 1 ? 3 : 0 }),
        (FeatureID(layer: 0, index: 2), "b mod 10 = 3", { _, b in b % 10 == 3 ? 1 : 0 }),
        (FeatureID(layer: 0, index: 3), "a+b ≈ 17", { a, b in Float(max(0, 4 - abs(a + b - 17))) }),
        (
            FeatureID(layer: 1, index: 0), "(a+b) mod 10 = 5 or 2",
            { a, b in (a + b) % 10 == 5 ? 3 : (a + b) % 10 == 2 ? 2 : 0 }
        ),
        (
            FeatureID(layer: 1, index: 1), "a mod 10 = 6, b mod 10 = 9",
            { a, b in a % 10 == 6 && b % 10 == 9 ? 4 : 0 }
        ),
        (FeatureID(layer: 1, index: 2), nil, { _, _ in 1.5 }),
        (FeatureID(layer: 1, index: 3), "negative where b mod 10 = 3", { _, b in b % 10 == 3 ? -1 : 0 }),
        (FeatureID(layer: 2, index: 0), "a ≈ 2 or 17", { a, _ in a == 2 ? 3 : a == 17 ? 2 : 0 }),
    ]

    private static func facts(tagged: Bool = true) -> [PromptFacts] {
        (0..<400).map { number in
            let (a, b) = (number / 20, number % 20)
            var active: [ActiveFeature] = []
            for (feature, _, value) in features {
                active.append(.init(layer: feature.layer, position: 1, index: feature.index, activation: 9))
                guard value(a, b) != 0 else { continue }
                active.append(.init(layer: feature.layer, position: 2, index: feature.index, activation: value(a, b)))
            }
            return PromptFacts(
                text: "\(a)+\(b)=", tokens: [0, 1, 2], countedTokens: 2,
                tags: tagged
                    ? ["a": "\(a)", "b": "\(b)", "heldout": "\(number % 2)", "name": "x\(a)"] : ["name": "x\(a)"],
                predictedToken: 1, predictedProbability: 0.5, activations: active.sorted())
        }
    }

    private func reader(_ facts: [PromptFacts]) throws -> (TemporaryAtlas, AtlasReader) {
        let test = try TemporaryAtlas([facts])
        try AtlasDerivation(test.atlas).rebuild()
        return (test, AtlasReader(test.atlas))
    }

    @Test func `a feature is called by what it depends on, the same alone and among others`() throws {
        let (test, reader) = try reader(Self.facts())
        #expect(try reader.operandTags() == OperandTags(rowTag: "a", columnTag: "b"))
        let labels = try reader.operandLabels(of: Self.features.map(\.0))
        #expect(labels.cellCount == 400 && labels.rowTag == "a" && labels.columnTag == "b")
        for (row, (feature, label, _)) in zip(labels.features, Self.features) {
            #expect(row.feature == feature && row.label == label, "\(feature)")
            let shape = try reader.operands(of: feature).shape
            #expect(shape.label == label && shape.kind == row.kind && shape.explained == row.explained, "\(feature)")
        }
        withExtendedLifetime(test) {}
    }

    @Test func `of three tags of numbers those of most prompts are the operands`() throws {
        let facts = Self.facts().enumerated().map { number, facts in
            var facts = facts
            if number < 100 { facts.tags["a0"] = "\(number)" }
            return facts
        }
        let (test, reader) = try reader(facts)
        #expect(try reader.operandTags() == OperandTags(rowTag: "a", columnTag: "b"))
        withExtendedLifetime(test) {}
    }

    @Test func `a corpus without two tags of numbers has no operands`() throws {
        let (test, reader) = try reader(Self.facts(tagged: false))
        #expect(try reader.operandTags() == OperandTags(rowTag: nil, columnTag: nil))
        let labels = try reader.operandLabels(of: Self.features.map(\.0))
        #expect(labels.rowTag == nil && labels.features.allSatisfy { $0.label == nil && $0.kind == .none })
        withExtendedLifetime(test) {}
    }

    @Test func `a feature that never fires has no name, and one that is not there is told`() throws {
        let (test, reader) = try reader(Self.facts())
        let silent = FeatureID(layer: 2, index: 3)
        #expect(try reader.operandLabels(of: [silent]).features.map(\.label) == [nil])
        #expect(throws: QuestionError.self) { try reader.operandLabels(of: [FeatureID(layer: 99, index: 0)]) }
        withExtendedLifetime(test) {}
    }
}
