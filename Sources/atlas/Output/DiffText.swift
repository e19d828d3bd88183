import AtlasQuery

/// The comparison of two groups as lines of text.
struct DiffText {
    private let report: DiffReport

    init(_ report: DiffReport) { self.report = report }

    var lines: [String] {
        var lines = [group("A", report.first), group("B", report.second), ""]
        lines += report.limitations
        if !report.limitations.isEmpty { lines.append("") }
        let rate = "q of at most \(report.options.falseDiscoveryRate.plain(2))"
        lines.append(
            "features that differ (\(report.testedFeatures.grouped) tested in \(report.options.minimumSupport) prompts or "
                + "more, \(report.significantFeatures.grouped) with \(rate); strength: "
                + "\(report.strengthTestedFeatures.grouped) tested, \(report.significantFeatureStrengths.grouped))")
        lines += features + [""]
        if report.first.graphCount > 0, report.second.graphCount > 0 {
            lines.append(
                "edges that differ (\(report.testedEdges.grouped) tested, \(report.significantEdges.grouped) with \(rate); "
                    + "strength: \(report.strengthTestedEdges.grouped) tested, "
                    + "\(report.significantEdgeStrengths.grouped))")
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
            "p: Fisher's exact test of these shares, two-sided; q: after control of the false-discovery rate;",
            "A > B: of prompts that have it, the share of pairs (one of A, one of B) in which A's value is the larger, and",
            "its q by a rank-sum test; empty where too few prompts of a group have it. Rows come by the smaller q.",
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
            "feature", ">A", ">B", ">A − B", ">peak A", ">peak B", ">influence A", ">influence B", ">p", ">q",
            ">A > B", ">q of it", "label",
        ])
        for row in report.features {
            table.add(
                [
                    "\(row.feature)", row.firstShare.percent(), row.secondShare.percent(),
                    (100 * row.difference).signed(0),
                    row.firstMaximum.fixed(2), row.secondMaximum.fixed(2), row.firstInfluence?.fixed(4) ?? "",
                    row.secondInfluence?.fixed(4) ?? "",
                ] + significance(row.pValue, row.qValue, row.strength) + [row.label ?? ""])
        }
        return table.lines
    }

    private var edges: [String] {
        var table = TextTable([
            "source", "target", ">A", ">B", ">A − B", ">weight A", ">weight B", ">p", ">q", ">A > B", ">q of it",
            "labels",
        ])
        for row in report.edges {
            table.add(
                [
                    NodeText(row.source).text, NodeText(row.target).text, row.firstShare.percent(),
                    row.secondShare.percent(), (100 * row.difference).signed(0), row.firstMean.signed(3),
                    row.secondMean.signed(3),
                ] + significance(row.pValue, row.qValue, row.strength) + [
                    [row.sourceLabel, row.targetLabel].contains { $0 != nil }
                        ? "\(row.sourceLabel ?? "–") | \(row.targetLabel ?? "–")" : ""
                ])
        }
        return table.lines
    }

    private func significance(_ pValue: Double, _ qValue: Double, _ strength: DiffReport.Strength?) -> [String] {
        [
            pValue.plain(2), qValue.plain(2), strength?.firstLarger.percent() ?? "", strength?.qValue.plain(2) ?? "",
        ]
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
