import Attribution

/// A replacement model's quality as lines of text: where answers are given first, then over all tokens and by layer.
struct QualityText {
    /// Layers at most for which families are told layer by layer; a wider table is in the JSON.
    private static let layerColumns = 12

    private let quality: ReplacementQuality
    private let familyTag: String

    init(_ quality: ReplacementQuality, familyTag: String) {
        self.quality = quality
        self.familyTag = familyTag
    }

    var lines: [String] {
        ["at the answer position, the last of each of \(quality.promptCount.grouped) prompts:"] + answers
            + [""] + families + familyLayers + [""] + tokens + [""] + layers + [""] + scores
    }

    private var answers: [String] {
        let answer = quality.answerPosition
        let prompts = "\(answer.count.grouped) prompts"
        let known = "\(answer.knownCount.grouped) known answers"
        var table = TextTable(["", ">value", "over"])
        table.add(["top-1 agreement with the underlying model", Self.percent(answer.topOneAgreement), prompts])
        table.add(["KL divergence from the underlying model", Self.nats(answer.divergence), prompts])
        table.add(["right answers of the underlying model", Self.percent(answer.underlyingRightShare), known])
        table.add(["right answers of the replacement model", Self.percent(answer.replacementRightShare), known])
        table.add(["cross-entropy of the underlying model", Self.nats(answer.underlyingCrossEntropy), known])
        table.add(["cross-entropy of the replacement model", Self.nats(answer.replacementCrossEntropy), known])
        return table.lines
    }

    private var families: [String] {
        guard quality.families.contains(where: { $0.name != nil }) else {
            return ["by family: no prompt has the tag \(shown(familyTag)); --family-tag names another"]
        }
        var table = TextTable([
            "by \(familyTag)", ">prompts", ">top-1", ">KL", ">known", ">model right", ">replacement right",
            ">cross-entropy gap", ">tokens", ">top-1 over all", ">KL over all",
        ])
        for family in quality.families {
            let (answer, tokens) = (family.answerPosition, family.tokens)
            table.add([
                name(family), answer.count.grouped, Self.percent(answer.topOneAgreement),
                Self.number(answer.divergence),
                answer.knownCount.grouped, Self.percent(answer.underlyingRightShare),
                Self.percent(answer.replacementRightShare), answer.crossEntropyGap?.signed(4) ?? "–",
                tokens.count.grouped, Self.percent(tokens.topOneAgreement), Self.number(tokens.divergence),
            ])
        }
        return table.lines
    }

    /// The top-1 agreement of each family with one layer replaced alone.
    private var familyLayers: [String] {
        guard hasLayersAlone, quality.layers.count <= Self.layerColumns,
            quality.families.contains(where: { $0.name != nil })
        else { return [] }
        var table = TextTable(
            ["top-1 with one layer alone"] + quality.layers.indices.map { ">layer \($0)" } + [">all layers"])
        for family in quality.families {
            table.add(
                [name(family)] + family.layersAlone.map { Self.percent($0.topOneAgreement) }
                    + [Self.percent(family.answerPosition.topOneAgreement)])
        }
        return [""] + table.lines
    }

    private var tokens: [String] {
        var table = TextTable(["over all tokens", ">value", "over"])
        let tokens = "\(quality.tokenCount.grouped) tokens"
        let hasTokens = quality.tokenCount > 0
        table.add([
            "top-1 agreement with the underlying model", Self.percent(hasTokens ? quality.topOneAgreement : nil),
            tokens + ", each prompt's first left out",
        ])
        table.add([
            "top-1 agreement where it is right but unsure", Self.percent(quality.unsureTopOneAgreement),
            "\(quality.unsureTokenCount.grouped) tokens whose actual next token it holds most likely, with p < "
                + ReplacementEvaluation.sureProbability.fixed(1),
        ])
        table.add([
            "KL divergence from the underlying model", Self.nats(hasTokens ? quality.divergence : nil), tokens,
        ])
        let next = "\(quality.nextTokenCount.grouped) actual next tokens"
        table.add(["cross-entropy of the underlying model", Self.nats(quality.underlyingCrossEntropy), next])
        table.add(["cross-entropy of the replacement model", Self.nats(quality.replacementCrossEntropy), next])
        table.add(["cross-entropy gap", quality.crossEntropyGap.map { "\($0.signed(4)) nats" } ?? "–", next])
        return table.lines
    }

    private var layers: [String] {
        let alone = hasLayersAlone ? [">top-1 alone", ">KL alone"] : []
        var table = TextTable(
            [">layer"] + alone + [">normalised MSE", ">L0 (active a token)", ">features", ">dead", ">dead share"])
        for (index, layer) in quality.layers.enumerated() {
            let agreement =
                hasLayersAlone ? [Self.percent(layer.alone.topOneAgreement), Self.number(layer.alone.divergence)] : []
            table.add(
                ["\(index)"] + agreement + [
                    layer.normalizedError.fixed(4), layer.activeFeaturesPerToken.fixed(1),
                    layer.featureCount.grouped, layer.deadFeatureCount.grouped,
                    layer.featureCount > 0
                        ? (Double(layer.deadFeatureCount) / Double(layer.featureCount)).percent(1) : "–",
                ])
        }
        let counted = "\(quality.tokenCount.grouped) tokens of the underlying model's run"
        return [
            hasLayersAlone
                ? "a layer: replaced alone, at the answer position of \(quality.layers.first?.alone.count.grouped ?? "0") "
                    + "prompts; and over \(counted) (dead: fires on none of them):"
                : "a layer, over \(counted) (dead: fires on none of them):"
        ] + table.lines
    }

    private var scores: [String] {
        let graphs = "\(quality.attributedPromptCount.grouped) attributed prompts"
        var table = TextTable(["of graphs, which is not fidelity", ">value", "over"])
        table.add(["mean replacement score", quality.meanReplacementScore?.fixed(4) ?? "–", graphs])
        table.add(["mean completeness score", quality.meanCompletenessScore?.fixed(4) ?? "–", graphs])
        table.add(["mean path length", quality.meanPathLength.map { "\($0.fixed(2)) edges" } ?? "–", graphs])
        return table.lines + [
            "scores: the share of a graph's influence, and of its nodes' inputs, that does not come from errors;",
            "path length: edges from a token or an error to the answer, ways weighted by their influence",
        ]
    }

    private var hasLayersAlone: Bool { quality.layers.contains { $0.alone.count > 0 } }

    private func name(_ family: ReplacementQuality.Family) -> String { family.name.map(shown) ?? "(no tag)" }

    private static func percent(_ value: Double?) -> String { value?.percent(1) ?? "–" }
    private static func number(_ value: Double?) -> String { value?.fixed(4) ?? "–" }
    private static func nats(_ value: Double?) -> String { value.map { "\($0.fixed(4)) nats" } ?? "–" }
}
