@testable import Attribution
import Circuits
import Foundation
import LanguageModels
import Tensors
import Testing
import Transcoders

/// Every figure again, plainly, from logits and definitions.
private struct PlainEvaluation {
    var agreements: [Bool] = []
    var divergences: [Double] = []
    /// For each token with a known next one: both cross-entropies, whether the underlying model is right, p, agreement.
    var next: [(underlying: Double, replacement: Double, isUnsure: Bool, agrees: Bool)] = []
    /// What two distributions give at one place.
    struct Place {
        var agrees: Bool
        var divergence: Double
        /// Where the next token is known.
        var underlying: Double?
        var replacement: Double?
        var isRight: (underlying: Bool, replacement: Bool)?

        init(_ p: [Double], _ q: [Double], next: Int?) {
            let (top, replacedTop) = (p.firstIndex(of: p.max()!)!, q.firstIndex(of: q.max()!)!)
            agrees = top == replacedTop
            divergence = zip(p, q).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / $1.1) : 0) }
            guard let next else { return }
            underlying = -log(p[next])
            replacement = -log(q[next])
            isRight = (top == next, replacedTop == next)
        }
    }

    /// The last position of each prompt, and the same with each layer replaced alone.
    var answers: [Place] = []
    var alone: [[Place]]
    /// `[layerCount]` of a vector a token.
    var outputs: [[[Double]]]
    var errors: [[[Double]]]
    var active: [Int]
    var fired: [Set<Int>]

    init(layerCount: Int) {
        outputs = Array(repeating: [], count: layerCount)
        alone = Array(repeating: [], count: layerCount)
        errors = outputs
        active = Array(repeating: 0, count: layerCount)
        fired = Array(repeating: [], count: layerCount)
    }

    static func probabilities(_ logits: ArraySlice<Float>) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - largest) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// What the transcoders reconstruct of one layer's MLP from a run's own inputs.
    static func reconstruction(_ layer: Int, inputs: [Matrix], transcoders: TranscoderSet, position: Int) -> [Double] {
        var output = transcoders.layers[layer].decoderBias.map(Double.init)
        for source in transcoders.layersWriting(to: layer) {
            let transcoder = transcoders.layers[source]
            let pre = transcoder.preActivations(inputs[source])
            var row = [Float](repeating: 0, count: transcoders.modelWidth)
            for feature in transcoder.activeFeatures(pre) where feature.position == position {
                row.withUnsafeMutableBufferPointer {
                    transcoder.copyDecoderRow(feature.index, outputLayer: layer, into: $0.baseAddress!)
                }
                for column in row.indices { output[column] += Double(feature.activation) * Double(row[column]) }
            }
        }
        if let skip = transcoders.layers[layer].skip {
            let skipped = skip.applied(to: inputs[layer])
            for column in output.indices { output[column] += Double(skipped[position, column]) }
        }
        return output
    }

    mutating func add(_ attributor: Attributor, tokens: [Int], answer: Int?) throws {
        let (model, transcoders) = (attributor.model, attributor.transcoders)
        let site = transcoders.outputHook.site
        let trace = try model.run(tokens, site: site)
        let first = model.firstCountedPosition(in: tokens)
        let inputs = trace.layers.map { $0.reading.input(at: transcoders.inputHook) }
        // The replacement model: each MLP gives what the transcoders make of what it has computed so far.
        var replacedInputs: [Matrix] = []
        let replaced = try model.run(tokens, site: site) { layer, reading, mlp in
            replacedInputs.append(reading.input(at: transcoders.inputHook))
            var output = mlp()
            for position in first..<max(first, tokens.count) {
                // Features do not fire before the first counted position, and no position reads another's features.
                let row = Self.reconstruction(
                    layer, inputs: replacedInputs, transcoders: transcoders, position: position)
                for column in row.indices { output[position, column] = Float(row[column]) }
            }
            return output
        }
        let underlying = model.logits(trace)
        let replacement = model.logits(replaced)
        if let last = (first..<max(first, tokens.count)).last {
            let p = Self.probabilities(underlying.row(last))
            answers.append(Place(p, Self.probabilities(replacement.row(last)), next: answer))
            for chosen in alone.indices {
                let run = try model.run(tokens, site: site) { layer, _, mlp in
                    var output = mlp()
                    guard layer == chosen else { return output }
                    for position in first..<tokens.count {
                        let row = Self.reconstruction(
                            layer, inputs: inputs, transcoders: transcoders, position: position)
                        for column in row.indices { output[position, column] = Float(row[column]) }
                    }
                    return output
                }
                alone[chosen].append(Place(p, Self.probabilities(model.logits(run).row(last)), next: answer))
            }
        }
        for position in first..<max(first, tokens.count) {
            let p = Self.probabilities(underlying.row(position))
            let q = Self.probabilities(replacement.row(position))
            let (top, replacedTop) = (p.firstIndex(of: p.max()!)!, q.firstIndex(of: q.max()!)!)
            agreements.append(top == replacedTop)
            divergences.append(zip(p, q).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * log($1.0 / $1.1) : 0) })
            if let token = position + 1 < tokens.count ? tokens[position + 1] : answer {
                next.append((-log(p[token]), -log(q[token]), top == token && p[token] < 0.8, top == replacedTop))
            }
            for layer in outputs.indices {
                let output = trace.layers[layer].mlpOutput.row(position).map(Double.init)
                let made = Self.reconstruction(layer, inputs: inputs, transcoders: transcoders, position: position)
                outputs[layer].append(output)
                errors[layer].append(zip(output, made).map { $0 - $1 })
                let transcoder = transcoders.layers[layer]
                for feature in transcoder.activeFeatures(transcoder.preActivations(inputs[layer]))
                where feature.position == position {
                    active[layer] += 1
                    fired[layer].insert(feature.index)
                }
            }
        }
    }

    /// Σ ‖error‖² / Σ ‖output − mean output‖².
    func normalizedError(_ layer: Int) -> Double {
        let count = Double(outputs[layer].count)
        let mean = outputs[layer][0].indices.map { column in outputs[layer].reduce(0) { $0 + $1[column] } / count }
        let variance = outputs[layer].reduce(0) { sum, row in
            sum + zip(row, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return errors[layer].joined().reduce(0) { $0 + $1 * $1 } / variance
    }
}

/// Whether means are those of the places.
private func isClose(_ found: NextTokenAgreement, _ places: [PlainEvaluation.Place]) -> Bool {
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let known = places.filter { $0.isRight != nil }
    guard found.count == places.count, found.knownCount == known.count,
        isClose(found.topOneAgreement, mean(places.map { $0.agrees ? 1 : 0 })),
        isClose(found.divergence, mean(places.map(\.divergence)))
    else { return false }
    guard !known.isEmpty else { return found.underlyingCrossEntropy == nil && found.replacementRightShare == nil }
    return isClose(found.underlyingRightShare, mean(known.map { $0.isRight!.underlying ? 1 : 0 }))
        && isClose(found.replacementRightShare, mean(known.map { $0.isRight!.replacement ? 1 : 0 }))
        && isClose(found.underlyingCrossEntropy, mean(known.map { $0.underlying! }))
        && isClose(found.replacementCrossEntropy, mean(known.map { $0.replacement! }))
        && isClose(found.crossEntropyGap, mean(known.map { $0.replacement! - $0.underlying! }))
}

private func isClose(_ found: Double?, _ expected: Double) -> Bool {
    guard let found else { return false }
    return abs(found - expected) <= 1e-4 + 1e-4 * abs(expected)
}

@Suite struct `evaluation of a replacement model` {
    /// The golden prompt and random ones; half of them with an answer: the token that the model holds most likely, so
    /// that the unsure subset is not empty.
    private func prompts(_ golden: GoldenCase) throws -> [(tokens: [Int], answer: Int?)] {
        let model = golden.attributor.model
        var generator = SeededNumbers(seed: 5)
        let start = try golden.tokens()
        var prompts = [(tokens: start, answer: Int?.none)]
        for index in 0..<6 {
            var tokens = [start[0]]
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                tokens.append(Int.random(in: 0..<model.configuration.vocabularySize, using: &generator))
            }
            let trace = try model.run(tokens, site: golden.attributor.transcoders.outputHook.site)
            let logits = model.logits(trace, position: tokens.count - 1)
            prompts.append((tokens, index % 2 == 0 ? logits.firstIndex(of: logits.max()!) : nil))
        }
        return prompts
    }

    @Test(arguments: GoldenCase.graphNames)
    func `every figure is what its definition gives`(name: String) throws {
        let golden = try GoldenCase(name)
        let attributor = golden.attributor
        var evaluation = attributor.emptyEvaluation
        var plain = PlainEvaluation(layerCount: attributor.model.configuration.layerCount)
        for prompt in try prompts(golden) {
            evaluation.add(
                try attributor.evaluate(prompt.tokens, answer: prompt.answer),
                family: prompt.answer == nil ? nil : "answered")
            try plain.add(attributor, tokens: prompt.tokens, answer: prompt.answer)
        }
        let quality = evaluation.quality
        #expect(quality.promptCount == 7)
        #expect(quality.tokenCount == plain.agreements.count)
        #expect(
            isClose(quality.topOneAgreement, Double(plain.agreements.count { $0 }) / Double(plain.agreements.count)))
        let unsure = plain.next.filter(\.isUnsure)
        // The tiny Gemma models, whose embeddings are tied and scaled, are never right and unsure.
        #expect(unsure.isEmpty == name.hasPrefix("gemma"))
        #expect(quality.unsureTokenCount == unsure.count)
        if unsure.isEmpty {
            #expect(quality.unsureTopOneAgreement == nil)
        } else {
            #expect(isClose(quality.unsureTopOneAgreement, Double(unsure.count { $0.agrees }) / Double(unsure.count)))
        }
        #expect(isClose(quality.divergence, plain.divergences.reduce(0, +) / Double(plain.divergences.count)))
        #expect(quality.nextTokenCount == plain.next.count)
        let count = Double(plain.next.count)
        let underlying = plain.next.reduce(0) { $0 + $1.underlying } / count
        let replacement = plain.next.reduce(0) { $0 + $1.replacement } / count
        #expect(isClose(quality.underlyingCrossEntropy, underlying))
        #expect(isClose(quality.replacementCrossEntropy, replacement))
        #expect(isClose(quality.crossEntropyGap, replacement - underlying))
        for (layer, found) in quality.layers.enumerated() {
            #expect(isClose(found.normalizedError, plain.normalizedError(layer)))
            #expect(
                isClose(found.activeFeaturesPerToken, Double(plain.active[layer]) / Double(quality.tokenCount)))
            #expect(found.deadFeatureCount == found.featureCount - plain.fired[layer].count)
            #expect(isClose(found.alone, plain.alone[layer]))
        }
        #expect(isClose(quality.answerPosition, plain.answers))
        #expect(quality.families.count == 2)
        for family in quality.families {
            func own(_ places: [PlainEvaluation.Place]) -> [PlainEvaluation.Place] {
                places.filter { ($0.isRight != nil) == (family.name == "answered") }
            }
            #expect(isClose(family.answerPosition, own(plain.answers)))
            for (layer, alone) in family.layersAlone.enumerated() { #expect(isClose(alone, own(plain.alone[layer]))) }
        }
        let counts = quality.families.map(\.tokens.count)
        #expect(counts.reduce(0, +) == quality.tokenCount)
        let order = quality.families.map { $0.answerPosition.topOneAgreement ?? 2 }
        #expect(order == order.sorted())
    }

    @Test func `a prompt that was cut has no answer position, and layers alone only where asked for`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let cut = try golden.attributor.evaluate(golden.tokens(), isWhole: false).quality
        #expect(cut.answerPosition.count == 0 && cut.answerPosition.topOneAgreement == nil && cut.tokenCount > 0)
        let few = try golden.attributor.evaluate(golden.tokens(), layersAlone: false).quality
        #expect(few.answerPosition.count == 1 && few.layers.allSatisfy { $0.alone.count == 0 })
    }

    @Test func `families are told apart by the bytes of their names, written down and read again`() throws {
        let golden = try GoldenCase("llama-plt_relu")
        let one = try golden.attributor.evaluate(golden.tokens(), layersAlone: false)
        var evaluation = golden.attributor.emptyEvaluation
        for name in ["\u{E9}", "e\u{301}", nil] { evaluation.add(one, family: name) }
        var read = try JSONDecoder().decode(ReplacementEvaluation.self, from: JSONEncoder().encode(evaluation))
        #expect(read == evaluation)
        read.add(one, family: "e\u{301}")
        #expect(read.quality.families.map(\.answerPosition.count).sorted() == [1, 1, 2])
    }

    @Test(arguments: GoldenCase.names)
    func `scores are the mean of the attributed prompts' graphs`(name: String) throws {
        let golden = try GoldenCase(name)
        var evaluation = golden.attributor.emptyEvaluation
        var scores: [GraphScores] = []
        var pathLength = 0.0
        for (index, prompt) in try prompts(golden).enumerated() {
            let options = index % 2 == 0 ? AttributionOptions() : nil
            evaluation.add(try golden.attributor.evaluate(prompt.tokens, attribution: options))
            guard options != nil else { continue }
            let graph = try golden.attributor.attribute(prompt.tokens).graph
            scores.append(GraphScores(graph))
            pathLength += graph.meanPathLength
        }
        let quality = evaluation.quality
        #expect(quality.attributedPromptCount == scores.count)
        #expect(isClose(quality.meanReplacementScore, scores.reduce(0) { $0 + $1.replacement } / Double(scores.count)))
        #expect(
            isClose(quality.meanCompletenessScore, scores.reduce(0) { $0 + $1.completeness } / Double(scores.count)))
        #expect(isClose(quality.meanPathLength, pathLength / Double(scores.count)))
    }

    @Test func `attributing a prompt changes no other figure`() throws {
        let golden = try GoldenCase("llama-clt_relu")
        let plain = try golden.attributor.evaluate(golden.tokens()).quality
        let scored = try golden.attributor.evaluate(golden.tokens(), attribution: AttributionOptions()).quality
        #expect(plain.layers == scored.layers && plain.divergence == scored.divergence)
        #expect(plain.meanReplacementScore == nil && scored.meanReplacementScore != nil)
    }

    @Test func `sums that were written down and read again are the same to the last bit`() throws {
        let golden = try GoldenCase("llama-plt_relu")
        let evaluation = try golden.attributor.evaluate(golden.tokens(), attribution: AttributionOptions())
        let data = try JSONEncoder().encode(evaluation)
        #expect(try JSONDecoder().decode(ReplacementEvaluation.self, from: data) == evaluation)
    }

    @Test func `nothing evaluated has no means`() throws {
        let quality = try GoldenCase("llama-plt_relu").attributor.emptyEvaluation.quality
        #expect(quality.tokenCount == 0 && quality.unsureTopOneAgreement == nil && quality.crossEntropyGap == nil)
        #expect(quality.layers.allSatisfy { $0.deadFeatureCount == $0.featureCount })
    }
}
