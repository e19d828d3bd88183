import Circuits
import Foundation
import Safetensors
import Testing

@testable import Attribution

/// Rows of custom targets against the rows that they are made of.
@Suite struct targets {
    /// A golden case with its whole graph.
    private struct Whole {
        let golden: GoldenCase
        let tokens: [Int]
        let graph: AttributionGraph

        init(_ name: String) throws {
            golden = try GoldenCase(name)
            tokens = try golden.tokens()
            graph = try golden.graph().graph
        }

        func attribute(_ targets: [AttributionTarget], at positions: [PositionRange] = []) throws -> AttributionGraph {
            try golden.attributor.attribute(
                tokens,
                options: AttributionOptions(
                    targets: targets, positions: positions, maximumLogits: golden.scores.maxNLogits,
                    desiredLogitProbability: golden.scores.desiredLogitProb), jobs: 2
            ).graph
        }
    }

    /// A target's inputs, bias included.
    private func row(_ graph: AttributionGraph, target: Int) -> [Float] {
        let start = target * graph.layout.sourceCount
        return graph.weights[start..<start + graph.layout.sourceCount] + [graph.biasWeights[target]]
    }

    /// The inputs of one of a graph's targets.
    private func inputs(_ graph: AttributionGraph, ofTarget ordinal: Int) -> [Float] {
        row(graph, target: graph.layout.featureCount + ordinal)
    }

    private func agree(_ found: [Float], _ expected: [Float]) -> Bool {
        let scale = expected.map(\.magnitude).max() ?? 0
        return excess(found, expected, absolute: 1e-5 + 1e-5 * scale, relative: 1e-4) <= 1
    }

    /// A direction without any meaning.
    private func direction(_ width: Int) -> AttributionTarget {
        var generator = SeededNumbers(seed: 11)
        return .direction(name: "random", vector: (0..<width).map { _ in Float.random(in: -1...1, using: &generator) })
    }

    @Test(arguments: GoldenCase.graphNames)
    func `tokens that are given have the rows that they have when they are chosen`(name: String) throws {
        let whole = try Whole(name)
        let given = try whole.attribute(whole.graph.targets.map { .token(id: $0.token) })
        #expect(given.targets == whole.graph.targets)
        #expect(given.weights == whole.graph.weights)
        #expect(given.preActivations == whole.graph.preActivations)
    }

    @Test(arguments: GoldenCase.graphNames)
    func `all inputs of a target of every kind sum to its value, at every position`(name: String) throws {
        let whole = try Whole(name)
        let last = try #require(whole.graph.activeFeatures.last).feature
        let graph = try whole.attribute(
            [
                .token(id: 3), .set(tokens: [1, 4, 7], combination: .sum), .set(tokens: [2, 5], combination: .mean),
                .difference(token: 6, minus: 2), direction(whole.golden.attributor.model.configuration.modelWidth),
                .feature(id: last), .feature(id: FeatureID(layer: 0, index: 0)),
            ], at: [PositionRange(first: 0, last: nil)])
        #expect(graph.targets.count == 7 * whole.tokens.count)
        #expect(try #require(graph.violations().max()) <= 1e-4)
    }

    @Test(arguments: GoldenCase.graphNames)
    func `a feature's row as a target is its row in the whole graph`(name: String) throws {
        let whole = try Whole(name)
        let nodes = stride(from: 0, to: whole.graph.layout.featureCount, by: 7)
        for node in nodes {
            let feature = whole.graph.feature(node)
            let graph = try whole.attribute(
                [.feature(id: feature.feature)], at: [PositionRange(feature.position)])
            #expect(agree(inputs(graph, ofTarget: 0), row(whole.graph, target: node)))
            let value = try #require(graph.preActivations.last)
            #expect(excess([value], [whole.graph.preActivations[node]], absolute: 1e-4, relative: 1e-4) <= 1)
        }
    }

    @Test(arguments: GoldenCase.graphNames)
    func `a difference's row is the difference of two rows`(name: String) throws {
        let whole = try Whole(name)
        let graph = try whole.attribute([.token(id: 5), .token(id: 9), .difference(token: 5, minus: 9)])
        let (left, right) = (inputs(graph, ofTarget: 0), inputs(graph, ofTarget: 1))
        #expect(agree(inputs(graph, ofTarget: 2), zip(left, right).map { $0 - $1 }))
    }

    @Test(arguments: GoldenCase.graphNames)
    func `a set's row is the sum or the mean of its tokens' rows`(name: String) throws {
        let whole = try Whole(name)
        let tokens = [1, 5, 9]
        let graph = try whole.attribute(
            tokens.map { .token(id: $0) }
                + [.set(tokens: tokens, combination: .sum), .set(tokens: tokens, combination: .mean)])
        let rows = (0..<3).map { inputs(graph, ofTarget: $0) }
        let sum = rows[0].indices.map { rows[0][$0] + rows[1][$0] + rows[2][$0] }
        #expect(agree(inputs(graph, ofTarget: 3), sum))
        #expect(agree(inputs(graph, ofTarget: 4), sum.map { $0 / 3 }))
    }

