extension FeatureReport {
    /// The same report in a size that a page can take: a window of each example around its strongest token, and names
    /// of at most 400 characters. The feature's own label stays whole.
    ///
    /// - Parameter window: tokens of an example at most
    public func shortened(window: Int) -> FeatureReport {
        FeatureReport(
            feature: feature, label: label, labelIsAutomatic: labelIsAutomatic, activeTokens: activeTokens,
            countedTokens: countedTokens, activePrompts: activePrompts, countedPrompts: countedPrompts,
            countsStoredOnly: countsStoredOnly, maximum: maximum, mean: mean, histogram: histogram,
            topExamples: topExamples.map { $0.shortened(window: window) },
            intervals: intervals.map { $0.shortened(window: window) },
            negative: negative.map { tail in
                FeatureNegativeTail(
                    label: tail.label, activeTokens: tail.activeTokens, activePrompts: tail.activePrompts,
                    minimum: tail.minimum, histogram: tail.histogram,
                    topExamples: tail.topExamples.map { $0.shortened(window: window) },
                    intervals: tail.intervals.map { $0.shortened(window: window) })
            },
            promoted: promoted.map(\.shortened), suppressed: suppressed.map(\.shortened),
            excitedBy: excitedBy.map(\.shortened), upstream: upstream.map(\.shortened),
            downstream: downstream.map(\.shortened))
    }
}

extension FeatureInterval {
    fileprivate func shortened(window: Int) -> FeatureInterval {
        FeatureInterval(
            lower: lower, upper: upper, promptCount: promptCount,
            examples: examples.map { $0.shortened(window: window) })
    }
}

extension FeatureExample {
    /// What comes before the strongest token says more about the feature than what follows.
    fileprivate func shortened(window: Int) -> FeatureExample {
        precondition(firstPosition == 0 && activations.count == tokens.count && tokens.indices.contains(position))
        let lower = max(0, min(position - window * 3 / 4, tokens.count - window))
        let range = lower..<min(tokens.count, lower + window)
        return FeatureExample(
            promptID: promptID, position: position, activation: activation,
            tokens: tokens[range].map { $0.shortened(to: String.nameLimit) }, activations: Array(activations[range]),
            answer: answer?.shortened(to: String.nameLimit), firstPosition: lower, tokenCount: tokens.count)
    }
}

extension TokenEffect {
    fileprivate var shortened: TokenEffect {
        TokenEffect(token: token, text: text.shortened(to: String.nameLimit), value: value)
    }
}

extension Neighbour {
    /// The same link with names of at most 400 characters.
    public var shortened: Neighbour {
        Neighbour(
            node: NodeName(
                kind: node.kind, feature: node.feature, layer: node.layer, token: node.token,
                text: node.text?.shortened(to: String.nameLimit)),
            label: label?.shortened(to: String.nameLimit), support: support, mean: mean, spread: spread,
            meanShare: meanShare, signConsistency: signConsistency, samePositionShare: samePositionShare,
            weights: weights)
    }
}
