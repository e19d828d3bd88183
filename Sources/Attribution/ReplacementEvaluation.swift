import Circuits
import Foundation

/// How well transcoders stand in for a model's MLPs, added up over prompts.
///
///     var evaluation = ReplacementEvaluation(transcoders)
///     evaluation.add(try attributor.evaluate(tokens))
///     print(evaluation.quality.topOneAgreement)
///
/// Sums only. Adding prompts one by one in the same order gives the same numbers to the last bit, whether or not the
/// sums were encoded and decoded on the way.
public struct ReplacementEvaluation: Sendable, Codable, Equatable {
    /// A next token that the underlying model gets right with at least this probability counts as sure.
    ///
    /// - SeeAlso: Ameisen et al. 2025, "Evaluating the Replacement Model".
    public static let sureProbability = 0.8

    /// A probability below e to this power adds nothing to the divergence.
    private static let smallestLogProbability: Float = -80

    /// One layer's sums.
    struct Layer: Sendable, Codable, Equatable {
        var squaredError = 0.0
        var squaredOutput = 0.0
        /// `[modelWidth]`.
        var outputSum: [Double]
        var activeFeatures = 0
        var fired: FeatureBits
    }

    var prompts = 0
    var tokens = 0
    var agreements = 0
    var divergence = 0.0
    var unsureTokens = 0
    var unsureAgreements = 0
    var nextTokens = 0
    var underlyingCrossEntropy = 0.0
    var replacementCrossEntropy = 0.0
    var attributedPrompts = 0
    var replacementScore = 0.0
    var completenessScore = 0.0
    private(set) var layers: [Layer]

    /// Starts from nothing.
    ///
    /// - Parameter featureCounts: `[layerCount]`
    public init(featureCounts: [Int], modelWidth: Int) {
        layers = featureCounts.map { count in
            Layer(outputSum: [Double](repeating: 0, count: modelWidth), fired: FeatureBits(count: count))
        }
    }

    /// Whether both are about models and transcoders of the same size, so that they can be added.
    public func hasShape(of other: ReplacementEvaluation) -> Bool {
        layers.count == other.layers.count
            && zip(layers, other.layers).allSatisfy {
                $0.outputSum.count == $1.outputSum.count && $0.fired.hasShape(of: $1.fired)
            }
    }

    /// Adds what was found on other prompts.
    ///
    /// - Precondition: `hasShape(of: other)`
    public mutating func add(_ other: ReplacementEvaluation) {
        precondition(hasShape(of: other))
        prompts += other.prompts
        tokens += other.tokens
        agreements += other.agreements
        divergence += other.divergence
        unsureTokens += other.unsureTokens
        unsureAgreements += other.unsureAgreements
        nextTokens += other.nextTokens
        underlyingCrossEntropy += other.underlyingCrossEntropy
        replacementCrossEntropy += other.replacementCrossEntropy
        attributedPrompts += other.attributedPrompts
        replacementScore += other.replacementScore
        completenessScore += other.completenessScore
        for index in layers.indices {
            layers[index].squaredError += other.layers[index].squaredError
            layers[index].squaredOutput += other.layers[index].squaredOutput
            layers[index].activeFeatures += other.layers[index].activeFeatures
            layers[index].fired.formUnion(other.layers[index].fired)
            for column in layers[index].outputSum.indices {
                layers[index].outputSum[column] += other.layers[index].outputSum[column]
            }
        }
    }

    /// Compares what both models say after one token.
    ///
    /// - Parameters:
    ///   - underlying: `[vocabularySize]` logits
    ///   - replacement: `[vocabularySize]` logits
    ///   - next: the token that really comes next, where it is known
    mutating func addToken(underlying: ArraySlice<Float>, replacement: ArraySlice<Float>, next: Int?) {
        let p = NextTokenDistribution(underlying)
        let q = NextTokenDistribution(replacement)
        let agrees = p.top == q.top
        tokens += 1
        if agrees { agreements += 1 }
        for (x, y) in zip(p.logProbabilities, q.logProbabilities) where x > Self.smallestLogProbability {
            divergence += Double(expf(x)) * Double(x - y)
        }
        guard let next else { return }
        nextTokens += 1
        underlyingCrossEntropy -= Double(p.logProbabilities[next])
        replacementCrossEntropy -= Double(q.logProbabilities[next])
        if p.top == next, exp(Double(p.logProbabilities[next])) < Self.sureProbability {
            unsureTokens += 1
            if agrees { unsureAgreements += 1 }
        }
    }

    /// Adds what one layer's MLP gave at one token, and what the features leave unexplained of it.
    mutating func addLayer(_ index: Int, output: ArraySlice<Float>, error: ArraySlice<Float>) {
        for (column, (value, rest)) in zip(output, error).enumerated() {
            layers[index].squaredOutput += Double(value) * Double(value)
            layers[index].outputSum[column] += Double(value)
            layers[index].squaredError += Double(rest) * Double(rest)
        }
    }

    /// Adds features that are active on the underlying model's run.
    mutating func addActive(_ features: [ActiveFeature]) {
        for feature in features {
            layers[feature.layer].activeFeatures += 1
            layers[feature.layer].fired.insert(feature.index)
        }
    }

    /// Adds the scores of one prompt's unpruned graph.
    mutating func addScores(_ scores: GraphScores) {
        attributedPrompts += 1
        replacementScore += scores.replacement
        completenessScore += scores.completeness
    }
}

/// Log-probabilities of the next token.
struct NextTokenDistribution {
    /// `[vocabularySize]`.
    let logProbabilities: [Float]
    /// The most likely token; the first of several.
    let top: Int

    init(_ logits: ArraySlice<Float>) {
        var top = logits.startIndex
        for index in logits.indices where logits[index] > logits[top] { top = index }
        let largest = logits[top]
        var total = 0.0
        for value in logits { total += Double(expf(value - largest)) }
        let logTotal = Float(log(total))
        logProbabilities = logits.map { $0 - largest - logTotal }
        self.top = top - logits.startIndex
    }
}
