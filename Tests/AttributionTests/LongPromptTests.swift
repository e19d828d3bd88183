import Circuits
import Foundation
import LanguageModels
import Tensors
import Testing

@testable import Attribution

/// Prompts that are long enough for patterns in blocks, over models with every kind of attention.
@Suite struct `long prompts` {
    /// Models whose prompts may be longer than a block of queries; with windows, soft-caps and shared value heads.
    private static let models: [RandomModel] = RandomModel.all.filter { $0.shapes["wpe.weight"] == nil }.map {
        var model = $0
        model.configuration["max_position_embeddings"] = 600
        for name in ["sliding_window"] where model.configuration[name] != nil { model.configuration[name] = 70 }
        return model
    }
    private static let few = AttributionOptions(maximumFeatureNodes: 40, maximumLogits: 3)

    private static func replacement(_ model: RandomModel, length: Int) throws -> RandomReplacement {
        try RandomReplacement(model, RandomReplacement.Wiring.all[model.isParallel ? 0 : 2], length: length)
    }

    @Test(arguments: models)
    func `patterns in blocks of queries are those of one query after the other`(model: RandomModel) throws {
        let replacement = try Self.replacement(model, length: 300)
        let trace = try replacement.attributor.model.run(replacement.tokens, keepingPatternsTo: .max)
        for (block, layer) in zip(replacement.attributor.model.blocks, trace.layers) {
            let normalized = block.attentionNorm.applied(
                to: layer.residual, denominators: layer.attentionDenominators)
            let found = try #require(layer.attention.kept)
            for (head, query) in [(0, 0), (1, 69), (2, 255), (3, 256), (1, 299)] {
                var scores = block.attention.scores(head: head, query: query, normalized: normalized)
                if let cap = block.attention.scoreSoftCap {
                    scores.withUnsafeMutableBufferPointer { softCap($0.baseAddress!, at: cap, count: $0.count) }
                }
                let first = block.attention.firstKey(ofQuery: query)
                let expected =
                    [Float](repeating: 0, count: first) + softmax(scores)
                    + [Float](repeating: 0, count: 299 - query)
                let start = (head * 300 + query) * 300
                #expect(excess(Array(found[start..<start + 300]), expected, absolute: 1e-5, relative: 1e-4) <= 1)
            }
        }
    }

