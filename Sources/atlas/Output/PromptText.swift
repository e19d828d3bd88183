import AtlasQuery

/// A prompt's report as lines of text.
struct PromptText {
    private let report: PromptReport

    init(_ report: PromptReport) { self.report = report }

    var lines: [String] {
        var lines = [
            "prompt \(report.id): \(shown(report.text))",
            "  tokens     \(report.tokens.map { shown($0.text) }.joined(separator: "|"))",
            "  corpora    \(report.corpora.map(shown).joined(separator: ", "))"
                + (report.externalIDs.isEmpty ? "" : " (\(report.externalIDs.map(shown).joined(separator: ", ")))"),
        ]
        if !report.tags.isEmpty {
            lines.append(
                "  tags       " + report.tags.map { "\(shown($0.name))=\(shown($0.value))" }.joined(separator: " "))
        }
        lines.append("  predicted  \"\(shown(report.predicted.text))\" \(report.predictedProbability.fixed(3))")
        if let answer = report.answer {
            let probability =
                report.answerProbability.map { " \($0.fixed(3))" } ?? " (its first token merges with the text)"
            lines.append(
                "  answer     \"\(shown(answer))\"\(probability)"
                    + (report.isRight.map { $0 ? ", right" : ", wrong" } ?? ""))
        }
        if let graph = report.graph {
            lines.append(
                "  graph      \(graph.nodeCount.grouped) nodes and \(graph.edgeCount.grouped) edges stored; "
                    + "\(graph.selectedFeatureCount.grouped) of \(graph.activeFeatureCount.grouped) active features attributed"
            )
            lines.append(
                "  scores     replacement \(graph.scores.replacement.fixed(3)), completeness \(graph.scores.completeness.fixed(3))"
            )
            lines.append(
                "  targets    "
                    + graph.targets.map { target in
                        (target.kind == "token" ? "\"\(shown(target.text))\"" : shown(target.text))
                            + " \(target.probability.fixed(3))"
                    }.joined(separator: ", "))
            lines.append("  gap        " + (graph.gap.map(Self.described) ?? Self.notComputed))
        } else {
            lines.append("  graph      none stored; what fires most strongly follows")
        }
        var table = TextTable([
            "feature", ">position", "token", ">activation", ">influence", ">on the gap", ">measured", "label",
        ])
        for feature in report.features {
            table.add([
                "\(feature.feature)", "\(feature.position)", "\"\(feature.text)\"", feature.activation.fixed(2),
                feature.influence?.fixed(4) ?? "", feature.effects?.gradientOnGap.signed(3) ?? "",
                feature.effects?.measured?.gap.signed(3) ?? "", feature.label ?? "",
            ])
        }
        lines += table.lines
        if report.graph?.gap != nil { lines += ["", Self.definition] }
        return lines
    }

    /// What the columns of effects are.
    static let definition =
        "on the gap: what the feature adds to it, by the model's own derivative with attention patterns held; "
        + "measured: the gap less the gap without the feature."
    private static let notComputed = "effects are not computed; atlas index --effects adds them"

    /// How far the answer is ahead.
    static func described(_ gap: GapReport) -> String {
        "\"\(shown(gap.answer.text))\" before \"\(shown(gap.rival.text))\" by \(gap.gap.fixed(3)), "
            + "before the mean logit by \(gap.answerLogit.fixed(3))"
    }
}
