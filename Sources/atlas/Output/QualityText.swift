import Attribution

/// A replacement model's quality as lines of text: figures over all layers, then a table of layers.
struct QualityText {
    private let quality: ReplacementQuality

    init(_ quality: ReplacementQuality) { self.quality = quality }

    var lines: [String] {
        var figures = TextTable(["", ">value", "over"])
        let tokens = "\(quality.tokenCount.grouped) tokens"
        figures.add([
            "top-1 agreement with the underlying model",
            quality.tokenCount > 0 ? quality.topOneAgreement.percent(1) : "–",
            tokens + ", each prompt's first left out",
        ])
        figures.add([
            "top-1 agreement where it is right but unsure", quality.unsureTopOneAgreement?.percent(1) ?? "–",
            "\(quality.unsureTokenCount.grouped) tokens whose actual next token it holds most likely, with p < "
                + ReplacementEvaluation.sureProbability.fixed(1),
        ])
        figures.add([
            "KL divergence from the underlying model", quality.tokenCount > 0 ? nats(quality.divergence) : "–", tokens,
        ])
        let next = "\(quality.nextTokenCount.grouped) actual next tokens"
        figures.add(["cross-entropy of the underlying model", nats(quality.underlyingCrossEntropy), next])
        figures.add(["cross-entropy of the replacement model", nats(quality.replacementCrossEntropy), next])
        figures.add(["cross-entropy gap", quality.crossEntropyGap.map { "\($0.signed(4)) nats" } ?? "–", next])
        let graphs = "\(quality.attributedPromptCount.grouped) attributed prompts"
        figures.add(["mean replacement score", quality.meanReplacementScore?.fixed(4) ?? "–", graphs])
        figures.add(["mean completeness score", quality.meanCompletenessScore?.fixed(4) ?? "–", graphs])

        var layers = TextTable([
            ">layer", ">normalised MSE", ">L0 (active a token)", ">features", ">dead", ">dead share",
        ])
        for (index, layer) in quality.layers.enumerated() {
            layers.add([
                "\(index)", layer.normalizedError.fixed(4), layer.activeFeaturesPerToken.fixed(1),
                layer.featureCount.grouped, layer.deadFeatureCount.grouped,
                layer.featureCount > 0
                    ? (Double(layer.deadFeatureCount) / Double(layer.featureCount)).percent(1) : "–",
            ])
        }
        return ["over \(quality.promptCount.grouped) prompts:"] + figures.lines
            + ["", "a layer, over \(tokens) of the underlying model's run (dead: fires on none of them):"]
            + layers.lines
    }

    private func nats(_ value: Double?) -> String { value.map { "\($0.fixed(4)) nats" } ?? "–" }
}
