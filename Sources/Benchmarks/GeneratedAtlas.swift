import AtlasStore
import Circuits
import Foundation
import Texts

/// A large atlas of made-up facts, for measuring questions: as many prompts, activations and edges as a real one, with
/// the unevenness of one.
///
/// Prompts belong to topics of very different sizes. A topic has its own tokens, answers and features, which recur in its
/// prompts and so in aggregated edges; the other activations are drawn from all features, a few of them everywhere. Tags tell
/// the topic and a prompt's number in it, which pairs topics' prompts; the first 10,000 have operands of a grid.
struct GeneratedAtlas {
    /// How much is made.
    struct Size {
        var prompts = 100_000
        var edgesPerPrompt = 100
        var activationsPerPrompt = 300
    }

    private static let layerCount = 26
    private static let featuresPerLayer = 16_384
    private static let vocabularySize = 32_000
    private static let topicCount = 1_000
    private static let tokensPerPrompt = 20
    private static let featuresPerTopic = 400
    private static let featureNodes = 45
    private static let targets = 5
    private static let batch = 1_000
    /// The first prompts make a grid of two operands.
    private static let gridSide = 100

    static let identity = AtlasIdentity(
        modelName: "generated", modelFingerprint: "generated", transcoderName: "generated transcoders",
        transcoderFingerprint: "generated", transcoderKind: .crossLayer, layerCount: layerCount,
        featuresPerLayer: featuresPerLayer, modelWidth: 2_304,
        vocabulary: (0..<vocabularySize).map { " word\($0)" })

    private let size: Size
    private var generator = SeededNumbers(seed: 1)
    private let topics: [Topic]
    /// How many prompts each topic has so far.
    private var promptsOfTopic = [Int](repeating: 0, count: topicCount)

    /// What the prompts of one topic share.
    private struct Topic {
        var tokens: [Int]
        var answers: [Int]
        var features: [FeatureID]
    }

    init(_ size: Size) {
        self.size = size
        var generator = SeededNumbers(seed: 2)
        topics = (0..<Self.topicCount).map { _ in
            Topic(
                tokens: (0..<60).map { _ in Self.uneven(Self.vocabularySize, &generator) },
                answers: (0..<12).map { _ in Int.random(in: 0..<Self.vocabularySize, using: &generator) },
                features: (0..<Self.featuresPerTopic).map { _ in Self.feature(&generator) })
        }
    }

    /// Writes the atlas and derives its statistics.
    mutating func write(to path: String, progress: (Int, Int) -> Void) throws {
        try writeFacts(to: path, prompts: 0..<size.prompts, progress: progress)
        let atlas = try Atlas.open(path, mode: .readWrite)
        try AtlasDerivation(atlas).rebuild()
        try atlas.close()
    }

    /// Writes an atlas of the prompts with some numbers, without statistics; prompts come one after another.
    mutating func writeFacts(to path: String, prompts: Range<Int>, progress: (Int, Int) -> Void) throws {
        let atlas = try Atlas.open(path, mode: .create(Self.identity))
        let writer = AtlasWriter(atlas)
        let run = try writer.beginRun(corpus: "generated")
        for start in stride(from: prompts.lowerBound, to: prompts.upperBound, by: Self.batch) {
            let end = min(start + Self.batch, prompts.upperBound)
            try writer.commit((start..<end).map { prompt($0) }, run: run)
            progress(end - prompts.lowerBound, prompts.count)
        }
        try writer.finishRun(run)
        try atlas.close()
    }

    /// Goes on as if so many prompts had been written.
    mutating func skip(_ prompts: Int) {
        for number in 0..<prompts { _ = prompt(number) }
    }

