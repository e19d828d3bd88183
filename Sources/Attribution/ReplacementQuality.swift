/// How well transcoders stand in for a model's MLPs, each figure with its sample size.
///
/// Means over nothing are `nil`, or 0 for a corpus without a single counted token.
public struct ReplacementQuality: Sendable, Codable, Equatable {
    /// One layer's share, on the underlying model's run.
    public struct Layer: Sendable, Codable, Equatable {
        /// Squared reconstruction error / variance of the MLP's output around its mean.
        public let normalizedError: Double
        /// L0: active features a token.
        public let activeFeaturesPerToken: Double
        /// Features of the layer's transcoder.
        public let featureCount: Int
        /// How many of them fired on no counted token.
        public let deadFeatureCount: Int
    }

    /// Prompts that were run.
    public let promptCount: Int
    /// Tokens that were compared: all but the first of each prompt.
    public let tokenCount: Int
    /// The share of tokens after which both models hold the same next token most likely.
    public let topOneAgreement: Double
    /// Tokens whose actual next token the underlying model holds most likely, with a probability below 0.8.
    public let unsureTokenCount: Int
    /// The share of those after which the replacement model holds the same next token most likely.
    public let unsureTopOneAgreement: Double?
    /// Mean KL divergence of the replacement model's next-token distribution from the underlying model's, in nats.
    public let divergence: Double
    /// Tokens whose actual next token is known: the prompt's own, or its answer's first token after the last.
    public let nextTokenCount: Int
    /// The underlying model's mean cross-entropy on the actual next tokens, in nats.
    public let underlyingCrossEntropy: Double?
    /// The replacement model's mean cross-entropy on the actual next tokens, in nats.
    public let replacementCrossEntropy: Double?
    /// How much worse the replacement model predicts: its cross-entropy less the underlying model's.
    public let crossEntropyGap: Double?
    /// Prompts that were attributed for their scores.
    public let attributedPromptCount: Int
    /// Mean replacement score of their unpruned graphs.
    public let meanReplacementScore: Double?
    /// Mean completeness score of their unpruned graphs.
    public let meanCompletenessScore: Double?
    /// One entry a layer, each over all compared tokens.
    public let layers: [Layer]
}

extension ReplacementEvaluation {
    /// The quality over all prompts added so far.
    public var quality: ReplacementQuality {
        func mean(_ sum: Double, over count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }
        let underlying = mean(underlyingCrossEntropy, over: nextTokens)
        let replacement = mean(replacementCrossEntropy, over: nextTokens)
        let count = Double(max(1, tokens))
        return ReplacementQuality(
            promptCount: prompts, tokenCount: tokens, topOneAgreement: Double(agreements) / count,
            unsureTokenCount: unsureTokens, unsureTopOneAgreement: mean(Double(unsureAgreements), over: unsureTokens),
            divergence: divergence / count, nextTokenCount: nextTokens, underlyingCrossEntropy: underlying,
            replacementCrossEntropy: replacement,
            crossEntropyGap: mean(replacementCrossEntropy - underlyingCrossEntropy, over: nextTokens),
            attributedPromptCount: attributedPrompts,
            meanReplacementScore: mean(replacementScore, over: attributedPrompts),
            meanCompletenessScore: mean(completenessScore, over: attributedPrompts),
            layers: layers.map { layer in
                let mean = layer.outputSum.reduce(0) { $0 + $1 * $1 } / count
                let variance = layer.squaredOutput - mean
                return ReplacementQuality.Layer(
                    normalizedError: variance > 0 ? layer.squaredError / variance : 0,
                    activeFeaturesPerToken: Double(layer.activeFeatures) / count, featureCount: layer.fired.count,
                    deadFeatureCount: layer.fired.count - layer.fired.insertedCount)
            })
    }
}
