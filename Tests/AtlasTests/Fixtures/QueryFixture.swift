import Circuits
import Foundation

@testable import AtlasQuery
@testable import AtlasStore

/// A derived atlas with token effects and one human label, and what the plain way says about it.
struct QueryFixture {
    let facts: [PromptFacts]
    let oracle: PlainOracle
    let test: TemporaryAtlas
    let reader: AtlasReader

    static let labelled = FeatureID(layer: 1, index: 2)

    init(count: Int = 40, shuffledBy seed: UInt64? = nil, signed: Bool = false) throws {
        facts = RandomFacts.prompts(count, signed: signed)
        oracle = PlainOracle(facts)
        var order = facts
        if let seed {
            var generator = SeededNumbers(seed: seed)
            order.shuffle(using: &generator)
        }
        test = try TemporaryAtlas([Array(order.prefix(count / 3)), Array(order.dropFirst(count / 3))])
        let writer = AtlasWriter(test.atlas)
        try writer.setLabel("the Dallas feature", note: "seen in Texas", of: Self.labelled)
        try writer.writeTokenEffects(
            oracle.features.map { feature in
                FeatureTokenEffects(
                    feature: feature,
                    promoted: [
                        .init(token: feature.index, value: 2 + Double(feature.layer)), .init(token: 3, value: 1),
                    ],
                    suppressed: [.init(token: 19, value: -1)], excitedBy: [.init(token: 5, value: 0.5)])
            })
        try AtlasDerivation(test.atlas).rebuild()
        reader = AtlasReader(test.atlas)
    }
}