    @Test(arguments: models)
    func `patterns that are not kept are made anew as they were`(model: RandomModel) throws {
        let replacement = try Self.replacement(model, length: 300)
        let language = replacement.attributor.model
        let kept = try language.run(replacement.tokens, keepingPatternsTo: .max)
        let remade = try language.run(replacement.tokens, keepingPatternsTo: 0)
        for (one, other) in zip(kept.layers, remade.layers) {
            #expect(other.attention.kept == nil)
            #expect(excess(other.patterns, one.patterns, absolute: 1e-5, relative: 1e-4) <= 1)
        }
        #expect(excess(remade.finalResidual.values, kept.finalResidual.values, absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test(arguments: models)
    func `what attention's adjoint makes of many targets is what its kernel makes of each`(model: RandomModel) throws {
        let replacement = try Self.replacement(model, length: 300)
        let trace = try replacement.attributor.model.run(replacement.tokens, keepingPatternsTo: 0)
        let attention = replacement.attributor.model.blocks[1].attention
        let layer = trace.layers[1]
        let (live, reach) = (3, 290)
        let width = attention.headCount * attention.headWidth
        let valueWidth = attention.keyValueHeadCount * attention.headWidth
        var numbers = SeededNumbers(seed: 3)
        let heads = (0..<live * reach * width).map { _ in Float(numbers.next() >> 40) / Float(1 << 23) - 1 }
        let scale = layer.attentionDenominators.map { 1 / $0 }
        var found = [Float](repeating: .nan, count: live * reach * valueWidth)
        let mixing = AttentionMixing(targetCount: live, reach: reach, headWidth: attention.headWidth)
        _ = mixing.apply(
            heads, live: live, reach: reach, attention: attention, patterns: layer.attention, scale: scale, .float32,
            into: &found)
        var expected = [Float](repeating: .nan, count: live * reach * valueWidth)
        let patterns = layer.patterns
        expected.withUnsafeMutableBufferPointer { expected in
            heads.withUnsafeBufferPointer { heads in
                for target in 0..<live {
                    attentionAdjoint(
                        heads.baseAddress! + target * reach * width, patterns: patterns, scale: scale,
                        into: expected.baseAddress! + target * reach * valueWidth, positionCount: reach,
                        positionStride: 300, headCount: attention.headCount, groupSize: attention.groupSize,
                        headWidth: attention.headWidth)
                }
            }
        }
        #expect(excess(found, expected, absolute: 1e-4, relative: 1e-4) <= 1)
    }

    @Test(arguments: models)
    func `a graph is the same whatever is kept, and its inputs sum to pre-activations`(model: RandomModel) throws {
        for wiring in RandomReplacement.Wiring.all where !model.isParallel || wiring.input != .residualMiddle {
            let replacement = try RandomReplacement(model, wiring, length: 100)
            var attributor = replacement.attributor
            let usual = try attributor.attribute(replacement.tokens, options: Self.few, jobs: 2).graph
            (attributor.memory.keptPatterns, attributor.memory.keptDecoders) = (0, 0)
            let result = try attributor.attribute(replacement.tokens, options: Self.few)
            let other = result.graph
            #expect(result.local.trace.layers.allSatisfy { $0.attention.kept == nil })
            #expect(result.local.decoders.keptRowCount == 0)
            #expect(other.selectedFeatures == usual.selectedFeatures)
            #expect(excess(other.weights, usual.weights, absolute: 1e-4, relative: 1e-3) <= 1)
            #expect(excess(other.unselectedWeights, usual.unselectedWeights, absolute: 1e-4, relative: 1e-3) <= 1)
            #expect(try #require(usual.violations().max()) <= 1e-4)
            #expect(try #require(other.violations().max()) <= 1e-4)
        }
    }

    @Test(arguments: models)
    func `what follows a graph is the same whatever is kept`(model: RandomModel) throws {
        let replacement = try Self.replacement(model, length: 100)
        var attributor = replacement.attributor
        let kept = try attributor.attribute(replacement.tokens, options: Self.few)
        attributor.memory.keptPatterns = 0
        let remade = try attributor.attribute(replacement.tokens, options: Self.few)
        for (one, other) in zip(kept.local.trace.layers, remade.local.trace.layers) {
            #expect(one.attention.kept != nil && other.attention.kept == nil)
            for (head, query) in [(0, 0), (1, 63), (3, 99)] {
                let start = (head * 100 + query) * 100
                let expected = Array(one.patterns[start...start + query])
                #expect(one.attention.weights(head: head, query: query) == expected)
                let found = other.attention.weights(head: head, query: query)
                #expect(excess(found, expected, absolute: 1e-5, relative: 1e-4) <= 1)
            }
        }
        for (one, other) in zip(kept.local.trace.headPatterns(), remade.local.trace.headPatterns()) {
            let numbers = [one, other].map { [$0.previous, $0.same, $0.first, $0.distance, $0.entropy] }
            #expect(excess(numbers[1], numbers[0], absolute: 1e-5, relative: 1e-4) <= 1)
        }
        let (edges, weights) = HeadLoadings.edges(of: kept.graph)
        let expected = try HeadLoadings(attributor, kept).collected(edges, jobs: 2)
        var loadings = HeadLoadings(attributor, remade)
        for limit in [loadings.keptNumbers, 1] {
            loadings.keptNumbers = limit
            let found = try loadings.collected(edges)
            #expect(excess(found.flatMap(\.self), expected.flatMap(\.self), absolute: 1e-5, relative: 1e-3) <= 1)
            #expect(try loadings.compute(edges, checkedAgainst: weights) { _, _ in }.largestViolation <= 1e-4)
        }
        let effects = try [kept, remade].map { result in
            try attributor.effects(
                ofNodesIn: SparseGraph(result.graph, nodeThreshold: 1, edgeThreshold: 1), of: result, answer: nil,
                measured: 70)
        }
        #expect(effects[0].measured.count == 40 && effects[0].measured.map(\.node) == effects[1].measured.map(\.node))
        let gaps = effects.map { $0.measured.map(\.gap) }
        #expect(excess(gaps[1], gaps[0], absolute: 1e-4, relative: 1e-3) <= 1)
        #expect(excess(effects[1].gradient.gap, effects[0].gradient.gap, absolute: 1e-4, relative: 1e-3) <= 1)
    }

    @Test func `where heads look in a long prompt is summed without loss`() throws {
        var model = try #require(Self.models.first)
        model.configuration["max_position_embeddings"] = 1_500
        let replacement = try Self.replacement(model, length: 1_500)
        var trace = try replacement.attributor.model.run(replacement.tokens, keepingPatternsTo: 0)
        trace.layers = [trace.layers[0]]
        let heads = trace.layers[0].attention.headCount
        var even = [Float](repeating: 0, count: heads * 1_500 * 1_500)
        for head in 0..<heads {
            for query in 0..<1_500 {
                let start = (head * 1_500 + query) * 1_500
                for key in start...start + query { even[key] = 1 / Float(query + 1) }
            }
        }
        trace.layers[0].patterns = even
        let queries = 1..<1_500
        for pattern in trace.headPatterns() {
            let distance = queries.reduce(0.0) { $0 + Double($1) / 2 } / 1_499
            #expect(abs(Double(pattern.distance) / distance - 1) < 1e-6)
            let entropy = queries.reduce(0.0) { $0 + log(Double($1 + 1)) } / 1_499
            #expect(abs(Double(pattern.entropy) / entropy - 1) < 1e-6)
            let first = queries.reduce(0.0) { $0 + 1 / Double($1 + 1) } / 1_499
            #expect(abs(Double(pattern.first) / first - 1) < 1e-6 && pattern.previous == pattern.first)
        }
    }

    @Test func `a silenced feature changes a long prompt's targets by its column`() throws {
        let model = try #require(Self.models.first { !$0.isParallel })
        let replacement = try Self.replacement(model, length: 100)
        let result = try replacement.attributor.attribute(replacement.tokens, options: Self.few)
        var generator = SeededNumbers(seed: 1)
        let verification = try GraphVerification(
            result, attributor: replacement.attributor, count: 8, using: &generator)
        #expect(verification.agrees)
    }

    @Test(arguments: [1, 7, 40])
    func `rows of chosen features alone are those of all features, the others summed`(batch: Int) throws {
        for (model, wiring) in RandomReplacement.all.prefix(8) {
            let replacement = try RandomReplacement(model, wiring)
            let whole = try replacement.attributor.attribute(replacement.tokens).graph
            var options = AttributionOptions(maximumFeatureNodes: 40, batchSize: batch, updateInterval: 1)
            options.maximumLogits = 10
            let part = try replacement.attributor.attribute(replacement.tokens, options: options).graph
            #expect(part.layout.featureCount == 40 && part.activeFeatures == whole.activeFeatures)
            let targets =
                part.selectedFeatures + (0..<part.layout.logitCount).map { whole.layout.featureCount + $0 }
            var expected: [Float] = []
            var others: [Float] = []
            let chosen = Set(part.selectedFeatures)
            for target in targets {
                let row = whole.weights[target * whole.layout.sourceCount..<(target + 1) * whole.layout.sourceCount]
                    .map(\.self)
                expected += part.selectedFeatures.map { row[$0] } + row[whole.layout.featureCount...]
                others.append(
                    (0..<whole.layout.featureCount).reduce(0) { chosen.contains($1) ? $0 : $0 + row[$1] })
            }
            #expect(excess(part.weights, expected, absolute: 1e-4, relative: 1e-3) <= 1)
            #expect(excess(part.unselectedWeights, others, absolute: 1e-4, relative: 1e-3) <= 1)
            #expect(
                excess(
                    part.biasWeights, targets.map { whole.biasWeights[$0] }, absolute: 1e-4, relative: 1e-3) <= 1)
        }
    }

    @Test func `pieces hold every target once, waste an eighth at most and go from the highest layer down`() {
        var numbers = SeededNumbers(seed: 2)
        let targets = (0..<700).map { index in
            SweepTarget(kind: .feature(index), position: numbers.below(2_000), layer: numbers.below(9))
        }
        let pieces = SweepPiece.cut(targets)
        let found = pieces.flatMap { $0.targets.map { "\($0.kind)" } }
        #expect(found.count == 700 && Set(found).count == 700)
        for piece in pieces {
            #expect(piece.targets.count <= SweepPiece.targetCount(reach: piece.reach))
            #expect(piece.targets.allSatisfy { 8 * ($0.position + 1) >= 7 * piece.reach })
            #expect(zip(piece.targets, piece.targets.dropFirst()).allSatisfy { $0.layer >= $1.layer })
        }
        #expect(pieces.count < 120)
    }
}
