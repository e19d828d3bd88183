import Circuits
import Foundation
import LanguageModels
import Tensors
import Transcoders

/// How well transcoders stand in for a model's MLPs, added up over prompts.
///
///     var evaluation = ReplacementEvaluation(layerCount: 6, modelWidth: 128)
///     evaluation.add(try attributor.evaluate(tokens))
///     print(evaluation.quality.topOneAgreement)
///
/// Sums only, so that parts computed apart can be added in any grouping.
public struct ReplacementEvaluation: Sendable {
    /// One layer's sums.
    struct Layer: Sendable {
        var squaredError = 0.0
        var squaredOutput = 0.0
        var outputSum: [Double]
        var activeFeatures = 0
    }

    private var tokens = 0
    private var agreements = 0
    private var divergence = 0.0
    private var layers: [Layer]

    /// Starts from nothing.
    public init(layerCount: Int, modelWidth: Int) {
        layers = (0..<layerCount).map { _ in Layer(outputSum: [Double](repeating: 0, count: modelWidth)) }
    }

    /// Adds what was found on other prompts.
    public mutating func add(_ other: ReplacementEvaluation) {
        precondition(layers.count == other.layers.count)
        tokens += other.tokens
        agreements += other.agreements
        divergence += other.divergence
        for index in layers.indices {
            layers[index].squaredError += other.layers[index].squaredError
            layers[index].squaredOutput += other.layers[index].squaredOutput
            layers[index].activeFeatures += other.layers[index].activeFeatures
            for column in layers[index].outputSum.indices {
                layers[index].outputSum[column] += other.layers[index].outputSum[column]
            }
        }
    }

    mutating func addToken(underlying: ArraySlice<Float>, replacement: ArraySlice<Float>) {
        tokens += 1
        let p = logProbabilities(underlying)
        let q = logProbabilities(replacement)
        if p.top == q.top { agreements += 1 }
        for (x, y) in zip(p.values, q.values) where x > -80 { divergence += Double(expf(x)) * Double(x - y) }
    }

    mutating func addLayer(_ index: Int, output: ArraySlice<Float>, error: ArraySlice<Float>) {
        for (column, (value, rest)) in zip(output, error).enumerated() {
            layers[index].squaredOutput += Double(value) * Double(value)
            layers[index].outputSum[column] += Double(value)
            layers[index].squaredError += Double(rest) * Double(rest)
        }
    }

    mutating func addActive(_ features: [ActiveFeature]) {
        for feature in features { layers[feature.layer].activeFeatures += 1 }
    }

    /// The quality over all prompts added so far; zeros when there were none.
    public var quality: ReplacementQuality {
        let count = Double(max(1, tokens))
        return ReplacementQuality(
            tokenCount: tokens, topOneAgreement: Double(agreements) / count, divergence: divergence / count,
            layers: layers.map { layer in
                let mean = layer.outputSum.reduce(0) { $0 + $1 * $1 } / count
                let variance = layer.squaredOutput - mean
                return ReplacementQuality.Layer(
                    normalizedError: variance > 0 ? layer.squaredError / variance : 0,
                    activeFeaturesPerToken: Double(layer.activeFeatures) / count)
            })
    }

    private func logProbabilities(_ logits: ArraySlice<Float>) -> (values: [Float], top: Int) {
        var top = logits.startIndex
        for index in logits.indices where logits[index] > logits[top] { top = index }
        let largest = logits[top]
        var total: Float = 0
        for value in logits { total += expf(value - largest) }
        let shift = largest + logf(total)
        return (logits.map { $0 - shift }, top - logits.startIndex)
    }
}

/// How well transcoders stand in for a model's MLPs.
public struct ReplacementQuality: Sendable, Codable, Equatable {
    /// One layer's share.
    public struct Layer: Sendable, Codable, Equatable {
        /// Squared reconstruction error / variance of the MLP's output around its mean, on the underlying model's run.
        public let normalizedError: Double
        /// L0: active features a token, on the underlying model's run.
        public let activeFeaturesPerToken: Double
    }

    /// Tokens that were compared: all but the first of each prompt.
    public let tokenCount: Int
    /// The share of tokens after which both models hold the same next token most likely.
    public let topOneAgreement: Double
    /// Mean KL divergence of the replacement model's next-token distribution from the underlying model's, in nats.
    public let divergence: Double
    /// One entry a layer.
    public let layers: [Layer]
}

extension Attributor {
    /// Compares the freely running replacement model with the underlying one on one prompt.
    ///
    /// - Throws: `ModelError` for a prompt that does not fit the model.
    public func evaluate(_ tokens: [Int]) throws -> ReplacementEvaluation {
        let local = try localReplacementModel(tokens)
        let replaced = try ReplacementRun(
            tokens, model: model, transcoders: transcoders, firstCountedPosition: local.firstCountedPosition)
        let underlying = model.logits(local.trace)
        let replacement = model.logits(replaced.trace)
        var evaluation = ReplacementEvaluation(
            layerCount: model.configuration.layerCount, modelWidth: model.configuration.modelWidth)
        for position in min(local.firstCountedPosition, tokens.count)..<tokens.count {
            evaluation.addToken(underlying: underlying.row(position), replacement: replacement.row(position))
            for layer in 0..<model.configuration.layerCount {
                evaluation.addLayer(
                    layer, output: local.trace.layers[layer].mlpOutput.row(position),
                    error: local.errors[layer].row(position))
            }
        }
        evaluation.addActive(local.activeFeatures)
        return evaluation
    }
}
