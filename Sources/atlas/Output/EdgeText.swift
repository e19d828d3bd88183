import AtlasQuery

/// One edge across prompts as lines of text.
struct EdgeText {
    private let report: EdgeReport

    init(_ report: EdgeReport) { self.report = report }

    var lines: [String] {
        let edge = report.target
        var lines = [
            described(report.source, report.sourceLabel), "→ " + described(edge.node, edge.label), "",
        ]
        let group = report.filter.map { " where \(shown($0))" } ?? ""
        let graphs = "\(report.graphCount.grouped) graphs\(group)"
        if edge.support == 0 {
            lines.append("no stored edge in \(graphs)")
        } else {
            lines += [
                "stored edge in \(edge.support.grouped) of \(graphs)",
                "  weight         \(edge.mean.signed(3)) ± \(edge.spread.fixed(3)) (mean and standard deviation over them)",
                "  sign           \(edge.signConsistency.fixed(2)) (1: never changes)",
                "  share          \(edge.meanShare.percent(1)) of the target's absolute input, mean",
                "  same position  \(edge.samePositionShare.percent()) of the absolute weight",
            ]
        }
        if let weights = edge.weights, let scale = report.scale {
            var table = TextTable([">V", ">ERA", ">TWERA", ">together", "flag"])
            table.add(WeightCells(weights).cells)
            lines += [""] + table.lines + WeightCells.legend(scale)
        }
        if !report.examples.isEmpty {
            lines += [
                "",
                report.examplesAreStrongest
                    ? "strongest in"
                    : "strong in (of \(report.examinedGraphs) graphs read, where both are strongest)",
            ]
            for example in report.examples {
                lines.append("  \(example.weight.signed(3))  \(example.promptID)  \(shown(example.text))")
                for link in example.links.prefix(3) {
                    lines.append(
                        "          \(link.weight.signed(3))  \"\(shown(link.sourceText))\"@\(link.sourcePosition) → "
                            + "\"\(shown(link.targetText))\"@\(link.targetPosition)")
                }
                if example.links.count > 3 { lines.append("          and \(example.links.count - 3) more") }
            }
        }
        return lines
    }

    private func described(_ node: NodeName, _ label: String?) -> String {
        NodeText(node).text + (label.map { "  \(shown($0))" } ?? "")
    }
}
