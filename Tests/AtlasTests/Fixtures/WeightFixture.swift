import AtlasIndexing
import Attribution
import Circuits
import DemoData
import Texts

@testable import AtlasExperiments
@testable import AtlasQuery
@testable import AtlasStore

/// Made-up facts about the demo's replacement model, whose weights are real.
struct WeightFixture {
    let oracle: PlainOracle
    let test: TemporaryAtlas
    let reader: AtlasReader
    let weights: VirtualWeights

    private static let attributor = Result {
        let data = try DemoData()
        return try Attributor(modelFolder: data.model, transcoderFolder: data.transcoders)
    }

    init(count: Int = 30, shuffledBy seed: UInt64? = nil) throws {
        let attributor = try Self.attributor.get()
        weights = VirtualWeights(attributor)
        var facts = RandomFacts.prompts(count)
        oracle = PlainOracle(facts)
        if let seed {
            var generator = SeededNumbers(seed: seed)
            facts.shuffle(using: &generator)
        }
        let cut = seed == nil ? count / 2 : count / 5
        test = try TemporaryAtlas(
            [Array(facts.prefix(cut)), Array(facts.dropFirst(cut))], identity: AtlasIdentity(attributor))
        try AtlasDerivation(test.atlas).rebuild()
        reader = AtlasReader(test.atlas)
    }

    /// The facts of the prompts with a tag.
    func facts(where name: String? = nil, is value: String = "") -> [PromptFacts] {
        oracle.prompts.filter { name == nil || $0.tags[ExactText(name!)] == value }
    }
}

extension [PromptFacts] {
    /// Calls `body` with two features' activations at every counted token, 0 where one is silent.
    func forEachToken(_ first: FeatureID, _ second: FeatureID, _ body: (Double, Double) -> Void) {
        for facts in self {
            for position in 1..<facts.tokens.count {
                func activation(_ feature: FeatureID) -> Double {
                    facts.activations.first { $0.feature == feature && $0.position == position }
                        .map { Double($0.activation) } ?? 0
                }
                body(activation(first), activation(second))
            }
        }
    }
}
