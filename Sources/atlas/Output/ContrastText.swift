import AtlasQuery

/// The features that tell pairs apart as lines of text.
struct ContrastText {
    private let report: ContrastReport

    init(_ report: ContrastReport) { self.report = report }

    var lines: [String] {
        var lines = [
            "\(report.pairCount.grouped) pairs: first \(shown(report.first)), second \(shown(report.second))"
                + (report.pairedBy.map { ", with the same \(shown($0))" } ?? "")
        ]
        if report.unpairedPrompts > 0 {
            lines.append(
                "\(report.unpairedPrompts.grouped) prompts have no partner"
                    + (report.ambiguousValues > 0
                        ? "; \(report.ambiguousValues.grouped) values belong to several prompts of a group" : ""))
        }
        lines += [
            "",
            "features active in exactly one member (\(report.testedFeatures.grouped) tested, "
                + "\(report.significantFeatures.grouped) with q of at most 0.05)",
        ]
        var table = TextTable([
            "feature", ">only first", ">only second", ">both", ">neither", ">p", ">q", "e.g. prompts", "label",
        ])
        for row in report.features {
            table.add([
                "\(row.feature)", "\(row.onlyFirst)", "\(row.onlySecond)", "\(row.both)", "\(row.neither)",
                row.pValue.fixed(4), row.qValue.fixed(4),
                row.examples.prefix(1).map { "\($0.first) | \($0.second)" }.joined(), row.label ?? "",
            ])
        }
        return lines + table.lines + [
            "",
            "p: sign test of only first against only second, exact and two-sided; q: after control of the false-discovery",
            "rate. Distrust a feature that tells few pairs apart: with five pairs p is never below 0.06.",
        ]
    }
}
