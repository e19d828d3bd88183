import Foundation

/// How near two models' next-token distributions are, added up over places in prompts.
struct NextTokenSums: Sendable, Codable, Equatable {
    /// A probability below e to this power adds nothing to the divergence.
    private static let smallestLogProbability: Float = -80

    var count = 0
    var agreements = 0
    var divergence = 0.0
    /// Places whose actual next token is known; the sums below are over these.
    var knownCount = 0
    var underlyingRight = 0
    var replacementRight = 0
    var underlyingCrossEntropy = 0.0
    var replacementCrossEntropy = 0.0

    /// Starts from nothing.
    init() {}

    /// Adds what was found elsewhere.
    mutating func add(_ other: NextTokenSums) {
        count += other.count
        agreements += other.agreements
        divergence += other.divergence
        knownCount += other.knownCount
        underlyingRight += other.underlyingRight
        replacementRight += other.replacementRight
        underlyingCrossEntropy += other.underlyingCrossEntropy
        replacementCrossEntropy += other.replacementCrossEntropy
    }

    /// Adds one place.
    ///
    /// - Parameter next: the token that really comes next, where it is known
    mutating func add(underlying p: NextTokenDistribution, replacement q: NextTokenDistribution, next: Int?) {
        count += 1
        if p.top == q.top { agreements += 1 }
        for (x, y) in zip(p.logProbabilities, q.logProbabilities) where x > Self.smallestLogProbability {
            divergence += Double(expf(x)) * Double(x - y)
        }
        guard let next else { return }
        knownCount += 1
        if p.top == next { underlyingRight += 1 }
        if q.top == next { replacementRight += 1 }
        underlyingCrossEntropy -= Double(p.logProbabilities[next])
        replacementCrossEntropy -= Double(q.logProbabilities[next])
    }

    /// The means.
    var agreement: NextTokenAgreement {
        func mean(_ sum: Double, over count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }
        return NextTokenAgreement(
            count: count, topOneAgreement: mean(Double(agreements), over: count),
            divergence: mean(divergence, over: count), knownCount: knownCount,
            underlyingRightShare: mean(Double(underlyingRight), over: knownCount),
            replacementRightShare: mean(Double(replacementRight), over: knownCount),
            underlyingCrossEntropy: mean(underlyingCrossEntropy, over: knownCount),
            replacementCrossEntropy: mean(replacementCrossEntropy, over: knownCount),
            crossEntropyGap: mean(replacementCrossEntropy - underlyingCrossEntropy, over: knownCount))
    }
}

/// How near a replacement model's next-token distributions are to the underlying model's; means over nothing are `nil`.
public struct NextTokenAgreement: Sendable, Codable, Equatable {
    /// Places in prompts that were compared.
    public let count: Int
    /// The share of them at which both models hold the same next token most likely.
    public let topOneAgreement: Double?
    /// Mean KL divergence of the replacement model's distribution from the underlying model's, in nats.
    public let divergence: Double?
    /// Places whose actual next token is known: the prompt's own, or its answer's first token after the last.
    public let knownCount: Int
    /// The share of those at which the underlying model holds the actual next token most likely.
    public let underlyingRightShare: Double?
    /// The same of the replacement model.
    public let replacementRightShare: Double?
    /// The underlying model's mean cross-entropy on the actual next tokens, in nats.
    public let underlyingCrossEntropy: Double?
    /// The replacement model's mean cross-entropy on the actual next tokens, in nats.
    public let replacementCrossEntropy: Double?
    /// How much worse the replacement model predicts: its cross-entropy less the underlying model's.
    public let crossEntropyGap: Double?
}

/// Log-probabilities of the next token.
struct NextTokenDistribution {
    /// `[vocabularySize]`.
    let logProbabilities: [Float]
    /// The most likely token; the first of several.
    let top: Int

    /// - Parameter logits: `[vocabularySize]`
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
