import AtlasQuery

/// A feature's report as lines of text.
struct FeatureText {
    private let report: FeatureReport
    private static let shownExamples = 8
    private static let shownNeighbours = 6
    /// Tokens shown before and after the strongest one.
    private static let context = 12

    init(_ report: FeatureReport) { self.report = report }

    var lines: [String] {
        let title = report.label.map { ": \(shown($0))" + (report.labelIsAutomatic ? " (automatic label)" : "") } ?? ""
        var lines = [
            "feature \(report.feature)\(title)",
            "  fires on \(report.activeTokens.grouped) of \(report.countedTokens.grouped) tokens "
                + "(density \((Double(report.activeTokens) / Double(max(1, report.countedTokens))).percent(2))), in "
                + "\(report.activePrompts.grouped) of \(report.countedPrompts.grouped) prompts"
                + (report.countsStoredOnly == true ? ", stored activations only" : ""),
            "  maximum \(report.maximum.fixed(2)), mean where active \(report.mean.fixed(2))",
            "  histogram over (0, maximum]  \(Self.histogram(report.histogram))",
        ]
        if let negative = report.negative {
            lines += [
                "  negative on \(negative.activeTokens.grouped) of these tokens, in "
                    + "\(negative.activePrompts.grouped) prompts, minimum \(negative.minimum.fixed(2)): "
                    + shown(negative.label),
                "  histogram over [minimum, 0)  \(String(Self.histogram(negative.histogram).reversed()))",
            ]
        }
        lines += [
            "  promotes    \(effects(report.promoted))", "  suppresses  \(effects(report.suppressed))",
            "  excited by  \(effects(report.excitedBy))", "top examples, the strongest token in brackets",
        ]
        lines += table(of: report.topExamples)
        if let negative = report.negative {
            lines.append("most negative examples, the most negative token in brackets")
            lines += table(of: negative.topExamples)
        }
        lines += NeighboursText("upstream", Array(report.upstream.prefix(Self.shownNeighbours))).lines
        lines += NeighboursText("downstream", Array(report.downstream.prefix(Self.shownNeighbours))).lines
        return lines
    }

    private func table(of examples: [FeatureExample]) -> [String] {
        var table = TextTable([">activation", ">prompt", "text", "answer"])
        for example in examples.prefix(Self.shownExamples) {
            table.add([
                example.activation.fixed(2), "\(example.promptID)", text(of: example),
                example.answer.map { "\"\($0)\"" } ?? "",
            ])
        }
        return table.lines.map { "  " + $0 }
    }

    private static func histogram(_ counts: [Int]) -> String {
        let levels = Array("▁▂▃▄▅▆▇█")
        let largest = counts.max() ?? 0
        return String(
            counts.map { count in
                count == 0 ? " " : levels[min(levels.count - 1, count * levels.count / max(1, largest))]
            })
    }

    private func effects(_ effects: [TokenEffect]) -> String {
        effects.isEmpty
            ? "nothing stored"
            : effects.prefix(6).map { "\"\(shown($0.text))\" \($0.value.signed(2))" }.joined(separator: "  ")
    }

    private func text(of example: FeatureExample) -> String {
        let first = max(0, example.position - Self.context)
        let last = min(example.tokens.count, example.position + Self.context + 1)
        let tokens = (first..<last).map { index in
            index == example.position ? "[\(example.tokens[index])]" : example.tokens[index]
        }
        return (first > 0 ? "…" : "") + tokens.joined() + (last < example.tokens.count ? "…" : "")
    }
}