    @Test(arguments: GoldenCase.graphNames)
    func `a direction that is a centred unembedding row is that token`(name: String) throws {
        let whole = try Whole(name)
        let model = whole.golden.attributor.model
        let vector = zip(model.unembedding.row(5), model.meanUnembedding).map { $0 - $1 }
        let graph = try whole.attribute([.token(id: 5), .direction(name: "five", vector: vector)])
        #expect(agree(inputs(graph, ofTarget: 1), inputs(graph, ofTarget: 0)))
        let values = graph.preActivations.suffix(2).map { $0 }
        #expect(excess([values[1]], [values[0]], absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test(arguments: GoldenCase.graphNames)
    func `silencing a feature with everything frozen changes targets of every kind by its column`(name: String) throws {
        let whole = try Whole(name)
        let result = try whole.golden.attributor.attribute(
            whole.tokens,
            options: AttributionOptions(
                targets: [
                    .set(tokens: [1, 4], combination: .mean), .difference(token: 6, minus: 2),
                    direction(whole.golden.attributor.model.configuration.modelWidth),
                    .feature(id: FeatureID(layer: 2, index: 1)),
                ], positions: [PositionRange(first: whole.tokens.count - 2, last: nil)]), jobs: 2)
        var generator = SeededNumbers(seed: 3)
        let verification = try GraphVerification(
            result, attributor: whole.golden.attributor, count: 5, using: &generator)
        #expect(verification.agrees, "worst \(verification.worst)")
    }

    @Test func `tokens are chosen anew at every position`() throws {
        let whole = try Whole("llama-clt_relu")
        let graph = try whole.attribute([], at: [PositionRange(2), PositionRange(first: 4, last: 5)])
        #expect(graph.targets.map(\.position) == graph.targets.map(\.position).sorted())
        #expect(Set(graph.targets.map(\.position)) == [2, 4, 5])
        let alone = try whole.attribute([], at: [PositionRange(4)])
        #expect(graph.targets.filter { $0.position == 4 } == alone.targets)
    }

    @Test func `a custom target is numbered from the vocabulary's end and weighed by the probability of its tokens`()
        throws
    {
        let whole = try Whole("llama-clt_relu")
        let size = whole.golden.attributor.model.configuration.vocabularySize
        let graph = try whole.attribute(
            [
                .token(id: 3), .token(id: 4), .set(tokens: [3, 4], combination: .sum),
                .feature(id: FeatureID(layer: 0, index: 1)),
            ])
        #expect(graph.targets.map(\.token) == [3, 4, size + 2, size + 3])
        let weights = graph.targets.map(\.probability)
        #expect(abs(weights[2] - weights[0] - weights[1]) < 1e-6)
        #expect(weights[3] == 1)
    }

    @Test(arguments: [
        (AttributionTarget.token(id: 100_000), "token ids below"),
        (.set(tokens: [], combination: .sum), "one token or more"),
        (.set(tokens: [1, 1], combination: .sum), "each once"),
        (.difference(token: 2, minus: 2), "two tokens"),
        (.direction(name: "short", vector: [1]), "the model's width"),
        (.feature(id: FeatureID(layer: 9, index: 0)), "layers 0 to"),
        (.feature(id: FeatureID(layer: 0, index: 100_000)), "indices 0 to"),
    ])
    func `a target that the model does not have is refused`(target: AttributionTarget, reason: String) throws {
        let golden = try GoldenCase("llama-clt_relu")
        let error = #expect(throws: TargetError.self) {
            try golden.attributor.attribute(golden.tokens(), options: AttributionOptions(targets: [target]))
        }
        #expect(error?.description.contains(reason) == true)
    }

    @Test func `a position beyond the prompt and a target given twice are refused`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let tokens = try golden.tokens()
        #expect(throws: TargetError.self) {
            try golden.attributor.attribute(
                tokens, options: AttributionOptions(positions: [PositionRange(tokens.count)]))
        }
        #expect(throws: TargetError.self) {
            try golden.attributor.attribute(
                tokens, options: AttributionOptions(targets: [.token(id: 1), .token(id: 1)]))
        }
    }

    @Test func `a raw file says what and where its targets are`() throws {
        let whole = try Whole("llama-clt_relu")
        let graph = try whole.attribute([.token(id: 3), .difference(token: 5, minus: 9)], at: [PositionRange(2)])
        let path = NSTemporaryDirectory() + "raw-" + UUID().uuidString + ".safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try RawGraphFile(graph).write(to: path)
        #expect(try SafetensorsFile(path: path).tensor("logit_positions").shape == [2])
        let header = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)).prefix(4096), as: UTF8.self)
        #expect(header.contains("__metadata__"))
        #expect(header.contains("#5"))
    }
}
