import AtlasQuery
import Circuits

/// Suggested supernodes as lines of text.
struct SupernodesText {
    private let report: SupernodesReport

    init(_ report: SupernodesReport) { self.report = report }

    var lines: [String] {
        let grouped = report.groups.reduce(0) { $0 + $1.members.count }
        var lines = [
            "circuit of \"\(shown(report.seedName))\": \(grouped) of \(grouped + report.alone.count) features in "
                + "\(report.groups.count) groups of similarity \(report.threshold.fixed(2)) and more, over "
                + "\(report.promptCount.grouped) prompts",
            "",
        ]
        var table = TextTable([
            "group", ">influence", ">similar", ">firing", ">edges", "features",
        ])
        for group in report.groups {
            table.add([
                group.name, group.influence.fixed(4), group.similarity.fixed(2), group.correlation.fixed(2),
                group.edgeCosine.fixed(2), group.members.map { "\($0.feature)" }.joined(separator: " "),
            ])
        }
        if !report.groups.isEmpty { lines += table.lines + [""] }
        lines += [
            "replacement \(report.before.replacement.fixed(3)) → \(report.after.replacement.fixed(3)) "
                + "(loss \(report.replacementLoss.signed(4))), completeness \(report.before.completeness.fixed(3)) → "
                + "\(report.after.completeness.fixed(3)) (loss \(report.completenessLoss.signed(4)))",
            "",
            "similar: mean of firing (correlation of the strongest activations a prompt) and edges (cosine of signed flows",
            "from and to the other nodes) over pairs of members; influence: added up. Scores are of the circuit's kept",
            "edges, before and after each group is one node. Firing together over few prompts proves little.",
        ]
        return lines
    }
}
