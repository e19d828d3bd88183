import Texts

/// How well transcoders stand in for a model's MLPs, each figure with its sample size.
///
/// What counts is the answer position, where graphs explain what the model says: an average over all tokens is mostly one
/// over tokens that any model predicts. Replacement and completeness scores are properties of graphs, of how much of the
/// influence in them runs through errors; they do not measure fidelity. Means over nothing are `nil`, or 0 for a corpus without a single counted token.
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
        /// At the answer position, with this layer's MLP replaced and all others as they are; over no prompts where it
        /// was not asked for.
        public let alone: NextTokenAgreement
    }

    /// Prompts of one family.
    public struct Family: Sendable, Codable, Equatable {
        /// Its name: the value of the tag that tells families; `nil` for prompts without the tag.
        public let name: String?
        /// At the answer position.
        public let answerPosition: NextTokenAgreement
        /// At all compared tokens.
        public let tokens: NextTokenAgreement
        /// At the answer position with one layer replaced alone, one entry a layer.
        public let layersAlone: [NextTokenAgreement]
    }

    /// Prompts that were run.
    public let promptCount: Int
    /// At the answer position: the last of each prompt, unless its text was cut.
    public let answerPosition: NextTokenAgreement
    /// The same by family, the least agreement first.
    public let families: [Family]
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
    /// Mean number of edges on a way from a token or an error to a logit, ways weighted by their influence.
    public let meanPathLength: Double?
    /// One entry a layer, each over all compared tokens.
    public let layers: [Layer]
}

extension ReplacementEvaluation {
    /// The quality over all prompts added so far.
    public var quality: ReplacementQuality {
        func mean(_ sum: Double, over count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }
        let tokens = fidelity.tokens.agreement
        let count = Double(max(1, tokens.count))
        return ReplacementQuality(
            promptCount: prompts, answerPosition: fidelity.answers.agreement, families: qualityByFamily,
            tokenCount: tokens.count, topOneAgreement: tokens.topOneAgreement ?? 0,
            unsureTokenCount: unsureTokens, unsureTopOneAgreement: mean(Double(unsureAgreements), over: unsureTokens),
            divergence: tokens.divergence ?? 0, nextTokenCount: tokens.knownCount,
            underlyingCrossEntropy: tokens.underlyingCrossEntropy,
            replacementCrossEntropy: tokens.replacementCrossEntropy, crossEntropyGap: tokens.crossEntropyGap,
            attributedPromptCount: attributedPrompts,
            meanReplacementScore: mean(replacementScore, over: attributedPrompts),
            meanCompletenessScore: mean(completenessScore, over: attributedPrompts),
            meanPathLength: mean(pathLength, over: attributedPrompts),
            layers: zip(layers, fidelity.layersAlone).map { layer, alone in
                let mean = layer.outputSum.reduce(0) { $0 + $1 * $1 } / count
                let variance = layer.squaredOutput - mean
                return ReplacementQuality.Layer(
                    normalizedError: variance > 0 ? layer.squaredError / variance : 0,
                    activeFeaturesPerToken: Double(layer.activeFeatures) / count, featureCount: layer.fired.count,
                    deadFeatureCount: layer.fired.count - layer.fired.insertedCount, alone: alone.agreement)
            })
    }

    private var qualityByFamily: [ReplacementQuality.Family] {
        families.families.map { family in
            ReplacementQuality.Family(
                name: family.name, answerPosition: family.sums.answers.agreement,
                tokens: family.sums.tokens.agreement, layersAlone: family.sums.layersAlone.map(\.agreement))
        }.sorted {
            let (left, right) = ($0.answerPosition.topOneAgreement ?? 2, $1.answerPosition.topOneAgreement ?? 2)
            return left != right ? left < right : ExactText($0.name ?? "") < ExactText($1.name ?? "")
        }
    }
}
