import AtlasQuery

/// The comparison of two groups as lines of text.
struct DiffText {
    private let report: DiffReport

    init(_ report: DiffReport) { self.report = report }

    var lines: [String] {
        var lines = [group("A", report.first), group("B", report.second), ""]
        lines.append(
            "features that differ (\(report.testedFeatures.grouped) tested in \(report.options.minimumSupport) prompts or "
                + "more, \(report.significantFeatures.grouped) with q of at most 0.05)")
        lines += features + [""]
        if report.first.graphCount > 0, report.second.graphCount > 0 {
            lines.append(
                "edges that differ (\(report.testedEdges.grouped) tested, \(report.significantEdges.grouped) with q of at "
                    + "most 0.05)")
            lines += edges + [""]
        } else {
            lines += ["edges: not compared, a group has no stored graph", ""]
        }
        lines.append(
            "shared core: \(report.coreFeatureCount.grouped) features and \(report.coreEdgeCount.grouped) edges in at least "
                + "\(report.options.coreShare.percent()) of both groups")
        lines += core
        lines += [
            "",
            "A, B: share of prompts where the feature fires, or of graphs that store the edge; peak: mean of a prompt's",
            "largest activation where it fires; influence: mean over the group's graphs; weight: mean where stored;",
            "p: \(report.options.permutations.grouped) permutations of the group labels, never below "
                + "\((1 / Double(report.options.permutations + 1)).fixed(4)); q: after control of the false-discovery rate.",
            "Distrust small groups, and a difference that the prompts' wording or length alone would make.",
        ]
        return lines
    }

    private func group(_ name: String, _ group: DiffReport.Group) -> String {
        let read = group.readPrompts < group.promptCount ? " (\(group.readPrompts.grouped) read)" : ""
        return "\(name)  \(shown(group.filter)): \(group.promptCount.grouped) prompts\(read), "
            + "\(group.graphCount.grouped) with a graph"
    }

    private var features: [String] {
        var table = TextTable([
            "feature", ">A", ">B", ">A − B", ">peak A", ">peak B", ">influence A", ">influence B", ">p", ">q", "label",
        ])
        for row in report.features {
            table.add([
                "\(row.feature)", row.firstShare.percent(), row.secondShare.percent(), (100 * row.difference).signed(0),
                row.firstMaximum.fixed(2), row.secondMaximum.fixed(2), row.firstInfluence?.fixed(4) ?? "",
                row.secondInfluence?.fixed(4) ?? "", row.pValue.fixed(4), row.qValue.fixed(4), row.label ?? "",
            ])
        }
        return table.lines
    }

    private var edges: [String] {
        var table = TextTable([
            "source", "target", ">A", ">B", ">A − B", ">weight A", ">weight B", ">p", ">q", "labels",
        ])
        for row in report.edges {
            table.add([
                NodeText(row.source).text, NodeText(row.target).text, row.firstShare.percent(),
                row.secondShare.percent(), (100 * row.difference).signed(0), row.firstMean.signed(3),
                row.secondMean.signed(3), row.pValue.fixed(4), row.qValue.fixed(4),
                [row.sourceLabel, row.targetLabel].contains { $0 != nil }
                    ? "\(row.sourceLabel ?? "–") | \(row.targetLabel ?? "–")" : "",
            ])
        }
        return table.lines
    }

    private var core: [String] {
        guard !report.core.isEmpty else { return [] }
        var table = TextTable(["feature", ">A", ">B", "label"])
        for row in report.core {
            table.add(["\(row.feature)", row.firstShare.percent(), row.secondShare.percent(), row.label ?? ""])
        }
        return table.lines
    }
}
