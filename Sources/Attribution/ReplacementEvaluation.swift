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
    /// Over all prompts.
    var fidelity: FidelitySums
    /// By family, as far as ``add(_:family:)`` was told any.
    var families = FamilySums()
    var unsureTokens = 0
    var unsureAgreements = 0
    var attributedPrompts = 0
    var replacementScore = 0.0
    var completenessScore = 0.0
    var pathLength = 0.0
    private(set) var layers: [Layer]

    /// Starts from nothing.
    ///
    /// - Parameter featureCounts: `[layerCount]`
    public init(featureCounts: [Int], modelWidth: Int) {
        fidelity = FidelitySums(layerCount: featureCounts.count)
        layers = featureCounts.map { count in
            Layer(outputSum: [Double](repeating: 0, count: modelWidth), fired: FeatureBits(count: count))
        }
    }

    /// Whether both are about models and transcoders of the same size, so that they can be added.
    public func hasShape(of other: ReplacementEvaluation) -> Bool {
        layers.count == other.layers.count && fidelity.layersAlone.count == layers.count
            && families.hasLayers(layers.count)
            && zip(layers, other.layers).allSatisfy {
                $0.outputSum.count == $1.outputSum.count && $0.fired.hasShape(of: $1.fired)
            }
    }

    /// Adds what was found on prompts of one family.
    ///
    /// - Parameter family: its name; `nil` for prompts of none
    /// - Precondition: `hasShape(of: other)`
    public mutating func add(_ other: ReplacementEvaluation, family: String?) {
        add(other)
        families.add(other.fidelity, to: family)
    }

    /// Adds what was found on other prompts, of which no family is told.
    ///
    /// - Precondition: `hasShape(of: other)`
    public mutating func add(_ other: ReplacementEvaluation) {
        precondition(hasShape(of: other))
        prompts += other.prompts
        fidelity.add(other.fidelity)
        unsureTokens += other.unsureTokens
        unsureAgreements += other.unsureAgreements
        attributedPrompts += other.attributedPrompts
        replacementScore += other.replacementScore
        completenessScore += other.completenessScore
        pathLength += other.pathLength
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
    ///   - next: the token that really comes next, where it is known
    ///   - isAnswer: whether the token is the last of a whole prompt
    mutating func addToken(
        underlying p: NextTokenDistribution, replacement q: NextTokenDistribution, next: Int?, isAnswer: Bool
    ) {
        fidelity.tokens.add(underlying: p, replacement: q, next: next)
        if isAnswer { fidelity.answers.add(underlying: p, replacement: q, next: next) }
        if let next, p.top == next, exp(Double(p.logProbabilities[next])) < Self.sureProbability {
            unsureTokens += 1
            if p.top == q.top { unsureAgreements += 1 }
        }
    }

    /// Compares what both models say at the answer position where only one layer is replaced.
    mutating func addLayerAlone(
        _ layer: Int, underlying p: NextTokenDistribution, replacement q: NextTokenDistribution, next: Int?
    ) {
        fidelity.layersAlone[layer].add(underlying: p, replacement: q, next: next)
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
    mutating func addScores(of graph: AttributionGraph) {
        let scores = GraphScores(graph)
        attributedPrompts += 1
        replacementScore += scores.replacement
        completenessScore += scores.completeness
        pathLength += graph.meanPathLength
    }
}
