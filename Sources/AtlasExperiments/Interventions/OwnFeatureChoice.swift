import AtlasQuery
import Attribution
import Circuits
import Foundation
import Tensors

/// A feature at so many tokens before a prompt's end: places of like prompts that differ in length are one place.
struct FeaturePlace: Hashable, Comparable {
    let feature: FeatureID
    let tokensBeforeEnd: Int

    /// The position in a prompt; `nil` where it is too short.
    func position(in tokens: [Int]) -> Int? {
        tokensBeforeEnd < tokens.count ? tokens.count - 1 - tokensBeforeEnd : nil
    }

    static func < (left: Self, right: Self) -> Bool {
        (left.tokensBeforeEnd, left.feature) < (right.tokensBeforeEnd, right.feature)
    }
}

extension ExchangeReport.OwnFeature {
    /// Where it is exchanged.
    var place: FeaturePlace { FeaturePlace(feature: feature, tokensBeforeEnd: tokensBeforeEnd) }
}

/// What is known of one value's features, added up over its prompts.
struct GatheredValue {
    private let promptCount: Int
    private var sums: [FeaturePlace: Sum] = [:]

    fileprivate struct Sum {
        var influence = 0.0
        var activation = 0.0
        var contribution = 0.0
        var merit = 0.0
    }

    init(_ value: ExchangeFacts.Value, models: PromptModels) throws {
        promptCount = value.prompts.count
        for prompt in value.prompts {
            try Cancellation.check()
            let layers = try models.attributor(prompt: prompt.id, tokenCount: prompt.tokens.count).basis.layers
            for node in prompt.nodes {
                let feature = node.place.feature
                let resting = try layers[feature.layer].restingActivation(of: feature.index, position: node.position)
                sums[node.place, default: Sum()].add(node, resting: resting)
            }
        }
    }

    /// Mean of what features are ranked by, 0 where a graph lacks it.
    func meanMerit(of place: FeaturePlace) -> Double { (sums[place]?.merit ?? 0) / Double(promptCount) }

    /// Where its prompts' graphs have features.
    var places: some Collection<FeaturePlace> { sums.keys }

    /// Mean influence, 0 where a graph lacks it.
    func meanInfluence(of place: FeaturePlace) -> Double { (sums[place]?.influence ?? 0) / Double(promptCount) }

    /// Mean activation, 0 where a graph lacks it.
    func meanActivation(of place: FeaturePlace) -> Double { (sums[place]?.activation ?? 0) / Double(promptCount) }

    /// Mean of the activation less what it rests at, 0 where a graph lacks it.
    func meanContribution(of place: FeaturePlace) -> Double { (sums[place]?.contribution ?? 0) / Double(promptCount) }
}

extension GatheredValue.Sum {
    fileprivate mutating func add(_ node: ExchangeFacts.Node, resting: Float) {
        influence += Double(node.influence)
        activation += Double(node.activation)
        contribution += Double(node.activation - resting)
        merit += Double(node.merit)
    }
}

/// Which features are a value's own.
struct OwnFeatureChoice {
    private let activeCounts: [FeaturePlace: Int]
    private let valueCount: Int
    /// Whether contributions already count from what the values have in common.
    private let countsFromMean: Bool
    private let options: ExchangeOptions

    init(_ values: [GatheredValue], models: PromptModels, options: ExchangeOptions) {
        var counts: [FeaturePlace: Int] = [:]
        for value in values { for place in value.places { counts[place, default: 0] += 1 } }
        activeCounts = counts
        valueCount = values.count
        countsFromMean = models.countsFromMean
        self.options = options
    }

    /// How many values a feature is active with.
    func activeValues(of place: FeaturePlace) -> Int { activeCounts[place] ?? 0 }

    /// A value's own features, most telling first, and as many others of its prompts at random.
    ///
    /// - Parameter number: the value's place in the list, which seeds the random ones
    func features(of value: GatheredValue, number: Int) -> (own: [FeaturePlace], control: [FeaturePlace]) {
        func score(_ place: FeaturePlace) -> Double {
            let rarity = countsFromMean ? 1 : log(Double(valueCount) / Double(activeValues(of: place)))
            return value.meanMerit(of: place) * rarity
        }
        let scored = value.places.map { ($0, score($0)) }.filter { $0.1 > 0 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let own = scored.prefix(options.featureLimit).map(\.0)
        let chosen = Set(own)
        var generator = SeededNumbers(seed: options.seed, stream: UInt64(number))
        let others = value.places.sorted().filter { !chosen.contains($0) }
        return (own, others.shuffled(using: &generator).prefix(own.count).sorted())
    }
}