    private mutating func prompt(_ number: Int) -> PromptFacts {
        let topicNumber = Self.uneven(Self.topicCount, &generator)
        let topic = topics[topicNumber]
        let tokens = [0] + (1..<Self.tokensPerPrompt).map { _ in topic.tokens.randomElement(using: &generator)! }
        var places = Set<[Int]>()
        while places.count < size.activationsPerPrompt {
            let isOwn = Int.random(in: 0..<10, using: &generator) < 6
            let feature =
                isOwn ? topic.features[Self.uneven(topic.features.count, &generator)] : Self.feature(&generator)
            places.insert([feature.layer, Int.random(in: 1..<tokens.count, using: &generator), feature.index])
        }
        let activations = places.sorted { $0.lexicographicallyPrecedes($1) }.map {
            ActiveFeature(
                layer: $0[0], position: $0[1], index: $0[2], activation: Float.random(in: 0.1...9, using: &generator))
        }
        let answers = Set((0..<Self.targets).map { _ in topic.answers.randomElement(using: &generator)! }).sorted()
        let targets = answers.enumerated().map { ordinal, token in
            LogitTarget(
                token: token, probability: 0.6 / Float(1 << ordinal), position: tokens.count - 1)
        }
        var tags: [ExactText: String] = ["topic": "\(topicNumber)", "pair": "\(promptsOfTopic[topicNumber])"]
        promptsOfTopic[topicNumber] += 1
        if number < Self.gridSide * Self.gridSide {
            tags["a"] = "\(number / Self.gridSide)"
            tags["b"] = "\(number % Self.gridSide)"
        }
        return PromptFacts(
            text: tokens.dropFirst().map { "word\($0)" }.joined(separator: " ") + " \(number)", tokens: tokens,
            countedTokens: tokens.count - 1, externalID: "generated-\(number)",
            tags: tags, predictedToken: answers[0], predictedProbability: 0.6,
            activations: activations, graph: graph(tokens: tokens, targets: targets, activations: activations))
    }

    private mutating func graph(
        tokens: [Int], targets: [LogitTarget], activations: [ActiveFeature]
    ) -> SparseGraph {
        let step = max(1, activations.count / Self.featureNodes)
        let chosen = stride(from: 0, to: activations.count, by: step).map { activations[$0] }.prefix(Self.featureNodes)
        var ids = chosen.map { NodeID.feature(layer: $0.layer, position: $0.position, index: $0.index) }
        let layers = chosen.map(\.layer)
        ids += (0..<5).map { .error(layer: $0 * 5, position: tokens.count - 1) }
        ids += tokens.indices.dropFirst().map { .token(position: $0) }
        let firstLogit = ids.count
        ids += targets.indices.map { .logit(ordinal: $0) }
        let nodes = ids.enumerated().map { place, id in
            SparseGraph.Node(
                id: id, activation: place < chosen.count ? chosen[place].activation : 0,
                influence: Float.random(in: 0.001...0.1, using: &generator), cumulativeInfluence: 0.5,
                inputSum: place < chosen.count || place >= firstLogit ? 12 : 0, biasInput: 0)
        }
        var pairs = Set<[Int]>()
        while pairs.count < size.edgesPerPrompt {
            let isLogit = Int.random(in: 0..<5, using: &generator) == 0
            let target =
                isLogit
                ? Int.random(in: firstLogit..<ids.count, using: &generator)
                : Int.random(in: 0..<chosen.count, using: &generator)
            let source = Int.random(in: 0..<firstLogit, using: &generator)
            if target < firstLogit {
                if source < chosen.count, layers[source] >= layers[target] { continue }
                if case .error(let layer, _) = ids[source], layer >= layers[target] { continue }
            }
            pairs.insert([target, source])
        }
        let edges = pairs.sorted { $0.lexicographicallyPrecedes($1) }.map {
            SparseGraph.Edge(target: $0[0], source: $0[1], weight: Float.random(in: -1...2, using: &generator))
        }
        return SparseGraph(
            tokens: tokens, targets: targets, nodes: nodes,
            targetInfluence: targets.map { _ in
                nodes.indices.map { place in
                    place < firstLogit && Bool.random(using: &generator)
                        ? Float.random(in: 0.001...0.1, using: &generator) : 0
                }
            },
            edges: edges, scores: GraphScores(replacement: 0.8, completeness: 0.9),
            activeFeatureCount: activations.count, selectedFeatureCount: activations.count, largestViolation: 0,
            nodeThreshold: 0.95, edgeThreshold: 0.99)
    }

    private static func feature(_ generator: inout SeededNumbers) -> FeatureID {
        FeatureID(
            layer: Int.random(in: 0..<layerCount, using: &generator), index: uneven(featuresPerLayer, &generator))
    }

    /// A number below `count`, small ones far more often: the square of a uniform one.
    private static func uneven(_ count: Int, _ generator: inout SeededNumbers) -> Int {
        let uniform = Double.random(in: 0..<1, using: &generator)
        return Int(uniform * uniform * Double(count))
    }
}
