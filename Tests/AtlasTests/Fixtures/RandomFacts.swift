import AtlasStore
import Circuits
import Foundation

/// Small made-up facts of a made-up replacement model: every kind of node, repeated tokens, signs of both kinds.
struct RandomFacts {
    static let identity = AtlasIdentity(
        modelName: "toy", modelFingerprint: "model-1", transcoderName: "toy transcoders",
        transcoderFingerprint: "transcoders-1", transcoderKind: .crossLayer, layerCount: 3, featuresPerLayer: 12,
        modelWidth: 8, vocabulary: (0..<20).map { $0 < 10 ? "w\($0)" : " w\($0 - 10)" })

    private var generator: SeededNumbers

    /// Features that are never negative, of signed facts: all but these are sometimes, and the last of a layer always.
    static let oneSidedIndices = 0..<4
    private let isSigned: Bool

    init(seed: UInt64, signed: Bool = false) {
        generator = SeededNumbers(seed: seed)
        isSigned = signed
    }

    /// The facts of `count` prompts with different texts.
    ///
    /// - Parameter signed: whether some features have negative activations
    static func prompts(_ count: Int, seed: UInt64 = 1, graphs: Bool = true, signed: Bool = false) -> [PromptFacts] {
        var source = RandomFacts(seed: seed, signed: signed)
        return (0..<count).map { source.prompt($0, graph: graphs) }
    }

    mutating func prompt(_ number: Int, graph hasGraph: Bool = true) -> PromptFacts {
        let tokens =
            [0]
            + (0..<Int.random(in: 2...6, using: &generator)).map { _ in
                Int.random(in: 1..<20, using: &generator)
            }
        var activations: [ActiveFeature] = []
        for layer in 0..<3 {
            for position in 1..<tokens.count {
                for index in 0..<12 where Int.random(in: 0..<4, using: &generator) == 0 {
                    var activation = Float.random(in: 0.01...4, using: &generator)
                    if isSigned, !Self.oneSidedIndices.contains(index), index == 11 || Bool.random(using: &generator) {
                        activation = -activation
                    }
                    activations.append(
                        ActiveFeature(layer: layer, position: position, index: index, activation: activation))
                }
            }
        }
        let answer = Int.random(in: 0..<20, using: &generator)
        return PromptFacts(
            text: "prompt \(number) of" + tokens.map { RandomFacts.identity.vocabulary[$0] }.joined(separator: " "),
            tokens: tokens, countedTokens: tokens.count - 1, externalID: "external-\(number)",
            answer: number % 3 == 0 ? nil : "answer", answerToken: number % 3 == 0 ? nil : answer,
            answerProbability: number % 3 == 0 ? nil : 0.25,
            tags: ["family": number % 2 == 0 ? "even" : "odd", "number": "\(number)"],
            predictedToken: number % 5 == 0 ? answer : (answer + 1) % 20, predictedProbability: 0.5,
            activations: activations, graph: hasGraph ? graph(tokens: tokens, activations: activations) : nil)
    }

    private mutating func graph(tokens: [Int], activations: [ActiveFeature]) -> SparseGraph {
        let targets = [3, 4, Int.random(in: 5..<20, using: &generator)].enumerated().map { ordinal, token in
            LogitTarget(token: token, probability: [0.6, 0.3, 0.05][ordinal], position: tokens.count - 1)
        }
        var ids = activations.filter { _ in Bool.random(using: &generator) }.map {
            NodeID.feature(layer: $0.layer, position: $0.position, index: $0.index)
        }
        for layer in 0..<3 { for position in 1..<tokens.count { ids.append(.error(layer: layer, position: position)) } }
        ids += tokens.indices.map { .token(position: $0) }
        ids += targets.indices.map { .logit(ordinal: $0) }
        let activation = Dictionary(
            uniqueKeysWithValues: activations.map {
                (NodeID.feature(layer: $0.layer, position: $0.position, index: $0.index), $0.activation)
            })
        let nodes = ids.map { id in
            SparseGraph.Node(
                id: id, activation: activation[id] ?? 0, influence: Float.random(in: 0...1, using: &generator),
                cumulativeInfluence: Float.random(in: 0...1, using: &generator),
                inputSum: Float.random(in: 5...9, using: &generator),
                biasInput: Float.random(in: -1...1, using: &generator))
        }
        var edges: [SparseGraph.Edge] = []
        for target in ids.indices {
            for source in ids.indices where source != target && Int.random(in: 0..<5, using: &generator) == 0 {
                edges.append(.init(target: target, source: source, weight: Float.random(in: -2...3, using: &generator)))
            }
        }
        let influence = targets.map { _ in
            ids.map { id in
                if case .logit = id { return Float(0) }
                return Bool.random(using: &generator) ? 0 : Float.random(in: 0...1, using: &generator)
            }
        }
        return SparseGraph(
            tokens: tokens, targets: targets, nodes: nodes, targetInfluence: influence, edges: edges,
            scores: GraphScores(
                replacement: Double.random(in: 0...1, using: &generator),
                completeness: Double.random(in: 0...1, using: &generator)),
            activeFeatureCount: activations.count, selectedFeatureCount: activations.count,
            largestViolation: 1e-7 * Float(tokens.count),
            nodeThreshold: 0.9, edgeThreshold: 0.95)
    }
}
